import type { BarInterval, BarValues, BrokerEvent, EpochMs, OrderId, SubmitOutcome } from '@onetape/core'

/**
 * Everything that reaches a live engine, as it stands on the tape: plain data, so that a replay takes the same.
 * `received` is the injected clock's time of arrival.
 */
export type LiveEvent = { readonly received: EpochMs } & (
  | { readonly kind: 'bar'; readonly symbol: string; readonly interval: BarInterval; readonly bar: BarValues }
  /** The slice of `time` takes no more bars: all are in, or the grace has run out. */
  | { readonly kind: 'slice-closed'; readonly time: EpochMs; readonly missing: readonly string[] }
  /** The clock moved: timers may be due. */
  | { readonly kind: 'clock'; readonly time: EpochMs }
  | { readonly kind: 'broker'; readonly event: BrokerEvent }
  | {
      readonly kind: 'outcome'
      readonly orderId: OrderId
      readonly request: 'submit' | 'modify' | 'cancel'
      readonly outcome: SubmitOutcome
    }
)

/** What the engine was told, in the order in which it took it, and the orders it sent: one line of the tape each. */
export type TapeRecord =
  | {
      readonly kind: 'session'
      readonly run: string
      readonly startedAt: EpochMs
      readonly hold: 'slice' | 'none'
      readonly graceMs: number
    }
  | { readonly kind: 'event'; readonly sequence: number; readonly event: LiveEvent }
  /** Written before a byte leaves the process. */
  | {
      readonly kind: 'submitting'
      readonly sequence: number
      readonly orderId: OrderId
      readonly symbol: string
      readonly side: 'buy' | 'sell'
      readonly type: string
      readonly quantity: number
      readonly limitPrice: number | null
      readonly stopPrice: number | null
    }
