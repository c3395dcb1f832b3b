import type { Instrument } from '../market/instrument.ts'
import type { EpochMs, Shares, Usd, UsdPerShare } from '../units.ts'

/** A position at one moment. */
export interface PositionSnapshot {
  readonly instrument: Instrument
  /** Negative for a short. */
  readonly quantity: Shares
  readonly averageCost: UsdPerShare
  readonly mark: UsdPerShare
  readonly unrealized: Usd
  readonly realized: Usd
}

/** An account at one moment, as the ledger or a broker states it. */
export interface AccountSnapshot {
  readonly time: EpochMs
  readonly cash: Usd
  readonly equity: Usd
  /** What new positions may still cost. */
  readonly buyingPower: Usd
  readonly initialMargin: Usd
  readonly maintenanceMargin: Usd
}
