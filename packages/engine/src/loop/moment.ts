import type { EpochMs } from '@onetape/core'

/**
 * The engine's clock: the knowable time of the event in hand, NaN before the first. A field that begins as a fraction is
 * changed in place by V8; it costs a third of a cell of a typed array, which is checked anew after every call.
 */
export class Moment {
  // Without a value of its own here the field would begin as undefined, and take any value for ever.
  now: EpochMs = NaN

  constructor(now: EpochMs = NaN) {
    this.now = now
  }
}
