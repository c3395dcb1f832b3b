import type { Account } from '../exchange/account.ts'
import { moneyText } from '../wire/number-text.ts'

/** One row of an account's values: key, value, currency. */
export type AccountRow = readonly [key: string, value: string, currency: string]

const usd = (key: string, value: number): AccountRow => [key, moneyText(value), 'USD']
const plain = (key: string, value: string): AccountRow => [key, value, '']

/** The values of an account as TWS lists them. */
export function accountRows(account: Account): AccountRow[] {
  const f = account.figures()
  const cushion = f.netLiquidation > 0 ? Math.max(0, Math.min(1, f.excessLiquidity / f.netLiquidation)) : 0
  const rows: AccountRow[] = [
    plain('AccountCode', account.id),
    plain('AccountOrGroup', account.id),
    plain('AccountReady', 'true'),
    plain('AccountType', 'INDIVIDUAL'),
    usd('AccruedCash', 0),
    usd('AccruedDividend', 0),
    usd('AvailableFunds', f.availableFunds),
    usd('Billable', 0),
    usd('BuyingPower', f.buyingPower),
    plain('Cushion', cushion.toFixed(6)),
    plain('DayTradesRemaining', '-1'),
    plain('DayTradesRemainingT+1', '-1'),
    plain('DayTradesRemainingT+2', '-1'),
    plain('DayTradesRemainingT+3', '-1'),
    plain('DayTradesRemainingT+4', '-1'),
    usd('EquityWithLoanValue', f.netLiquidation),
    usd('ExcessLiquidity', f.excessLiquidity),
    usd('FullAvailableFunds', f.availableFunds),
    usd('FullExcessLiquidity', f.excessLiquidity),
    usd('FullInitMarginReq', f.initialMargin),
    usd('FullMaintMarginReq', f.maintenanceMargin),
    usd('GrossPositionValue', f.grossValue),
    plain('HighestSeverity', '0'),
    usd('InitMarginReq', f.initialMargin),
    plain('Leverage', f.netLiquidation > 0 ? (f.grossValue / f.netLiquidation).toFixed(2) : '0.00'),
    usd('LookAheadAvailableFunds', f.availableFunds),
    usd('LookAheadExcessLiquidity', f.excessLiquidity),
    usd('LookAheadInitMarginReq', f.initialMargin),
    usd('LookAheadMaintMarginReq', f.maintenanceMargin),
    plain('LookAheadNextChange', '0'),
    usd('MaintMarginReq', f.maintenanceMargin),
    usd('NetLiquidation', f.netLiquidation),
    usd('PreviousDayEquityWithLoanValue', account.dayStart),
    usd('RegTEquity', f.netLiquidation),
    usd('RegTMargin', f.initialMargin),
    usd('SMA', f.availableFunds),
    usd('SettledCash', f.cash),
    usd('TotalCashValue', f.cash),
    plain('TradingType-S', 'STKNOPT'),
  ]
  return rows
}

/** The rows that TWS keeps per currency, for the base currency and for USD, which is the same here. */
export function ledgerRows(account: Account): AccountRow[] {
  const f = account.figures()
  const values: readonly (readonly [string, string])[] = [
    ['AccruedCash', '0.00'],
    ['CashBalance', moneyText(f.cash)],
    ['Currency', ''],
    ['ExchangeRate', '1.00'],
    ['NetLiquidationByCurrency', moneyText(f.netLiquidation)],
    ['RealizedPnL', moneyText(f.realized)],
    ['StockMarketValue', moneyText(f.stockValue)],
    ['TotalCashBalance', moneyText(f.cash)],
    ['UnrealizedPnL', moneyText(f.unrealized)],
  ]
  return ['BASE', 'USD'].flatMap((currency) =>
    values.map(([key, value]): AccountRow => [key, key === 'Currency' ? currency : value, currency]),
  )
}
