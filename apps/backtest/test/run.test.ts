import { FIGURES } from '@onetape/analytics'
import { Ajv } from 'ajv'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { Desk, MAIN, linesOf } from './command-line.ts'

const desk = new Desk()
const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../result.schema.json'), 'utf8')) as object

interface Result {
  readonly tapeHash: string
  readonly finalEquity: number
  readonly totalFees: number
  readonly figures: Readonly<Record<string, number | null>>
  readonly options: Readonly<Record<string, unknown>>
  readonly trades: readonly { readonly pnl: number }[]
  readonly fills: readonly {
    readonly side: 'buy' | 'sell'
    readonly quantity: number
    readonly price: number
    readonly time: number
  }[]
  readonly costs: Readonly<Record<'interestPaid' | 'interestEarned' | 'borrow' | 'total', number>> & {
    readonly fees: Readonly<Record<string, number>>
  }
  readonly ticks: readonly unknown[]
  readonly symbols: readonly string[]
  readonly data: readonly { readonly symbol: string; readonly interval: string; readonly bars: number }[]
  readonly notices: readonly string[]
}

function read(path: string): string {
  return readFileSync(join(desk.folder, path), 'utf8')
}

function json(...args: readonly string[]): Result {
  const { status, stdout, stderr } = desk.onetape('run', ...args, '--json')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout) as Result
}

/** Rows of a CSV file as records; no cell of ours has a comma here. */
function records(path: string): Record<string, string>[] {
  const [header = '', ...rows] = linesOf(read(path))
  const names = header.split(',')
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [names[i]!, cell])))
}

describe('a run on the sample, with its folder', () => {
  let result: Result
  let printed: string

  beforeAll(() => {
    const { status, stdout, stderr } = desk.onetape('run', 'sma-cross', '--symbols', 'AAPL', '--out', 'result')
    if (status !== 0) throw new Error(stderr)
    printed = stdout
    result = JSON.parse(read('result/result.json')) as Result
  })

  test('result.json fits its schema, which knows every field', () => {
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
    expect(ajv.validateSchema(schema)).toBe(true)
    const valid = ajv.validate(schema, result)
    expect(ajv.errors ?? []).toEqual([])
    expect(valid).toBe(true)
    expect(Object.keys(result.figures).toSorted()).toEqual(FIGURES.map(({ key }) => key as string).toSorted())
    expect(ajv.validate(schema, { ...result, surprise: 1 })).toBe(false)
  })

  test('it traded, and the table says how it went', () => {
    expect(result.trades.length).toBeGreaterThan(10)
    expect(printed).toMatch(/^sma-cross \(fast=10, slow=30\) on AAPL, 1d, 2013-05-13 to 2018-05-11$/m)
    expect(printed).toMatch(new RegExp(`Closed trades +│ +${result.trades.length} │`))
    expect(printed).toContain(result.tapeHash)
    expect(printed).toMatch(/Written to result$/m)
  })

  test('the files agree with each other', () => {
    const trades = records('result/trades.csv')
    expect(trades.map(({ pnl }) => Number(pnl))).toEqual(result.trades.map(({ pnl }) => pnl))
    const equity = records('result/equity.csv')
    expect(equity).toHaveLength(1260)
    expect(Number(equity.at(-1)?.['equity'])).toBe(result.finalEquity)
    expect(equity.at(-1)).toMatchObject({ time: '2018-05-11T20:00:00Z', date: '2018-05-11' })
    const orders = records('result/orders.csv')
    expect(orders.reduce((sum, { fees }) => sum + Number(fees), 0)).toBeCloseTo(result.totalFees, 6)
    expect(read('result/report.html')).toMatch(/^<!doctype html>/i)
    expect(readdirSync(join(desk.folder, 'result'))).toHaveLength(5)
  })

  test('an earlier result is replaced, anything else is left alone', () => {
    const again = desk.onetape('run', 'sma-cross', '--param', 'fast=20', '--out', 'result', '--quiet')
    expect([again.status, again.stdout, again.stderr]).toEqual([0, '', ''])
    expect(JSON.parse(read('result/result.json'))).toMatchObject({ strategies: [{ params: { fast: 20, slow: 30 } }] })
    desk.file('mine/notes.txt', 'mine')
    expect(desk.onetape('run', 'sma-cross', '--out', 'mine').stderr).toMatch(/^error: --out: .*"mine" with "notes.txt"/)
    expect(readdirSync(join(desk.folder, 'mine'))).toEqual(['notes.txt'])
  })

  test('another process gives the same tape', () => {
    expect(json('sma-cross').tapeHash).toBe(json('sma-cross').tapeHash)
  })
})

