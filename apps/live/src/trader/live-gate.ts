import type { DenialCode, GateAsk, IRiskGate } from '@onetape/core'
import { basicGate } from '@onetape/engine'

/** Denies whatever opens or increases while the trader has a reason; what reduces goes on. */
export class LiveGate implements IRiskGate {
  readonly name = 'live'
  /** Changed only together with a line on the tape, so that a replay denies the same. */
  denied: DenialCode | null = null
  readonly #basic: IRiskGate = basicGate()

  check(ask: GateAsk): DenialCode | undefined {
    if (this.denied !== null && ask.increasing > 0) return this.denied
    return this.#basic.check(ask)
  }
}
