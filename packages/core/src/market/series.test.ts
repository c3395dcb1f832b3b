import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInputError } from '../errors/input-error.ts'
import { BAR_COLUMNS, type BarColumns } from './bar.ts'
import { instrument } from './instrument.ts'
import { type BarSeries, barSeries } from './series.ts'

const HOUR = 3_600_000
const spec = instrument('AAPL')

interface Row {
  time: number
  end: number
  open: number
  high: number
  low: number
  close: number
  volume: number
}

function series(rows: readonly Row[], kind: 'stock' | 'future' = 'stock'): BarSeries {
  const columns = Object.fromEntries(
    BAR_COLUMNS.map((name) => [name, Float64Array.from(rows, (row) => row[name])]),
  ) as unknown as BarColumns
  return barSeries({ instrument: { ...spec, kind }, interval: '1h', columns, source: 'prices.csv' })
}

/** Right rows: hours with gaps between some of them. */
const rightRows = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 3 }),
      low: fc.double({ min: 0.01, max: 1000, noNaN: true }),
      sizes: fc.tuple(...[1, 2, 3].map(() => fc.double({ min: 0, max: 1, noNaN: true }))),
      volume: fc.integer({ min: 0, max: 1_000_000 }),
    }),
    { minLength: 2, maxLength: 20 },
  )
  .map((bars) => {
    let time = 0
    return bars.map(({ gap, low, sizes, volume }): Row => {
      time += (1 + gap) * HOUR
      const high = low * (1 + sizes[0]!)
      const within = (part: number): number => Math.min(high, low + part * (high - low))
      return { time, end: time + HOUR, low, high, open: within(sizes[1]!), close: within(sizes[2]!), volume }
    })
  })

test('right bars are taken, and nothing about them is changed', () => {
  fc.assert(
    fc.property(rightRows, (rows) => {
      const made = series(rows)
      expect(made.length).toBe(rows.length)
      for (const name of BAR_COLUMNS) expect(Array.from(made.columns[name])).toEqual(rows.map((row) => row[name]))
      expect(made).toMatchObject({ interval: '1h', prices: 'raw', actions: [], officialOpenClose: false })
    }),
  )
})

/** Each way to spoil one row, and the code that it is refused with. */
const faults: Readonly<Record<string, readonly [code: string, spoil: (row: Row, before: Row) => Partial<Row>]>> = {
  'time NaN': ['data.time', () => ({ time: NaN })],
  'end before the start': ['data.time', ({ time }) => ({ end: time })],
  'end NaN': ['data.time', () => ({ end: NaN })],
  'the same time': ['data.duplicate', (_row, before) => ({ time: before.time })],
  'an earlier time': ['data.unsorted', (_row, before) => ({ time: before.time - 1 })],
  overlap: ['data.overlap', (_row, before) => ({ time: before.end - 1 })],
  'open NaN': ['data.price', () => ({ open: NaN })],
  'high infinite': ['data.price', () => ({ high: Infinity })],
  'close NaN': ['data.price', () => ({ close: NaN })],
  'high below low': ['data.range', ({ low }) => ({ high: low / 2 })],
  'open above high': ['data.range', ({ high }) => ({ open: high * 1.01 })],
  'close below low': ['data.range', ({ low }) => ({ close: low * 0.99 })],
  'low 0': ['data.price', () => ({ low: 0 })],
  'negative volume': ['data.volume', () => ({ volume: -1 })],
  'volume NaN': ['data.volume', () => ({ volume: NaN })],
  'infinite volume': ['data.volume', () => ({ volume: Infinity })],
}

test.each(Object.entries(faults))('one row with %s is refused, with its place', (_, [code, spoil]) => {
  fc.assert(
    fc.property(rightRows, fc.nat(), (rows, where) => {
      const i = 1 + (where % (rows.length - 1))
      const spoilt = rows.with(i, { ...rows[i]!, ...spoil(rows[i]!, rows[i - 1]!) })
      let found: unknown
      try {
        series(spoilt)
      } catch (error) {
        found = error
      }
      if (!isInputError(found)) throw new Error(`Expected an input error, found ${String(found)}`)
      expect(found.code).toBe(code)
      expect(found.message).toMatch(new RegExp(`^prices\\.csv: .* in row ${i} \\(`))
    }),
    { numRuns: 30 },
  )
})

test('high below low is told as such', () => {
  const row = { time: 0, end: HOUR, open: 5, high: 4, low: 6, close: 5, volume: 1 }
  expect(() => series([row])).toThrow('prices.csv: High 4 is below low 6 in row 0 (1970-01-01T00:00:00Z).')
})

test('prices of a future may be negative', () => {
  const row = { time: 0, end: HOUR, open: -37, high: -30, low: -40, close: -38, volume: 1 }
  expect(series([row], 'future').columns.close[0]).toBe(-38)
  expect(() => series([row])).toThrow('prices.csv: Expected prices > 0, found low -40 in row 0 (1970-01-01T00:00:00Z).')
})

const plain = {
  time: Float64Array.of(0, HOUR),
  open: Float64Array.of(1, 1),
  high: Float64Array.of(1, 1),
  low: Float64Array.of(1, 1),
  close: Float64Array.of(1, 1),
  volume: Float64Array.of(0, 0),
}

test('an end that is left out is the start and the interval', () => {
  const { columns, source } = barSeries({ instrument: spec, interval: '15m', columns: plain })
  expect(Array.from(columns.end)).toEqual([HOUR / 4, HOUR + HOUR / 4])
  expect(source).toBe('AAPL')
})

test('columns of different lengths are refused', () => {
  const columns = { ...plain, close: Float64Array.of(1) }
  expect(() => barSeries({ instrument: spec, interval: '1h', columns })).toThrow(
    'AAPL: Expected 2 values in column "close", found 1.',
  )
})

test('corporate actions are brought into order, the list given is left alone', () => {
  const actions = [
    { kind: 'split', symbol: 'AAPL', time: 9, ratio: 2 },
    { kind: 'dividend', symbol: 'AAPL', time: 3, amount: 1 },
  ] as const
  const made = barSeries({ instrument: spec, interval: '1h', columns: plain, actions })
  expect(made.actions.map(({ time }) => time)).toEqual([3, 9])
  expect(actions.map(({ time }) => time)).toEqual([9, 3])
})

test('no bars at all are a series', () => {
  expect(series([]).length).toBe(0)
})
