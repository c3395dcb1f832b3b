import type { EpochMs, Shares, UsdPerShare } from '../units.ts'
import type { Instrument } from './instrument.ts'

/** Best bid and ask, a view that moves on with the data. Sizes in shares. */
export interface Quote {
  readonly instrument: Instrument
  readonly time: EpochMs
  readonly bid: UsdPerShare
  readonly ask: UsdPerShare
  readonly bidSize: Shares
  readonly askSize: Shares
}

/** One trade of the market, a view that moves on with the data. */
export interface Trade {
  readonly instrument: Instrument
  readonly time: EpochMs
  readonly price: UsdPerShare
  readonly size: Shares
}
