import type { Brand, EndCode, EpochMs, Shares, Sign } from '@onetape/core'
import type { Stream } from './stream.ts'

/** Number of an order that passed the gate. Only the order flow makes one. */
export type ApprovedNumber = Brand<number, 'ApprovedNumber'>

/**
 * Where approved orders go: the simulated venue in a backtest, a broker's adapter live. It reads the order's fields
 * from the order table and answers through the {@link OrderFlow}'s methods `accepted`, `filled`, `ended`, ….
 */
export interface ExecutionPort {
  /** By instrument id: not 0 while the venue must see the instrument's bars. A broker's adapter leaves all at 0. */
  readonly busy: Int32Array
  /** Next moment at which orders expire, Infinity when there is none. */
  readonly nextExpiry: EpochMs
  submit(order: ApprovedNumber, time: EpochMs): void
  /** {@link submit} of a plain market order (neither links nor flags that a venue minds) with what it needs to know. */
  submitMarket(
    order: ApprovedNumber,
    instrument: number,
    side: Sign,
    quantity: Shares,
    tif: number,
    time: EpochMs,
  ): void
  cancel(order: number, code: EndCode, time: EpochMs): void
  /** The order's new fields stand in {@link OrderFlow.changesOf}. */
  modify(order: number, time: EpochMs): void
  /** Matches against the bar in hand of the only stream that has an event now. */
  onBar(stream: Stream, time: EpochMs): void
  /** Matches against the bars of several streams of one knowable time. */
  beginGroup(time: EpochMs): void
  addBar(stream: Stream): void
  matchGroup(): void
  /** Ends orders whose time is before `upTo` (or at it, when `inclusive`). */
  expire(upTo: EpochMs, inclusive: boolean): void
  split(instrument: number, ratio: number, time: EpochMs): void
  delist(instrument: number, time: EpochMs): void
}
