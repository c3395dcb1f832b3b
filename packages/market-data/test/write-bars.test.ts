import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarSeries,
  barSeries,
  type CorporateAction,
  instrument,
  intervalMs,
  type PriceBasis,
} from '@onetape/core'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { fileFeed, importBars, writeBars } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'onetape-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const cal = calendar('XNYS')
const sessions = cal.sessions(Date.parse('2020-01-01'), Date.parse('2021-01-01'))

const price = fc.double({ min: 1e-6, max: 1e7, noNaN: true })
const anySeries: fc.Arbitrary<BarSeries> = fc
  .record({
    interval: fc.constantFrom<BarInterval>('1s', '1m', '15m', '1h', '1d', '1w'),
    rows: fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: 5 }),
        low: price,
        up: fc.double({ min: 0, max: 100, noNaN: true }),
        volume: fc.double({ min: 0, max: 1e12, noNaN: true }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
    prices: fc.constantFrom<PriceBasis>('raw', 'split-adjusted'),
    cut: fc.boolean(),
    adj: fc.boolean(),
    officialOpenClose: fc.boolean(),
    calendarName: fc.constantFrom('XNYS', 'XNAS', '24/7'),
  })
  .map(({ interval, rows, prices, cut, adj, officialOpenClose, calendarName }) => {
    const length = intervalMs(interval)
    const daily = interval === '1d' && calendarName !== '24/7' && !cut
    const time = new Float64Array(rows.length)
    const end = new Float64Array(rows.length)
    let at = -1
    for (const [i, { gap }] of rows.entries()) {
      at += 1 + gap
      time[i] = daily ? sessions[at % 250]!.open : Date.parse('2020-01-02T14:30Z') + at * length
      end[i] = daily ? sessions[at % 250]!.close : time[i] + length - (cut && i % 2 === 0 ? Math.floor(length / 3) : 0)
    }
    if (daily) {
      time.sort()
      end.sort()
    }
    const low = Float64Array.from(rows, (row) => row.low)
    const high = Float64Array.from(rows, (row) => row.low + row.up)
    const actions: CorporateAction[] =
      prices !== 'raw'
        ? []
        : [
            { symbol: 'BRK-B', time: time[0]!, kind: 'dividend', amount: rows[0]!.up, payTime: time[0]! + 86_400_000 },
            { symbol: 'BRK-B', time: time[0]! + 1, kind: 'split', ratio: rows[0]!.low },
            { symbol: 'BRK-B', time: time[0]! + 2, kind: 'symbol-change', newSymbol: 'BRK' },
            { symbol: 'BRK-B', time: time[0]! + 3, kind: 'delisting' },
          ]
    return barSeries({
      instrument: instrument('BRK-B', { calendar: calendarName, lot: 0.001, exchange: 'ARCA' }),
      interval,
      columns: { time, end, open: low, high, low, close: high, volume: Float64Array.from(rows, (row) => row.volume) },
      prices,
      adjClose: adj ? high.map((value) => value * 0.9) : undefined,
      actions,
      officialOpenClose,
    })
  })
  .filter(({ columns, length }) => columns.time.every((t, i) => i === 0 || t >= columns.end[i - 1]!) && length > 0)

test('what is written comes back exactly, bit by bit', async () => {
  await fc.assert(
    fc.asyncProperty(anySeries, fc.boolean(), async (series, gzip) => {
      const path = writeBars(folder, series, { gzip })
      const read = await fileFeed(folder).getHistoricalData({ symbol: 'BRK.B', interval: series.interval })
      const { report: _, ...plain } = read as BarSeries & { report?: unknown }
      expect({ ...plain, source: '' }).toEqual({ ...series, source: '' })
      rmSync(folder, { recursive: true })
      expect(path.endsWith(gzip ? '.csv.gz' : '.csv')).toBe(true)
    }),
    { numRuns: 150 },
  )
})

test('a file of days is plain to read, and replaced in one step', () => {
  const { open, close } = sessions[0]!
  const one = Float64Array.of(1)
  const series = barSeries({
    instrument: instrument('X'),
    interval: '1d',
    columns: {
      time: Float64Array.of(open),
      end: Float64Array.of(close),
      open: one,
      high: one,
      low: one,
      close: one,
      volume: one,
    },
  })
  const path = writeBars(folder, series, { gzip: false })
  expect(readFileSync(path, 'utf8').split('\n').slice(1)).toEqual([
    'date,open,high,low,close,volume',
    '2020-01-02,1,1,1,1,1',
    '',
  ])
  writeBars(folder, series)
  expect(readdirSync(folder)).toEqual(['X_1d.csv.gz'])
  expect(importBars(join(folder, 'X_1d.csv.gz')).columns).toEqual(series.columns)
})

test.each(['../x', 'A/B', 'A_B', '', '1m', 'quote'])('the symbol %j cannot name a file', (symbol) => {
  const one = Float64Array.of(1)
  const columns = { time: Float64Array.of(0), open: one, high: one, low: one, close: one, volume: one }
  const series = barSeries({ instrument: instrument('X'), interval: '1m', columns })
  const named = { ...series, instrument: { ...series.instrument, symbol } }
  expect(() => writeBars(folder, named)).toThrow(/Expected a symbol/)
})
