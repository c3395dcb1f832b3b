import type { CorporateAction, EpochMs } from '@onetape/core'

/** A corporate action of an instrument of the run. */
export interface PlannedAction {
  readonly instrument: number
  readonly action: CorporateAction
}

/** A dividend that was booked and waits for its pay-day. */
export interface PlannedPayment {
  readonly time: EpochMs
  readonly instrument: number
  /** By strategy, USD. */
  readonly totals: readonly number[]
}

/** What is to happen between the bars, each list in order of time. */
export class Agenda {
  readonly #actions: readonly PlannedAction[]
  #nextAction = 0
  readonly #payments: PlannedPayment[] = []

  /** @param actions in order of registration; sorted here by time, stable */
  constructor(actions: readonly PlannedAction[]) {
    this.#actions = actions.toSorted((a, b) => a.action.time - b.action.time)
  }

  get actionTime(): EpochMs {
    return this.#actions[this.#nextAction]?.action.time ?? Infinity
  }

  takeAction(): PlannedAction {
    return this.#actions[this.#nextAction++]!
  }

  get paymentTime(): EpochMs {
    return this.#payments[0]?.time ?? Infinity
  }

  takePayment(): PlannedPayment {
    return this.#payments.shift()!
  }

  plan(payment: PlannedPayment): void {
    let i = this.#payments.length
    while (i > 0 && this.#payments[i - 1]!.time > payment.time) i--
    this.#payments.splice(i, 0, payment)
  }
}
