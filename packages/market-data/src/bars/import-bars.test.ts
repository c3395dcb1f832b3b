import { gzipSync } from 'node:zlib'
import { type BarSeries, isInputError } from '@onetape/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { importAllBars, importBars } from './import-bars.ts'
import type { ImportOptions } from './import-options.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const load = (text: string, options: ImportOptions = {}): ReturnType<typeof importBars> =>
  importBars(encode(text), { name: 'a.csv', ...options })
const iso = (t: number | undefined): string => new Date(t!).toISOString()
const spans = (series: BarSeries): string[] =>
  Array.from(series.columns.time, (t, i) => `${iso(t).slice(0, 16)} ${iso(series.columns.end[i]).slice(11, 16)}`)

function failure(text: string, options: ImportOptions = {}): { code: string; message: string } {
  try {
    load(text, options)
  } catch (error) {
    if (isInputError(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('Expected an InputError, found none.')
}

/** A row of the minute that ends `i` minutes after 09:31. */
function endOfMinute(i: number): string {
  const minute = 9 * 60 + 31 + i
  return `2024-07-05 ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')},1,1,1,1,1`
}

describe('layouts of vendors', () => {
  // Two sessions each, 2024-07-03 (closes at 13:00) and 2024-07-05; 07-04 is a holiday.
  const daily = ['2024-07-03T13:30 17:00', '2024-07-05T13:30 20:00']
  test.each<[string, string, Partial<BarSeries>]>([
    ['plain', 'date,open,high,low,close,volume\n2024-07-03,10,12,9,11,100\n2024-07-05,11,13,10,12,200', {}],
    [
      'semicolons, CRLF, BOM',
      '\uFEFFDate;Open;High;Low;Close;Volume\r\n2024-07-03;10;12;9;11;100\r\n2024-07-05;11;13;10;12;200\r\n',
      {},
    ],
    [
      'tabs and quotes',
      '"Date"\t"Open"\t"High"\t"Low"\t"Close"\t"Volume"\n"2024-07-03"\t"10"\t"12"\t"9"\t"11"\t"100"\n2024-07-05\t11\t13\t10\t12\t200',
      {},
    ],
    ['old line ends', 'date,open,high,low,close,volume\r2024-07-03,10,12,9,11,100\r2024-07-05,11,13,10,12,200\r', {}],
    [
      'Yahoo before 2017',
      'Date,Open,High,Low,Close,Volume,Adj Close\n2024-07-03,10,12,9,11,100,10.5\n2024-07-05,11,13,10,12,200,12',
      { prices: 'raw' },
    ],
    [
      'Yahoo since 2017',
      'Date,Open,High,Low,Close,Adj Close,Volume\n2024-07-03,10,12,9,11,10.5,100\n2024-07-05,11,13,10,12,12,200',
      { prices: 'split-adjusted' },
    ],
    [
      'yfinance',
      'Price,Close,High,Low,Open,Volume\nTicker,X,X,X,X,X\nDate,,,,,\n2024-07-03,11,12,9,10,100\n2024-07-05,12,13,10,11,200',
      {},
    ],
    [
      'AlphaVantage',
      'timestamp,1. open,2. high,3. low,4. close,5. volume\n2024-07-03,10,12,9,11,100\n2024-07-05,11,13,10,12,200',
      {},
    ],
    [
      'Tiingo',
      'date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n2024-07-03T00:00:00.000Z,11,12,9,10,100,11,12,9,10,100,0.0,1.0\n2024-07-05T00:00:00.000Z,12,13,10,11,200,12,13,10,11,200,0.0,1.0',
      { prices: 'raw' },
    ],
    [
      'Polygon, midnight in New York',
      'v,vw,o,c,h,l,t,n\n100,10,10,11,12,9,1719979200000,5\n200,10,11,12,13,10,1720152000000,5',
      {},
    ],
    [
      'Quandl WIKI',
      'Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. High,Adj. Low,Adj. Close,Adj. Volume\n2024-07-03,10,12,9,11,100.0,0.0,1.0,5,6,4,5.5,200\n2024-07-05,11,13,10,12,200.0,0.0,1.0,5,6,4,6,200',
      { prices: 'raw' },
    ],
    [
      'Stooq',
      '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nX.US,D,20240703,000000,10,12,9,11,100,0\nX.US,D,20240705,000000,11,13,10,12,200,0',
      {},
    ],
    [
      'Nasdaq, dollars, thousands',
      'Date,Close/Last,Volume,Open,High,Low\n07/03/2024,$11,"100",$10,$12,$9\n07/05/2024,$12,"200",$11,$13,$10',
      {},
    ],
    ['NinjaTrader daily, no header', '20240703;10;12;9;11;100\n20240705;11;13;10;12;200', {}],
    [
      'Lean daily as stored, no header',
      '20240703 00:00,100000,120000,90000,110000,100\n20240705 00:00,110000,130000,100000,120000,200',
      {},
    ],
    [
      'pandas index',
      ',date,open,high,low,close,volume\n0,2024-07-03 00:00:00,10,12,9,11,100\n1,2024-07-05 00:00:00,11,13,10,12,200',
      {},
    ],
    [
      'comment lines and blank lines',
      '# made by hand\n\ndate,open,high,low,close,volume\n2024-07-03,10,12,9,11,100\n\n2024-07-05,11,13,10,12,200\n\n',
      {},
    ],
  ])('%s', (_, text, more) => {
    const series = load(text)
    expect(spans(series)).toEqual(daily)
    expect([...series.columns.open]).toEqual([10, 11])
    expect([...series.columns.high]).toEqual([12, 13])
    expect([...series.columns.low]).toEqual([9, 10])
    expect([...series.columns.close]).toEqual([11, 12])
    expect([...series.columns.volume]).toEqual([100, 200])
    expect(series).toMatchObject({ interval: '1d', officialOpenClose: true, ...more })
  })

  test.each<[string, string, ImportOptions]>([
    [
      'naive times are New York time',
      'datetime,open,high,low,close,volume\n2024-07-05 09:30,1,1,1,1,1\n2024-07-05 09:31,1,1,1,1,1',
      {},
    ],
    [
      'zone stated',
      'time,open,high,low,close,volume\n2024-07-05T13:30:00Z,1,1,1,1,1\n2024-07-05T13:31:00Z,1,1,1,1,1',
      {},
    ],
    [
      'zone as option',
      'time,open,high,low,close,volume\n2024-07-05 13:30,1,1,1,1,1\n2024-07-05 13:31,1,1,1,1,1',
      { zone: 'UTC' },
    ],
    [
      'date and time in two columns',
      'Date,Time,Open,High,Low,Close,Volume\n07/05/2024,09:30,1,1,1,1,1\n07/05/2024,09:31,1,1,1,1,1',
      {},
    ],
    ['date and time without header', '2024.07.05,09:30,1,1,1,1,1\n2024.07.05,09:31,1,1,1,1,1', {}],
    ['NinjaTrader minute, end stamps', '20240705 093100;1;1;1;1;1\n20240705 093200;1;1;1;1;1', { stamp: 'end' }],
    [
      'Lean minute as stored, date from the name',
      '34200000,10000,10000,10000,10000,1\n34260000,10000,10000,10000,10000,1',
      { name: '20240705_x_minute_trade.csv' },
    ],
    [
      'Polygon flat file, ns',
      'ticker,volume,open,close,high,low,window_start,transactions\nX,1,1,1,1,1,1720186200000000000,1\nX,1,1,1,1,1,1720186260000000000,1',
      {},
    ],
    [
      'Interactive Brokers',
      'date,open,high,low,close,volume,average,barCount\n20240705 09:30:00 US/Eastern,1,1,1,1,1,1,1\n20240705 09:31:00 US/Eastern,1,1,1,1,1,1,1',
      {},
    ],
  ])('minutes: %s', (_, text, options) => {
    const series = load(text, options)
    expect(spans(series)).toEqual(['2024-07-05T13:30 13:31', '2024-07-05T13:31 13:32'])
    expect([...series.columns.close]).toEqual([1, 1])
    expect(series).toMatchObject({ interval: '1m', officialOpenClose: false })
  })

  test('hours stamped 09:00 and 15:30 are cut at the open and the close', () => {
    const rows = [9, 10, 11, 12, 13, 14, 15].map((hour) => `2024-07-05 ${String(hour).padStart(2, '0')}:00,1,1,1,1,5`)
    const series = load(`datetime,open,high,low,close,volume\n${rows.join('\n')}`)
    expect(spans(series)[0]).toBe('2024-07-05T13:30 14:00')
    expect(spans(series)[6]).toBe('2024-07-05T19:00 20:00')
  })

  test('stamps of a whole session from 09:31 to 16:00 are ends, unless said otherwise', () => {
    const text = `datetime,open,high,low,close,volume\n${Array.from({ length: 390 }, (_, i) => endOfMinute(i)).join('\n')}`
    expect(load(text).report.stamp).toBe('end')
    expect(iso(load(text).columns.time[0])).toBe('2024-07-05T13:30:00.000Z')
    expect(iso(load(text, { stamp: 'start' }).columns.time[0])).toBe('2024-07-05T13:31:00.000Z')
  })

  test('weeks run from the first open to the last close of the week', () => {
    const text = 'date,open,high,low,close,volume\n2024-07-01,1,1,1,1,1\n2024-07-08,1,1,1,1,1\n2024-07-15,1,1,1,1,1'
    const series = load(text)
    expect(series.interval).toBe('1w')
    expect(iso(series.columns.time[0])).toBe('2024-07-01T13:30:00.000Z')
    expect(iso(series.columns.end[0])).toBe('2024-07-05T20:00:00.000Z')
  })

  test('dividends and splits become actions at 00:00 of the ex-day, on raw prices only', () => {
    const text =
      'date,open,high,low,close,volume,dividend,split\n2024-07-03,10,12,9,11,1,0,1\n2024-07-05,5,6,4,5,1,0.25,2.00000200001\n2024-07-08,5,6,4,5,1,,'
    const time = Date.parse('2024-07-05T04:00:00Z')
    expect(load(text, { symbol: 'X' }).actions).toEqual([
      { symbol: 'X', time, kind: 'dividend', amount: 0.25 },
      { symbol: 'X', time, kind: 'split', ratio: 2 },
    ])
    expect(load(text, { prices: 'adjusted' }).actions).toEqual([])
  })

  test('many symbols in one file', () => {
    const text =
      'Ticker,Date,Open,High,Low,Close,Volume\nA,2024-07-03,1,1,1,1,1\nBRK.B,2024-07-03,2,2,2,2,1\nA,2024-07-05,3,3,3,3,1'
    const all = importAllBars(encode(text), { name: 'all.csv' })
    expect(
      [...all].map(([symbol, { instrument, columns }]) => [symbol, instrument.symbol, [...columns.close]]),
    ).toEqual([
      ['A', 'A', [1, 3]],
      ['BRK.B', 'BRK.B', [2]],
    ])
    expect(load(text, { symbol: 'brk-b' }).length).toBe(1)
    expect(failure(text).code).toBe('data.symbol')
    expect(failure(text, { symbol: 'BRK.C' }).message).toContain('Did you mean "BRK.B"?')
  })

  test('of many symbols the wanted ones alone are checked for their days', () => {
    const rows = ['AAA,2024-07-05,1,1,1,1', 'BBB,2024-07-04,1,1,1,1', 'BBB,2024-07-05,1,1,1,1']
    const file = Buffer.from(['symbol,date,open,high,low,close', ...rows].join('\n'))
    expect([...importAllBars(file, {}, ['AAA']).keys()]).toEqual(['AAA'])
    expect(() => importAllBars(file, {}, ['BBB'])).toThrow('Expected trading days of XNYS, found 2024-07-04')
    expect(() => importAllBars(file, {}, ['AAB'])).toThrow('Did you mean "AAA"?')
  })

  test('day first is found out from the rows that cannot be month first', () => {
    const series = load('date,open,high,low,close,volume\n03/07/2024,1,1,1,1,1\n15/07/2024,1,1,1,1,1', {
      interval: '1d',
    })
    expect(spans(series)).toEqual(['2024-07-03T13:30 17:00', '2024-07-15T13:30 20:00'])
  })

  test('decimal commas, gzip, UTF-16', () => {
    const text = 'date;open;high;low;close;volume\n2024-07-05;1,5;2,5;0,5;1.000,25;1.000'.replace('1.000,25', '2,25')
    expect(load(text, { decimal: ',' }).columns.close[0]).toBe(2.25)
    expect(load(text, { decimal: ',' }).columns.volume[0]).toBe(1000)
    // Found out where no comma separates the cells, and a file with thousands in commas stays what it is.
    const german = 'Datum;Open;High;Low;Close;Volume'.replace('Datum', 'date')
    const found = load(`${german}\n03.07.2024;1,5;2,5;0,5;2,25;1.000\n05.07.2024;1.001,5;1.002;1.001;1.001,5;7`)
    expect([...found.columns.close]).toEqual([2.25, 1001.5])
    expect([...found.columns.volume]).toEqual([1000, 7])
    expect(load(`${german}\n2024-07-05;1,500;1,501;1,500;1,500.5;1`).columns.open[0]).toBe(1500)
    const plain = 'date,open,high,low,close,volume\n2024-07-05,1,1,1,1,1'
    expect(importBars(gzipSync(plain)).length).toBe(1)
    expect(importBars(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(plain, 'utf16le')])).length).toBe(1)
  })

  test('no volume in the file means an instrument without', () => {
    expect(load('date,open,high,low,close\n2024-07-05,1,1,1,1').instrument.hasVolume).toBe(false)
    expect(load('date,open,high,low,close,volume\n2024-07-05,1,1,1,1,0').instrument.hasVolume).toBe(false)
    expect(load('date,open,high,low,close,volume\n2024-07-05,1,1,1,1,7').instrument.hasVolume).toBe(true)
  })
})

describe('bad files are refused with place and way out', () => {
  const head = 'date,open,high,low,close,volume\n'
  const good = '2024-07-02,10,12,9,11,100\n'
  test.each<[string, string, string, string[], ImportOptions?]>([
    ['empty file', '', 'data.empty', ['a.csv: ', 'an empty file']],
    ['blanks only', ' \n\n', 'data.empty', ['only blanks']],
    ['header only', head, 'data.empty', ['only a header']],
    ['web page', '<!DOCTYPE html><html><body>404</body></html>', 'data.not_csv', ['a web page', 'fetch it again']],
    ['JSON', '{"Error Message": "Invalid API call"}', 'data.not_csv', ['found JSON: "{\\"Error Message\\"']],
    ['zip', 'PK\u0003\u0004aaaa', 'data.not_csv', ['a zip archive', 'Unpack']],
    ['binary', 'date,open\0\0\0', 'data.not_csv', ['binary']],
    ['prose', 'hello world\nthis is text\n', 'data.columns', ['a.csv:1: Expected a column for date or time, open']],
    [
      'misspelt column',
      'date,opne,high,low,close,volume\n2024-07-02,10,12,9,11,100',
      'data.columns',
      ['a.csv:1: Expected a column for open', 'Column "opne": did you mean "open"?'],
    ],
    [
      'too few cells',
      `${head}2024-07-02,10,12,9,11`,
      'data.cells',
      ['a.csv:2: Expected 6 cells as in the header, found 5'],
    ],
    ['too many cells', `${head}${good}2024-07-03,10,12,9,11,1,2,3`, 'data.cells', ['a.csv:3:', 'found 8']],
    [
      'empty cell',
      `${head}2024-07-02,10,,9,11,100`,
      'data.cell',
      ['a.csv:2 column "high": Expected a number, found an empty cell'],
    ],
    ['NaN', `${head}2024-07-02,10,12,9,NaN,100`, 'data.cell', ['column "close"', 'found "NaN"']],
    [
      'null rows as Yahoo gives them',
      `${head}${good}2024-07-03,null,null,null,null,null`,
      'data.cell',
      ['a.csv:3 column "open"', '"null"'],
    ],
    ['text', `${head}2024-07-02,10,twelve,9,11,100`, 'data.cell', ['found "twelve"']],
    ['infinity', `${head}2024-07-02,10,1e999,9,11,100`, 'data.cell', ['found "1e999"']],
    ['text behind a quoted cell', `${head}2024-07-02,"10"x,12,9,11,100`, 'data.cell', ['column "open"']],
    [
      'quote never closed',
      `${head}2024-07-02,"10,12,9,11,100\n2024-07-03,10,12,9,11,100`,
      'data.cell',
      ['a.csv:2 column "open"'],
    ],
    [
      'high below low',
      `${head}2024-07-02,10,8,9,11,100`,
      'data.range',
      ['a.csv:2 column "high": Expected high >= low, found high 8 and low 9'],
    ],
    [
      'open outside',
      `${head}2024-07-02,13,12,9,11,100`,
      'data.range',
      ['column "open": Expected open between low 9 and high 12, found 13'],
    ],
    ['close outside', `${head}2024-07-02,10,12,9,8,100`, 'data.range', ['column "close"']],
    ['price of 0', `${head}2024-07-02,0,0,0,0,100`, 'data.price', ['Expected prices > 0']],
    [
      'negative volume',
      `${head}2024-07-02,10,12,9,11,-5`,
      'data.volume',
      ['a.csv:2 column "volume": Expected volume >= 0, found -5'],
    ],
    ['duplicate', `${head}${good}${good}`, 'data.duplicate', ['a.csv:3', 'again as in line 2']],
    [
      'unsorted',
      `${head}2024-07-03,10,12,9,11,1\n${good}2024-07-05,10,12,9,11,1`,
      'data.unsorted',
      ['a.csv:3', 'sort: true (--sort)'],
    ],
    [
      'newest first',
      `${head}2024-07-05,10,12,9,11,1\n2024-07-03,10,12,9,11,1\n${good}`,
      'data.unsorted',
      ['from the newest row to the oldest', 'sort: true (--sort)'],
    ],
    [
      'holiday',
      `${head}2024-07-03,10,12,9,11,1\n2024-07-04,10,12,9,11,1`,
      'data.off_session',
      ['a.csv:3', 'found 2024-07-04', "offSession: 'drop'"],
    ],
    [
      'no such date',
      `${head}2024-02-30,10,12,9,11,1`,
      'data.time',
      ['a.csv:2 column "date": Expected a date or time, found "2024-02-30"'],
    ],
    [
      'before the calendar',
      `${head}1929-10-29,10,12,9,11,1`,
      'data.time',
      ['a.csv:2', '1990-01-01', 'found 1929-10-29'],
    ],
    [
      'date among times',
      'time,open,high,low,close,volume\n2024-07-05 09:30,1,1,1,1,1\n2024-07-05,1,1,1,1,1',
      'data.time',
      ['a.csv:3', 'as in the rows before'],
    ],
    ['dates for minutes', `${head}${good}`, 'data.time', ['only dates'], { interval: '1m' }],
    [
      'unknown zone',
      'time,open,high,low,close,volume\n2024-07-05 09:30,1,1,1,1,1',
      'zone.unknown',
      ['Mars'],
      { zone: 'Mars' },
    ],
    [
      'night hours',
      'time,open,high,low,close,volume\n2024-07-05T02:30:00Z,1,1,1,1,1\n2024-07-05T02:31:00Z,1,1,1,1,1',
      'data.zone',
      ['read with the zone that they state'],
    ],
    [
      'minutes that overlap',
      'time,open,high,low,close,volume\n2024-07-05 09:30:00,1,1,1,1,1\n2024-07-05 09:30:30,1,1,1,1,1',
      'data.overlap',
      ['a.csv:3'],
      { interval: '1m' },
    ],
    [
      'one row without a known step',
      'time,open,high,low,close,volume\n2024-07-05 09:30:00,1,1,1,1,1',
      'data.interval',
      ['--interval 1m'],
    ],
    [
      'monthly',
      `${head}2024-05-01,1,1,1,1,1\n2024-06-03,1,1,1,1,1\n2024-07-01,1,1,1,1,1`,
      'data.interval',
      ['Give the length'],
    ],
  ])('%s', (_, text, code, parts, options) => {
    const error = failure(text, options)
    expect(error.code).toBe(code)
    for (const part of parts) expect(error.message).toContain(part)
  })

  test('the first bad row is told, the others are counted; drop leaves them out', () => {
    const text = `${head}${good}2024-07-03,10,8,9,11,1\n2024-07-05,x,12,9,11,1\n2024-07-08,10,12,9,11,1\n2024-07-08,10,12,9,11,1`
    expect(failure(text).message).toContain('a.csv:3 column "high"')
    expect(failure(text).message).toContain('1 more bad row follows')
    const series = load(text, { onBadRow: 'drop' })
    expect([series.length, series.report.badRows, series.report.rows]).toEqual([2, 3, 5])
  })

  test('holidays can be dropped, unsorted rows sorted', () => {
    const text = `${head}2024-07-05,10,12,9,11,3\n2024-07-04,10,12,9,11,2\n2024-07-03,10,12,9,11,1`
    const series = load(text, { offSession: 'drop', sort: true })
    expect([...series.columns.volume]).toEqual([1, 3])
    expect(series.report.offSessionRows).toBe(1)
  })

  test('a broken gzip file', () => {
    expect(() => importBars(gzipSync(head).subarray(0, 20), { name: 'b.csv.gz' })).toThrow(
      /b\.csv\.gz: Expected gzip data/,
    )
  })

  test('a file that is not there, with the one that was meant', () => {
    expect(() => importBars(`${import.meta.dirname}/import-bar.ts`)).toThrow(/Did you mean "import-bars.ts"\?/)
  })
})

test('numbers come in with all their bits', () => {
  const price = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(price, fc.double({ min: 0, max: 1e300, noNaN: true }), (value, volume) => {
      const series = load(`date,open,high,low,close,volume\n2024-07-05,${value},${value},${value},${value},${volume}`)
      expect(series.columns.close[0]).toBe(value)
      expect(series.columns.volume[0]).toBe(volume)
    }),
  )
})
