import type { Bar, EpochMs, Instrument, InstrumentRef, Slice } from '@onetape/core'

/** The slice in hand of one strategy; one object for the whole run. */
export class SliceView implements Slice {
  time: EpochMs = NaN
  declare readonly bars: readonly Bar[]
  readonly #resolve: (ref: InstrumentRef) => Instrument
  /** By instrument id: its bar in the slice of `#stamp`. */
  readonly #byInstrument: (Bar | undefined)[] = []
  #stamp: EpochMs = NaN

  /** @param bars filled anew by the loop for every slice */
  constructor(bars: readonly Bar[], resolve: (ref: InstrumentRef) => Instrument) {
    this.bars = bars
    this.#resolve = resolve
  }

  bar(ref: InstrumentRef): Bar | undefined {
    if (this.#stamp !== this.time) {
      this.#byInstrument.length = 0
      // The shortest interval comes first and is the one that is found.
      for (const bar of this.bars) this.#byInstrument[bar.instrument.id] ??= bar
      this.#stamp = this.time
    }
    return this.#byInstrument[this.#resolve(ref).id]
  }
}
