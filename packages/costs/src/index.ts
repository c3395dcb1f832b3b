export type { FeeModel } from './fee-model.ts'
export { ibkrFixedFee } from './fee/ibkr-fixed-fee.ts'
export { type IbkrTieredOptions, ibkrTieredFee } from './fee/ibkr-tiered-fee.ts'
export { noFee } from './fee/no-fee.ts'
export { perContractFee } from './fee/per-contract-fee.ts'
export { type PerShareFeeOptions, perShareFee } from './fee/per-share-fee.ts'
export { type PercentFeeOptions, percentFee } from './fee/percent-fee.ts'
export type { DatedRow } from './dated/dated-table.ts'
export type { RegulatoryOptions } from './fee/regulatory-fees.ts'
export { type RateRow, type RegulatoryRates, type TafRow, usRegulatoryRates } from './fee/regulatory-rates.ts'

export type { MarketState, SlippageModel } from './slippage-model.ts'
export { basisPoints } from './slippage/basis-points.ts'
export { type HalfSpreadOptions, halfSpread } from './slippage/half-spread.ts'
export { noSlippage } from './slippage/no-slippage.ts'
export { type SquareRootImpactOptions, squareRootImpact } from './slippage/square-root-impact.ts'
export { type VolumeShareOptions, volumeShare } from './slippage/volume-share.ts'

export { type AnnualRate, type AnnualRateRow } from './financing/annual-rate.ts'
export { type BorrowModel, borrowFee, noBorrowFee, shortCollateral } from './financing/borrow-fee.ts'
export {
  type IbkrInterestOptions,
  ibkrCreditInterest,
  ibkrMarginInterest,
  ibkrShortProceedsInterest,
} from './financing/ibkr-interest.ts'
export { interestDays } from './financing/interest-days.ts'
export type { InterestModel } from './financing/interest-model.ts'
export { noInterest } from './financing/no-interest.ts'
export type { InterestTier } from './financing/tiered-interest.ts'

export { DayTradeCounter } from './margin/day-trade-counter.ts'
export {
  type DayTradingAnswer,
  type DayTradingOptions,
  type DayTradingRule,
  type DayTradingState,
  dayTradingRule,
  intradayMarginDeficit,
} from './margin/day-trading-rule.ts'
export type { MarginModel } from './margin/margin-model.ts'
export { type RegTMarginOptions, regTMargin } from './margin/reg-t-margin.ts'

export { settlementDate, settlementDays } from './settlement/settlement.ts'
