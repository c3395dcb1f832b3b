import { type BarSeries, barSeries, isInputError } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ImportOptions, importAllBars, importBars, importQuotes, importTrades, readActions } from '../src/index.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The result, or undefined when it was refused in our words ("Expected …, found …"); anything else that is thrown fails the test. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (isInputError(error) && error.message.includes('found')) return undefined
    throw error
  }
}

function expectSound(series: BarSeries | undefined): void {
  if (series === undefined) return
  expect(series.length).toBeGreaterThan(0)
  barSeries(series)
}

const options: fc.Arbitrary<ImportOptions> = fc.record(
  {
    calendar: fc.constantFrom('XNYS', '24/7'),
    interval: fc.constantFrom('1m', '1h', '1d', '1w'),
    zone: fc.constantFrom('UTC', 'America/New_York', '+09:00'),
    stamp: fc.constantFrom('start', 'end'),
    sort: fc.boolean(),
    onBadRow: fc.constantFrom('error', 'drop'),
    offSession: fc.constantFrom('error', 'drop'),
    checkHours: fc.boolean(),
    decimal: fc.constantFrom('.', ','),
    symbol: fc.constantFrom('A', 'B'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ImportOptions>

test('any bytes are a series or an InputError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), options, (bytes, given) => {
      expectSound(attempt(() => importBars(bytes, given)))
      attempt(() => importQuotes(bytes))
      attempt(() => importTrades(bytes))
      attempt(() => readActions(bytes, { symbol: 'A' }))
    }),
    { numRuns: 1500 },
  )
})

const CELLS = [
  '2024-07-05',
  '2024-07-08',
  '20240705',
  '2024-07-05 09:30',
  '2024-07-05T13:30:00Z',
  '1720186200',
  '1720186260000',
  '7/5/2024',
  '25/7/2024',
  '0001-01-01',
  '9999-12-31',
  '1990-01-01',
  '2035-12-31',
  '1889-12-31 23:59',
  '2024-11-03 01:30',
  '09:30',
  '34200000',
  '10',
  '10.5',
  '0',
  '-1',
  '1e9',
  '1e308',
  '9007199254740993',
  '0.1',
  '',
  ' ',
  'NaN',
  'null',
  '"10"',
  '"',
  '""',
  'A',
  'B',
  '$5',
  '1,000',
]
const HEADERS = [
  'date,open,high,low,close,volume',
  'symbol,date,open,high,low,close,volume',
  'Date,Time,Open,High,Low,Close',
  'time,end,open,high,low,close,volume',
  'date,open,high,low,close,adj close,volume,dividend,split',
  'ms_since_midnight,price,size,suspicious',
  'time,bid,bid_size,ask,ask_size',
  'symbol,time,kind,value,pay_time',
  'file_symbol,date,price_factor,split_factor,reference_price',
  'symbol,ex_date,factor,prev_close',
  '# onetape {"instrument":{"symbol":"A","calendar":"XNYS"},"interval":"1m","prices":"raw","officialOpenClose":true}\ntime,open,high,low,close,volume',
  '',
]
const cell = fc.oneof(fc.constantFrom(...CELLS), fc.string({ maxLength: 6 }))
const table = fc
  .record({
    header: fc.constantFrom(...HEADERS),
    rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 10 }), { maxLength: 6 }),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    fit: fc.boolean(),
  })
  .map(({ header, rows, end, fit }) => {
    const width = header.split('\n').at(-1)!.split(',').length
    const lines = rows.map((cells) =>
      (fit && width > 1 ? Array.from({ length: width }, (_, i) => cells[i % cells.length]!) : cells).join(','),
    )
    return [header, ...lines].join(end)
  })

test('any table of nearly right cells is a series or an InputError', () => {
  fc.assert(
    fc.property(table, options, (text, given) => {
      const bytes = encode(text)
      expectSound(attempt(() => importBars(bytes, given)))
      const all = attempt(() => importAllBars(bytes, given))
      for (const series of all?.values() ?? []) expectSound(series)
      const quotes = attempt(() => importQuotes(bytes, { name: 'X_20240705_quote.csv' }))?.columns
      expect(quotes?.bid.every((bid, i) => bid > 0 && bid <= quotes.ask[i]!) ?? true).toBe(true)
      attempt(() => importTrades(bytes, { name: 'X_20240705_trade.csv' }))
      const actions = attempt(() => readActions(bytes, { symbol: 'A' })) ?? []
      for (const action of actions) expect(Number.isFinite(action.time)).toBe(true)
    }),
    { numRuns: 4000 },
  )
})

test('rows of a good file with one byte changed', () => {
  const rows = ['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05'].map(
    (date, i) => `${date},${10 + i},12.5${i},9.25,11,${100 * i}`,
  )
  const good = encode(`date,open,high,low,close,volume\n${rows.join('\n')}\n`)
  let sound = 0
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), options, (at, byte, given) => {
      const bytes = good.slice()
      bytes[at] = byte
      const series = attempt(() => importBars(bytes, given))
      expectSound(series)
      if (series !== undefined) sound++
    }),
    { numRuns: 2000 },
  )
  expect(sound).toBeGreaterThan(100)
})
