import type { EpochMs, GateAsk, Instrument, Shares, Sign, Usd, UsdPerShare } from '@onetape/core'
import type { Ledger } from '../ledger/ledger.ts'

/**
 * The question to the gate: one object for all orders of a run. A class, since a literal with a getter has a hidden
 * class of its own in every run, which makes each access to it a search. Figures that may be fractions begin as such.
 */
export class Ask implements GateAsk {
  declare instrument: Instrument
  time: EpochMs = NaN
  side: Sign = 1
  type = 0
  quantity: Shares = NaN
  limitPrice: UsdPerShare = NaN
  stopPrice: UsdPerShare = NaN
  lastPrice: UsdPerShare = NaN
  tick: UsdPerShare = NaN
  increasing: Shares = NaN
  cost: Usd = NaN
  available: Usd = NaN
  position: Shares = NaN
  readonly #ledger: Ledger

  constructor(instrument: Instrument, ledger: Ledger) {
    this.instrument = instrument
    this.#ledger = ledger
  }

  /** Summed when a gate asks for it: most do not, and it reads all positions. */
  get equity(): Usd {
    return this.#ledger.equity()
  }
}
