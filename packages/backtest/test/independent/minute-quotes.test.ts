// The convention of Lean on minute data with quotes: decided at the end of a minute, filled at once at the ask or bid of
// that moment, sized at the last trade with 0.25 % of the equity and the fees left out.
import { join } from 'node:path'
import { type BarSeries, type QuoteSeries, type Strategy, defineStrategy, instrument } from '@onetape/core'
import { noSlippage, perShareFee } from '@onetape/costs'
import { crossedAbove, crossedBelow, ema } from '@onetape/indicators'
import { describe, expect, test } from 'vitest'
import { type BacktestResult, backtest } from '../../src/index.ts'
import { minuteBars, minuteQuotes } from '../support/minute-quotes.ts'
import { sharedData } from '../support/shared-data.ts'

const folder = sharedData('us_lean/minute', 'orders on minute data with quotes')

const week = { from: Date.parse('2013-10-07'), to: Date.parse('2013-10-12'), regular: true }

interface Market {
  readonly bars: BarSeries
  readonly quotes: QuoteSeries
}

function market(symbol: string, factor = 1): Market {
  // Adjusted prices are on no tick.
  const spec = instrument(symbol, { tick: factor === 1 ? 0.01 : 1e-9 })
  const file = (kind: string): string => join(folder!, `${symbol}_${kind}.csv.gz`)
  return {
    bars: minuteBars(spec, file('trade'), { ...week, factor }),
    quotes: minuteQuotes(spec, file('quote'), { ...week, factor }),
  }
}

function run(strategy: Strategy<any>, { bars, quotes }: Market): BacktestResult {
  return backtest({
    strategy,
    data: [bars],
    quotes: [quotes],
    marketFill: 'same-close',
    fees: perShareFee({ perShare: 0.005, minimum: 1 }),
    slippage: noSlippage(),
    participation: Infinity,
  })
}

const holding = defineStrategy({
  name: 'holding',
  create: () => ({
    onBar(bar, { orders, portfolio }) {
      if (portfolio.isFlat(bar.instrument)) orders.targetPercent(bar.instrument, 1)
    },
  }),
})

const reversing = defineStrategy({
  name: 'reversing',
  create({ use }) {
    const [fast, slow] = [use(ema(15)), use(ema(60))]
    return {
      onBar(bar, { orders }) {
        if (crossedAbove(fast, slow)) orders.targetPercent(bar.instrument, 0.9)
        else if (crossedBelow(fast, slow)) orders.targetPercent(bar.instrument, -0.9)
      },
    }
  },
})

function plainReversing({ bars, quotes }: Market): { equity: number[]; trades: number } {
  const { close, end } = bars.columns
  const { time, bid, ask } = quotes.columns
  let [cash, held, quote, trades] = [100_000, 0, -1, 0]
  const averages = { fast: [] as number[], slow: [] as number[] }
  const equity: number[] = []
  for (let i = 0; i < close.length; i++) {
    for (const [name, n] of [
      ['fast', 15],
      ['slow', 60],
    ] as const) {
      const [values, price] = [averages[name], close[i]!]
      if (i < n - 1) values.push(NaN)
      else if (i === n - 1) values.push(close.subarray(0, n).reduce((a, b) => a + b, 0) / n)
      else values.push(values[i - 1]! + (2 / (n + 1)) * (price - values[i - 1]!))
    }
    while (quote + 1 < time.length && time[quote + 1]! <= end[i]!) quote++
    const gap = (k: number): number => averages.fast[k]! - averages.slow[k]!
    const side = gap(i) > 0 && gap(i - 1) <= 0 ? 1 : gap(i) < 0 && gap(i - 1) >= 0 ? -1 : 0
    if (side !== 0) {
      const budget = 0.9 * 0.9975 * (cash + held * close[i]!)
      const rate = (0.005 * (budget / close[i]!)) / budget
      const change = side * Math.floor(budget / (close[i]! * (1 + rate))) - held
      if (held !== 0) trades++
      cash -= change * (change > 0 ? ask[quote]! : bid[quote]!) + Math.max(1, 0.005 * Math.abs(change))
      held += change
    }
    equity.push(cash + held * close[i]!)
  }
  return { equity, trades }
}

describe.skipIf(folder === undefined)('minute data with quotes', () => {
  test('BasicTemplateAlgorithm of Lean publishes 688 shares, 3.44 USD of fees and 101691.92 USD for this week', () => {
    // github.com/QuantConnect/Lean, Algorithm.CSharp; the factor of that week in its factor file of SPY.
    const result = run(holding, market('SPY', 0.8646266))
    expect(result.fills.map(({ side, quantity }) => [side, quantity])).toEqual([['buy', 688]])
    expect(result.totalFees).toBe(3.44)
    expect(result.finalEquity.toFixed(2)).toBe('101691.92')
    expect((100 * result.figures.totalReturn).toFixed(3)).toBe('1.692')
  })

  test.each(['SPY', 'IBM', 'BAC', 'AIG'])('%s: long and short by turns at ask and bid, as computed apart', (symbol) => {
    const given = market(symbol)
    const result = run(reversing, given)
    const expected = plainReversing(given)
    expect(result.denials).toEqual({})
    expect(expected.trades).toBeGreaterThan(10)
    expect(result.trades).toHaveLength(expected.trades)
    // Quotes have times of their own beside the bars'.
    const equity = new Map(Array.from(result.equity.time, (time, k) => [time, result.equity.equity[k]!]))
    for (const [i, time] of given.bars.columns.end.entries())
      expect(equity.get(time)).toBeCloseTo(expected.equity[i]!, 6)
  })
})
