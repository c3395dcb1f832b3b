import type { EpochMs, UsdPerShare } from '../units.ts'

/** A fact about a company that changes positions or cash. `time` is 00:00 exchange time of the ex-day. */
export type CorporateAction = { readonly symbol: string; readonly time: EpochMs } & (
  | {
      readonly kind: 'split'
      /** New shares per old: 2 for 2-for-1, 0.05 for 1-for-20. */
      readonly ratio: number
    }
  | {
      readonly kind: 'dividend'
      /** USD per share held before the ex-day, on the shares of that day (before a split of the same day). */
      readonly amount: UsdPerShare
      /** When the cash arrives; without it on the ex-day. */
      readonly payTime?: EpochMs | undefined
    }
  | { readonly kind: 'symbol-change'; readonly newSymbol: string }
  | {
      readonly kind: 'delisting'
      /** What a share still pays; without it the last price. */
      readonly price?: UsdPerShare | undefined
    }
)
