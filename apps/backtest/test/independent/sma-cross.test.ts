import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Desk } from '../command-line.ts'
import { plainSmaCross } from './plain-sma-cross.ts'

const repository = join(import.meta.dirname, '../../../..')
const folder = join(process.env['ONETAPE_SHARED'] ?? join(repository, '../shared'), 'data/us_daily_av/daily')
const there = existsSync(folder)
if (!there)
  console.log(
    `skipped: the command line against a plain SMA cross, because ${folder} is not there (set ONETAPE_SHARED)`,
  )

const desk = new Desk()

interface Result {
  readonly denials: object
  readonly nav: { readonly nav: readonly number[] }
  readonly trades: readonly {
    readonly entryTime: number
    readonly exitTime: number
    readonly quantity: number
    readonly pnl: number
  }[]
}

/** The result.json of a run of the command line. */
function resultOf(symbol: string, adjusted: boolean, costly: boolean): Result {
  const prices = ['--prices', adjusted ? 'adjusted' : 'raw']
  const costs = costly ? [] : ['--fee', 'none', '--slippage', 'none']
  const ran = desk.onetape(
    'run',
    'sma-cross',
    '--data',
    folder,
    '--symbols',
    symbol,
    ...prices,
    ...costs,
    '--out',
    'out',
  )
  if (ran.status !== 0) throw new Error(ran.stderr)
  return JSON.parse(readFileSync(join(desk.folder, 'out/result.json'), 'utf8')) as Result
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length)
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) // NaN stays
}

// Symbols without a defect in the data. Those on raw prices never split.
const cases = [
  ...['MSFT', 'KO', 'NKE'].map((symbol) => ({ symbol, adjusted: true })),
  ...['IBM', 'BA', 'PEP'].map((symbol) => ({ symbol, adjusted: false })),
].flatMap((each) => [
  { ...each, costly: true },
  { ...each, costly: false },
])

test.skipIf(!there).each(cases)(
  'result.json and a plain computation agree: $symbol, adjusted $adjusted, costs $costly',
  ({ symbol, adjusted, costly }) => {
    const csv = gunzipSync(readFileSync(join(folder, `${symbol}.csv.gz`))).toString()
    const plain = plainSmaCross(csv, adjusted, costly)
    const { denials, nav, trades } = resultOf(symbol, adjusted, costly)

    expect(denials).toEqual({})
    expect(plain.equity.length).toBeGreaterThan(5000)
    expect(largestDifference(nav.nav, [100_000, ...plain.equity])).toBeLessThan(1e-6)
    expect(trades.length).toBeGreaterThan(50)
    expect(trades.map((each) => [day(each.entryTime), day(each.exitTime), each.quantity])).toEqual(
      plain.trades.map((each) => [each.entry, each.exit, each.quantity]),
    )
    expect(
      largestDifference(
        trades.map(({ pnl }) => pnl),
        plain.trades.map(({ pnl }) => pnl),
      ),
    ).toBeLessThan(1e-6)
  },
)
