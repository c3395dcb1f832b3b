import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { isInputError } from '@onetape/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FileDataFeed, fileFeed, sampleFeed } from '../src/index.ts'

let folder = ''
const at = (text: string): number => Date.parse(text)

function put(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
  return path
}
const daily = (...dates: string[]): string =>
  `date,open,high,low,close,volume\n${dates.map((date) => `${date},10,12,9,11,100`).join('\n')}\n`
const minutes = (date: string, count: number): string =>
  `time,open,high,low,close,volume\n${Array.from({ length: count }, (_, i) => `${new Date(at(`${date}T13:30Z`) + i * 60_000).toISOString()},10,12,9,11,5`).join('\n')}\n`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetape-feed-'))
  put('AAPL.csv', daily('2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05'))
  put('AAPL_1m.csv.gz', minutes('2024-07-05', 30))
  put('aapl_actions.csv', 'date,dividend,split\n2024-07-02,0.25,1\n')
  put('brk.b/2023.csv', daily('2023-12-28', '2023-12-29'))
  put('brk.b/2024.csv', daily('2024-01-02', '2024-01-03'))
  put('1m/MSFT.csv', minutes('2024-07-05', 20))
  put('DA-IBM-T-2021-04-21.csv', daily('2021-04-20', '2021-04-21'))
  put(
    'wide/prices_2024.csv',
    'symbol,date,open,high,low,close,volume\nKO,2024-07-01,1,2,1,2,9\nPEP,2024-07-01,3,4,3,4,9\nKO,2024-07-02,2,3,2,3,9\n',
  )
  put(
    'SPY_quote.csv',
    'datetime,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size\n2024-07-05 09:30,1,1,1,1,100,2,2,2,2,200\n2024-07-05 09:31,1,1,1,1.5,100,2,2,2,2,200\n',
  )
  put(
    'SPY_20240705_trade.csv',
    'ms_since_midnight,price,size,exchange,condition,suspicious\n34200000,10,100,P,0,0\n34200001,11,50,P,0,1\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function failure(run: () => Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await run()
  } catch (error) {
    if (isInputError(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('Expected an InputError, found none.')
}

describe('a folder', () => {
  test('knows its symbols, by names and by columns', () => {
    expect(fileFeed(folder).symbols).toEqual(['AAPL', 'BRK.B', 'IBM', 'KO', 'MSFT', 'PEP'])
  })

  test.each<[string, '1m' | '1d', number]>([
    ['AAPL', '1d', 4],
    ['aapl', '1m', 30],
    ['BRK.B', '1d', 4],
    ['BRK-B', '1d', 4],
    ['MSFT', '1m', 20],
    ['IBM', '1d', 2],
    ['KO', '1d', 2],
    ['PEP', '1d', 1],
  ])('%s %s has %d bars', async (symbol, interval, length) => {
    const series = await fileFeed(folder).getHistoricalData({ symbol, interval })
    expect([series.length, series.interval]).toEqual([length, interval])
  })

  test('longer bars are made of shorter ones, unless that is switched off', async () => {
    const series = await fileFeed(folder).getHistoricalData({ symbol: 'MSFT', interval: '5m' })
    expect([series.length, series.columns.volume[0]]).toEqual([4, 25])
    expect((await fileFeed(folder).getHistoricalData({ symbol: 'MSFT', interval: '1d' })).columns.volume[0]).toBe(100)
    const strict = fileFeed(folder, { aggregate: false })
    const error = await failure(() => strict.getHistoricalData({ symbol: 'MSFT', interval: '5m' }))
    expect(error).toMatchObject({ code: 'data.interval', message: expect.stringContaining('found 1m') })
  })

  test('actions in a file beside the prices come with them', async () => {
    const series = await fileFeed(folder).getHistoricalData({ symbol: 'AAPL', interval: '1d' })
    expect(series.actions).toEqual([{ symbol: 'AAPL', time: at('2024-07-02T04:00Z'), kind: 'dividend', amount: 0.25 }])
  })

  test('from is included, to is not; actions before the first bar stay out', async () => {
    const feed = fileFeed(folder)
    const request = { symbol: 'AAPL', interval: '1d' } as const
    const series = await feed.getHistoricalData({
      ...request,
      from: at('2024-07-02T13:30Z'),
      to: at('2024-07-05T13:30Z'),
    })
    expect([...series.columns.time]).toEqual([at('2024-07-02T13:30Z'), at('2024-07-03T13:30Z')])
    expect(series.actions.length).toBe(1)
    expect((await feed.getHistoricalData({ ...request, from: at('2024-07-03') })).actions).toEqual([])
  })

  test('an empty range says what there is', async () => {
    const error = await failure(() =>
      fileFeed(folder).getHistoricalData({ symbol: 'AAPL', interval: '1d', from: at('2025-01-01') }),
    )
    expect(error.code).toBe('data.range_empty')
    expect(error.message).toContain('There are 4 bars of 1d from 2024-07-01T13:30:00Z to 2024-07-05T13:30:00Z.')
  })

  test('an unknown symbol names the folder and the nearest symbol', async () => {
    const error = await failure(() => fileFeed(folder).getHistoricalData({ symbol: 'APPL', interval: '1d' }))
    expect(error.code).toBe('data.symbol')
    expect(error.message).toContain(folder)
    expect(error.message).toContain('Did you mean "AAPL"?')
  })

  test('several symbols at once, and what is known of one', async () => {
    const feed = fileFeed(folder, { instruments: { aapl: { calendar: 'XNAS', exchange: 'NASDAQ' } } })
    const all = await feed.getMultipleSymbols(['KO', 'AAPL'], { interval: '1d' })
    expect(all.map(({ instrument }) => [instrument.symbol, instrument.exchange])).toEqual([
      ['KO', 'NYSE'],
      ['AAPL', 'NASDAQ'],
    ])
    expect(await feed.getTickerInfo('AAPL')).toMatchObject({ symbol: 'AAPL', calendar: 'XNAS' })
    expect((await failure(() => feed.getTickerInfo('NOPE'))).code).toBe('data.symbol')
  })

  test('quotes count from the end of their bar, suspicious trades are left out', () => {
    const feed = fileFeed(folder)
    const quotes = feed.getQuotes('SPY')
    expect([...quotes.columns.time]).toEqual([at('2024-07-05T13:31Z'), at('2024-07-05T13:32Z')])
    expect([...quotes.columns.bid, ...quotes.columns.askSize]).toEqual([1, 1.5, 200, 200])
    const trades = feed.getTrades('SPY', '2024-07-05')
    expect([...trades.columns.time, ...trades.columns.price, ...trades.columns.size]).toEqual([
      at('2024-07-05T13:30Z'),
      10,
      100,
    ])
    expect(() => feed.getTrades('AAPL')).toThrow(/Expected one file of trades of AAPL, found 0/)
  })

  test('it is not live, and says so', async () => {
    const feed = fileFeed(folder)
    expect(feed.mode).toBe('cached')
    expect((await failure(() => feed.subscribe('AAPL', '1m'))).code).toBe('data.not_live')
    expect(feed.latest('AAPL')).toMatchObject({ bar: undefined, stale: true })
    const states: string[] = []
    feed.connection.subscribe({ next: (state) => states.push(state) }).unsubscribe()
    expect(states).toEqual(['connected'])
  })

  test('reconnect sees new files', async () => {
    const feed = fileFeed(folder)
    expect((await failure(() => feed.getHistoricalData({ symbol: 'NEW', interval: '1d' }))).code).toBe('data.symbol')
    const path = put('NEW.csv', daily('2024-07-01'))
    await feed.reconnect()
    expect((await feed.getHistoricalData({ symbol: 'NEW', interval: '1d' })).length).toBe(1)
    rmSync(path)
  })

  test('two files of the same days are refused by name', async () => {
    const path = put('more/AAPL_1d.csv', daily('2024-07-01'))
    const other = put('other/AAPL_1d.csv', daily('2024-07-01'))
    const error = await failure(() => fileFeed(folder).getHistoricalData({ symbol: 'AAPL', interval: '1d' }))
    expect(error.code).toBe('data.ambiguous')
    expect(error.message).toContain(path)
    expect(error.message).toContain(other)
    rmSync(path)
    rmSync(other)
  })
})

describe('files', () => {
  test('one file of one symbol, of any symbol under a plain name, of many', async () => {
    const one = fileFeed(join(folder, 'AAPL.csv'))
    expect((await one.getHistoricalData({ symbol: 'AAPL', interval: '1d' })).length).toBe(4)
    expect((await failure(() => one.getHistoricalData({ symbol: 'MSFT', interval: '1d' }))).code).toBe('data.symbol')
    const any = fileFeed(put('any/data.csv', daily('2024-07-01')))
    expect((await any.getHistoricalData({ symbol: 'TSLA', interval: '1d' })).instrument.symbol).toBe('TSLA')
    const wide = fileFeed(join(folder, 'wide/prices_2024.csv'))
    expect(wide.symbols).toEqual(['KO', 'PEP'])
    expect((await wide.getHistoricalData({ symbol: 'PEP', interval: '1d' })).columns.close[0]).toBe(4)
    rmSync(join(folder, 'any'), { recursive: true })
  })

  test('a map of symbols to files', async () => {
    const feed = new FileDataFeed({ files: { X: [join(folder, 'brk.b/2024.csv'), join(folder, 'brk.b/2023.csv')] } })
    const series = await feed.getHistoricalData({ symbol: 'x', interval: '1d' })
    expect([series.length, series.instrument.symbol]).toEqual([4, 'X'])
  })

  test('places that are not there', () => {
    expect(() => fileFeed(join(folder, 'AAPLL.csv'))).toThrow(/Did you mean "AAPL\.csv"\?/)
    expect(() => new FileDataFeed({ folder: join(folder, 'none') })).toThrow(/Expected a folder/)
    expect(() => new FileDataFeed({})).toThrow(/found neither/)
    mkdirSync(join(folder, 'empty'))
    expect(() => fileFeed(join(folder, 'empty'))).toThrow(/Expected CSV files, found none/)
  })
})

test('the bundled sample: 1,260 clean days of AAPL, split-adjusted', async () => {
  const series = await sampleFeed().getHistoricalData({ symbol: 'AAPL', interval: '1d' })
  expect(series).toMatchObject({ length: 1260, interval: '1d', prices: 'split-adjusted', officialOpenClose: true })
  expect(new Date(series.columns.time[0]!).toISOString()).toBe('2013-05-13T13:30:00.000Z')
  expect(new Date(series.columns.end[1259]!).toISOString()).toBe('2018-05-11T20:00:00.000Z')
  expect(series.columns.close[0]).toBe(64.96286)
  expect(series.adjClose?.[0]).toBe(50.961628)
  expect((await failure(() => sampleFeed().getHistoricalData({ symbol: 'MSFT', interval: '1d' }))).message).toContain(
    'Known: AAPL.',
  )
})