test('flags reach the options in force, and the options the figures', () => {
  const plain = json('sma-cross')
  expect(plain.options).toMatchObject({ cash: 100_000, participation: 0.1, tif: 'day', convention: 'onetape' })
  const told = json(
    ...`sma-cross --cash 50000 --fee none --slippage none
    --participation off --limit-fill touch --exits optimistic --market-fill close --prices adjusted
    --dividends ignore --split-orders adjust --tif gtc --size-at fill --buffer 0.01 --min-change 0.01
    --reject-at-fill --credit-sells off --close-at-end --leverage 1.5 --convention lean --risk-free 0.02
    --limit-fill-probability 0.5 --latency 50..400 --delay-bars 1 --margin none --margin-interest 6.5 --credit-interest ibkr:4.33
    --borrow 0.3 --day-trading on --seed 7 --run-id mine --no-shorts`.split(/\s+/),
  )
  expect(told.options).toMatchObject({
    cash: 50_000,
    participation: 'off',
    limitFill: 'touch',
    exits: 'optimistic',
    marketFill: 'close',
    prices: 'adjusted',
    dividends: 'ignore',
    splitOrders: 'adjust',
    tif: 'gtc',
    sizeAt: 'fill',
    buffer: 0.01,
    minChange: 0.01,
    rejectAtFill: true,
    creditSells: false,
    closeAtEnd: true,
    leverage: 1.5,
    convention: 'lean',
    riskFree: 0.02,
    seed: 7,
    runId: 'mine',
    shortSelling: false,
    limitFillProbability: 0.5,
    latencyMs: '50 to 400',
    delayBars: 1,
    margin: 'none',
    marginInterest: 'flat(6.5 %)',
    creditInterest: 'ibkr-credit(benchmark 4.33 %)',
    borrow: 'borrow(0.3 %)',
  })
  expect(told.options['dayTrading']).toMatch(/^day-trading\(/)
  expect(json('sma-cross', '--account', 'cash').options).toMatchObject({ settlement: true, margin: 'none' })
  expect(json('sma-cross', '--account', 'cash', '--settlement', 'off').options).toMatchObject({ settlement: false })
  expect(told.totalFees).toBe(0)
  expect(json('sma-cross', '--benchmark', 'none').figures['benchmarkReturn']).toBeNull()
})

/** Minute bars of a wave that begins at a phase. */
const rows = (count: number, first: number): string =>
  Array.from({ length: count }, (_, i) => {
    const close = 100 + 10 * Math.sin(first + i / 7)
    const time = new Date(Date.UTC(2024, 0, 1, 0, i)).toISOString()
    return `${time},${close - 0.5},${close + 1},${close - 1},${close},100000`
  }).join('\n')

describe('data of your own', () => {
  const header = 'time,open,high,low,close,volume\n'
  const clock = ['--calendar', '24/7']

  beforeAll(() => {
    desk.file('coins/BTC.csv', header + rows(300, 0))
    desk.file('coins/ETH.csv', header + rows(300, 2))
    desk.file('prices.csv', header + rows(300, 0))
    desk.file('long.csv', header + rows(200_000, 0))
  })

  test('a folder gives all its symbols, or those asked for, in the order asked', () => {
    expect(json('sma-cross', '--data', 'coins', ...clock).symbols).toEqual(['BTC', 'ETH'])
    const { symbols, data } = json('pairs-trading', '--data', 'coins', '--symbols', 'ETH,BTC', ...clock)
    expect(symbols).toEqual(['ETH', 'BTC'])
    expect(data).toMatchObject([{ interval: '1m', bars: 300 }, { interval: '1m' }])
  })

  test('a file that names no symbol takes the one asked for; bars are made longer', () => {
    const { symbols, data } = json(
      'sma-cross',
      '--data',
      'prices.csv',
      '--symbols',
      'XRP',
      '--interval',
      '5m',
      ...clock,
    )
    expect(symbols).toEqual(['XRP'])
    expect(data).toMatchObject([{ interval: '5m', bars: 60 }])
    expect(desk.onetape('run', 'sma-cross', '--data', 'coins/BTC.csv', '--symbols', 'XRP', ...clock).stderr).toMatch(
      /There is no symbol "XRP"/,
    )
  })

  test('bars before --from warm up the indicators', () => {
    const { data } = json('sma-cross', '--data', 'coins/BTC.csv', '--from', '2024-01-01T02:00Z', ...clock)
    expect(data).toMatchObject([{ bars: 300 }])
  })

  test('several intervals at once', () => {
    desk.file(
      'two.ts',
      `import { defineStrategy } from '@onetape/core'
       export default defineStrategy({ name: 'two', intervals: ['5m', '15m'], create: () => ({}) })`,
    )
    const { data } = json('two.ts', '--data', 'coins/BTC.csv', ...clock)
    expect(data.map(({ interval }) => interval)).toEqual(['5m', '15m'])
  })

  test('an interrupt ends the run at once and leaves nothing half written', async () => {
    const child = spawn(
      process.execPath,
      ['--conditions=@onetape/source', MAIN, 'run', 'sma-cross', '--data', 'long.csv', '--out', 'cut', ...clock],
      { cwd: desk.folder, stdio: 'ignore' },
    )
    setTimeout(() => child.kill('SIGINT'), 250)
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    expect(signal ?? code).toBe(signal === null ? 130 : 'SIGINT')
    expect(existsSync(join(desk.folder, 'cut'))).toBe(false)
    expect(readdirSync(desk.folder).filter((name) => name.startsWith('cut'))).toEqual([])
  })
})

describe('what was paid', () => {
  const { costs, totalFees, fills } = json(
    'sma-cross',
    '--fee',
    'ibkr-tiered,regulatory:none',
    '--credit-interest',
    '4',
  )

  test('stands by kind in the result, and the kinds of fees sum to all fees', () => {
    expect(Object.keys(costs.fees)).toEqual(['commission', 'exchange', 'clearing', 'nyse', 'finra'])
    expect(Object.values(costs.fees).reduce((a, b) => a + b, 0)).toBeCloseTo(totalFees, 8)
    // 0.003 for each share taken from the book
    const shares = fills.reduce((sum, { quantity }) => sum + quantity, 0)
    expect(costs.fees['exchange']).toBeCloseTo(0.003 * shares, 8)
    expect(costs.interestEarned).toBeGreaterThan(0)
    expect(costs.total).toBeCloseTo(totalFees - costs.interestEarned, 8)
  })
})

const quoteFile = (lines: readonly string[]): string => ['time,bid,ask,bid_size,ask_size', ...lines, ''].join('\n')

describe('quotes and trades', () => {
  const clock = ['--calendar', '24/7', '--symbols', 'BTC']
  /** A quote every 20 seconds, two dollars wide. */
  const quotes = Array.from({ length: 900 }, (_, i) => {
    const mid = 100 + 10 * Math.sin(i / 21)
    return `${new Date(Date.UTC(2024, 0, 1, 0, 0, i * 20 + 1)).toISOString()},${mid - 1},${mid + 1},5000,5000`
  })

  beforeAll(() => {
    desk.file('ticks/bars/BTC.csv', `time,open,high,low,close,volume\n${rows(300, 0)}`)
    desk.file('ticks/BTC_quotes.csv', quoteFile(quotes))
    desk.file('ticks/days/BTC_1_quote.csv', quoteFile(quotes.slice(450)))
    desk.file('ticks/days/BTC_0_quote.csv', quoteFile(quotes.slice(0, 450)))
    desk.file('ticks/days/BTC_trade.csv', 'time,price,size\n2024-01-01T00:00:30Z,100,5\n')
  })
  const run = (...flags: readonly string[]): Result => json('sma-cross', '--data', 'ticks/bars', ...clock, ...flags)

  test('orders buy at the ask and sell at the bid', () => {
    const { fills, data, ticks, options } = run('--quotes', 'ticks/BTC_quotes.csv')
    expect(fills.length).toBeGreaterThan(4)
    const sides = new Map(quotes.map((row) => [Date.parse(row.split(',')[0]!), row.split(',').map(Number)]))
    for (const { side, price, time } of fills) expect(price).toBeCloseTo(sides.get(time)![side === 'buy' ? 2 : 1]!, 2)
    expect(data).toMatchObject([{ symbol: 'BTC', interval: '1m', bars: 300 }])
    expect(ticks).toEqual([{ symbol: 'BTC', kind: 'quotes', count: 900, source: 'ticks/BTC_quotes.csv' }])
    expect(options['limitFill']).toBe('through')
  })

  test('a folder of days is one series, without the trades beside them', () => {
    const whole = run('--quotes', 'ticks/BTC_quotes.csv')
    const days = run('--quotes', 'ticks/days')
    expect(days.fills).toEqual(whole.fills)
    expect(days.ticks).toMatchObject([{ count: 900 }])
    expect(run('--quotes', 'ticks/days', '--trades', 'ticks/days').ticks).toMatchObject([
      { kind: 'quotes', count: 900 },
      { kind: 'trades', count: 1 },
    ])
  })

  test.each<readonly [string, readonly string[], RegExp]>([
    ['bars of the sample', ['--quotes', 'ticks/BTC_quotes.csv'], /^error: --quotes: .*--data is missing/],
    ['no file', ['--data', 'ticks/bars', ...clock, '--trades', 'nowhere.csv'], /^error: --trades: .*"nowhere.csv"/],
    ['an empty folder', ['--data', 'ticks/bars', ...clock, '--trades', 'ticks/bars/..'], /bid|price|no file of BTC/],
    ['bars for quotes', ['--data', 'ticks/bars', ...clock, '--quotes', 'ticks/bars/BTC.csv'], /BTC\.csv:1: .*bid, ask/],
    [
      'quotes of another',
      ['--data', 'ticks/bars', ...clock, '--quotes', 'ticks/ETH.csv'],
      /^error: --quotes: Expected a file named after one of BTC, found "ETH.csv"/,
    ],
  ])('%s is refused', (_, flags, message) => {
    desk.file('ticks/ETH.csv', quoteFile(quotes))
    const { status, stderr } = desk.onetape('run', 'sma-cross', ...flags)
    expect(stderr).toMatch(message)
    expect(linesOf(stderr)).toHaveLength(1)
    expect(status).not.toBe(0)
  })

  test('files that overlap are refused', () => {
    desk.file('ticks/overlap/BTC_a.csv', quoteFile(quotes.slice(0, 600)))
    desk.file('ticks/overlap/BTC_b.csv', quoteFile(quotes.slice(500)))
    const { stderr } = desk.onetape('run', 'sma-cross', '--data', 'ticks/bars', ...clock, '--quotes', 'ticks/overlap')
    expect(stderr).toMatch(/BTC_b\.csv: Expected files that follow each other/)
  })
})

test('every built-in strategy runs', () => {
  const names = ['sma-cross', 'rsi-mean-reversion', 'momentum-rotation']
  expect(names.filter((name) => json(name).fills.length === 0)).toEqual([])
})

test('the demo needs nothing, and says where the report is', () => {
  const { status, stdout, stderr } = desk.onetape('demo')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).toMatch(/Closed trades/)
  expect(stdout).toMatch(/Open .*onetape-demo\/report\.html in a browser/)
  expect(existsSync(join(desk.folder, 'onetape-demo/report.html'))).toBe(true)
})

test('the doctor finds this installation well', () => {
  const { status, stdout } = desk.onetape('doctor', '--json')
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: readonly { name: string; ok: boolean }[] }
  expect(findings.filter((finding) => !finding.ok)).toEqual([])
  expect(ok).toBe(true)
  expect(status).toBe(0)
  expect(desk.onetape('doctor').stdout).toMatch(/^ok {7}node: v\d+/)
})

test('the help names every command and every flag', () => {
  const help = desk.onetape('--help').stdout
  for (const command of ['run', 'demo', 'strategies', 'doctor']) expect(help).toMatch(new RegExp(`^ +${command}`, 'm'))
  const run = desk.onetape('run', '--help').stdout
  for (const flag of ['--symbols', '--data', '--param', '--fee', '--slippage', '--out', '--json', '--trace'])
    expect(run).toContain(flag)
  expect(desk.onetape('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})
