import { formatInstant } from '../time/civil.ts'
import type { EpochMs } from '../units.ts'

/** A strategy's own code threw: the message names strategy, handler, time and instrument; `cause` is what it threw. */
export class StrategyError extends Error {
  readonly code: string = 'strategy.threw'
  readonly strategy: string
  /** The handler: `create`, `onBar`, `onSlice`, … */
  readonly event: string
  readonly time: EpochMs
  readonly instrument: string | undefined

  constructor(at: { strategy: string; event: string; time: EpochMs; instrument?: string | undefined }, cause: unknown) {
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const where = at.instrument === undefined ? '' : ` of ${at.instrument}`
    const when = at.time === at.time && Math.abs(at.time) < 8.64e15 ? ` at ${formatInstant(at.time)}` : ''
    super(`Strategy "${at.strategy}" threw in ${at.event}${where}${when}: ${what}`, { cause })
    this.name = 'StrategyError'
    this.strategy = at.strategy
    this.event = at.event
    this.time = at.time
    this.instrument = at.instrument
  }
}
