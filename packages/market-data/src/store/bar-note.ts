import { type BarInterval, instrument, type InstrumentSpec, intervalMs, type PriceBasis } from '@onetape/core'

/** What a CSV of bars cannot say in its columns; `writeBars` puts it as JSON into a comment line before the header. */
export interface BarNote {
  readonly instrument: InstrumentSpec
  readonly interval: BarInterval
  readonly prices: PriceBasis
  readonly officialOpenClose: boolean
}

const BASES: readonly string[] = ['raw', 'split-adjusted', 'adjusted'] satisfies PriceBasis[]

/** The note of a file, or undefined when there is none that can be trusted. */
export function parseNote(text: string | undefined): BarNote | undefined {
  if (text === undefined) return undefined
  try {
    const note = JSON.parse(text) as BarNote
    intervalMs(note.interval)
    const { symbol, ...fields } = note.instrument
    const wrong = typeof symbol !== 'string' || typeof fields.calendar !== 'string' || !BASES.includes(note.prices)
    if (wrong || typeof note.officialOpenClose !== 'boolean') return undefined
    return { ...note, instrument: instrument(symbol, fields) }
  } catch {
    return undefined
  }
}
