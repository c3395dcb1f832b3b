import type { DenialCode, GateAsk, IRiskGate } from '@onetape/core'
import { basicGate } from '@onetape/engine'

/** Denies whatever opens or increases while the trader has a reason; what reduces goes on. */
export class LiveGate implements IRiskGate {
  readonly name = 'live'
  /** Changed only together with a line on the tape, so that a replay denies the same. */
  denied: DenialCode | null = null
  /** Symbols whose data are silent; changed likewise. */
  readonly silent: Set<string> = new Set()
  readonly #basic: IRiskGate = basicGate()

  check(ask: GateAsk): DenialCode | undefined {
    if (ask.increasing > 0) {
      if (this.denied !== null) return this.denied
      if (this.silent.size > 0 && this.silent.has(ask.instrument.symbol)) return 'stale_data'
    }
    return this.#basic.check(ask)
  }
}
