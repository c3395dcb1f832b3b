import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineStrategy, instrument } from '@onetape/core'
import { noFee, noSlippage } from '@onetape/costs'
import { backtest } from '@onetape/backtest'
import { describe, expect, test } from 'vitest'
import { dailyFile } from '../support/daily-file.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('us_daily_av', 'dividends and splits of real stocks against the vendor’s adjusted close')

const SHARES = 1000
/** One market order on the first bar, then nothing. */
const hold = defineStrategy({
  name: 'hold',
  create: () => ({ onBar: (bar, { orders }) => void (bar.count === 1 && orders.market(bar.instrument, SHARES)) }),
})
const short = defineStrategy({
  name: 'short',
  create: () => ({ onBar: (bar, { orders }) => void (bar.count === 1 && orders.market(bar.instrument, -SHARES)) }),
})

const FREE = {
  cash: 100_000_000,
  fees: noFee(),
  slippage: noSlippage(),
  participation: Infinity,
  margin: false,
  benchmark: false,
} as const

/** Names without a defect in the vendor's data. */
const names = folder === undefined ? [] : cleanNames(join(folder, 'manifest.csv'))
/** Prices from the vendor's file; `lot` as a broker with fractional trading has it. */
const seriesOf = (symbol: string, lot = 1) =>
  dailyFile(instrument(symbol, { lot }), join(folder!, 'daily', `${symbol}.csv.gz`))

/** Growth of the position from the close of its first day to the last close, over that of the vendor's adjusted close. */
function deviation(symbol: string, lot: number, dividends: 'reinvest' | 'ignore') {
  const series = seriesOf(symbol, lot)
  const result = backtest({ strategy: hold, data: [series], from: FROM, dividends, ...FREE })
  const { time, close } = series.columns
  const first = time.indexOf(result.fills[0]!.barTime)
  const made = (result.openPositions[0]!.quantity * close.at(-1)!) / (SHARES * close[first]!)
  const vendor = series.adjClose!.at(-1)! / series.adjClose![first]!
  return { symbol, off: made / vendor - 1, bookings: result.bookings }
}

const FROM = '2011-04-21'

// Many runs over many years: on a busy machine they take their time.
const PATIENCE = { timeout: 180_000 }

describe.skipIf(folder === undefined)('ten years of buy and hold', PATIENCE, () => {
  test.each([
    ['whole shares', 1],
    ['fractional shares', 1e-9],
  ])(
    'with dividends reinvested at the ex-date’s close has the return of the adjusted close, within 0.1 % (%s)',
    (_, lot) => {
      const all = names.map((symbol) => deviation(symbol, lot, 'reinvest'))
      const count = (kind: string): number =>
        all.reduce((n, { bookings }) => n + bookings.filter((b) => b.kind === kind).length, 0)
      const [worst, second] = all.toSorted((a, b) => Math.abs(b.off) - Math.abs(a.off))
      console.log(
        `${all.length} names, ${count('reinvest')} dividends reinvested, ${count('split')} splits; largest deviations from ` +
          `the adjusted close: ${worst!.symbol} ${(100 * worst!.off).toFixed(5)} %, ${second!.symbol} ${(100 * second!.off).toFixed(5)} %`,
      )
      expect(all.filter(({ off }) => !(Math.abs(off) < 0.001)).map(({ symbol }) => symbol)).toEqual([])
      expect(names).toHaveLength(60)
      expect(count('split-cash')).toBe(0) // fractions are held, not paid out
    },
  )

  test('without them it is far away, so that the figure above says something', () => {
    const far = names.filter((symbol) => deviation(symbol, 1, 'ignore').off < -0.05)
    expect(far.length).toBeGreaterThan(40)
  })
})

/** Dividends and splits of a file, by hand: shares are whole, a fraction is paid out. */
function byHand(
  symbol: string,
  quantity: number,
  from: number,
): { cash: number; shares: number; count: number; splits: number } {
  let [cash, shares, count, splits] = [0, quantity, 0, 0]
  for (const action of seriesOf(symbol).actions) {
    if (action.time <= from) continue
    if (action.kind === 'dividend') {
      cash += shares * action.amount
      count++
    }
    if (action.kind !== 'split') continue
    const exact = shares * action.ratio
    shares = Math.abs(exact - Math.round(exact)) < 1e-6 ? Math.round(exact) : Math.trunc(exact)
    splits++
  }
  return { cash, shares, count, splits }
}

describe.skipIf(folder === undefined)('dividend cash over all of the data', PATIENCE, () => {
  test.each([
    ['long', hold, SHARES],
    ['short', short, -SHARES],
  ] as const)(
    'of a %s position is Σ dividend · shares to the cent, through all splits',
    (_, strategy, quantity) => {
      const sums = { names: 0, dividends: 0, splits: 0, cash: 0 }
      for (const symbol of readdirSync(join(folder!, 'daily')).map((file) => file.replace('.csv.gz', ''))) {
        const series = seriesOf(symbol)
        const result = backtest({ strategy, data: [series], ...FREE })
        const expected = byHand(symbol, quantity, result.fills[0]!.barTime)
        const paid = result.bookings.filter((b) => b.kind === 'dividend-paid').reduce((sum, b) => sum + b.cash, 0)
        expect([symbol, Math.abs(paid - expected.cash) < 0.005]).toEqual([symbol, true])
        const held = result.openPositions[0]!
        expect([symbol, held.side === 'long' ? held.quantity : -held.quantity]).toEqual([symbol, expected.shares])
        // Cash is what is left of the purchase, the dividends and what splits paid for fractions.
        const fractions = result.bookings.filter((b) => b.kind === 'split-cash').reduce((sum, b) => sum + b.cash, 0)
        const spent = result.fills[0]!.price * quantity
        expect(Math.abs(result.finalCash - (result.initialCash - spent + paid + fractions))).toBeLessThan(0.005)
        sums.names++
        sums.dividends += expected.count
        sums.splits += expected.splits
        sums.cash += paid
      }
      console.log(
        `${sums.names} names, ${sums.dividends} dividends, ${sums.splits} splits: ${sums.cash.toFixed(2)} USD of dividends`,
      )
      expect(sums.names).toBeGreaterThan(100)
      expect(sums.splits).toBeGreaterThan(100)
    },
    120_000,
  )
})

function cleanNames(file: string): string[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/)
  const clean = header.split(',').indexOf('clean')
  return lines
    .map((line) => line.split(','))
    .filter((cells) => cells[clean] === '1')
    .map((cells) => cells[0]!)
}
