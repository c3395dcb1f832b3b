// The program of a user who has the published packages and nothing else.
import { type BacktestResult, backtest, stress } from '@onetape/backtest'
import { type BarSeries, barSeries, bool, defineStrategy, instrument, int, isStrategy } from '@onetape/core'
import { type EngineResult, basicGate } from '@onetape/engine'

const strategy = defineStrategy({
  name: 'buy-and-hold',
  params: { percent: int(100, { min: 1, max: 100 }), loud: bool(false) },
  create({ params }) {
    const share: number = params.percent / 100
    const loud: boolean = params.loud
    // @ts-expect-error a parameter that was not declared is not there
    const missing: unknown = params.slow
    let bought = missing !== undefined
    return {
      onBar(bar, { orders, log }) {
        if (bought) return
        bought = true
        orders.targetPercent(bar.instrument, share)
        if (loud) log.info(`Bought at ${bar.close}`)
      },
    }
  },
})
if (!isStrategy(strategy)) throw new Error(`Expected a strategy, found ${JSON.stringify(strategy)}.`)

const days = Float64Array.from({ length: 40 }, (_, day) => Date.UTC(2024, 0, 1 + day))
const prices = days.map((_, day) => 100 + day)
const data: readonly BarSeries[] = [
  barSeries({
    instrument: instrument('AAA', { calendar: '24/7', tick: 0.01 }),
    interval: '1d',
    columns: {
      time: days,
      end: days.map((time) => time + 86_400_000),
      open: prices,
      high: prices,
      low: prices,
      close: prices,
      volume: prices.map(() => 1e6),
    },
  }),
]
const options = { strategy, data, gate: basicGate(), params: { percent: 50 } }
const result: BacktestResult = backtest(options)
const hash: EngineResult['tapeHash'] = result.tapeHash
if (!/^[0-9a-f]{32}$/.test(hash)) throw new Error(`Expected a tape hash, found ${hash}.`)
if (result.fills.length !== 1 || !(result.finalEquity > 100_000))
  throw new Error(`Expected one fill and a profit, found ${result.fills.length} and ${result.finalEquity}.`)
// @ts-expect-error an option that does not exist is refused
const refused = (): BacktestResult => backtest({ ...options, comission: 1 })
if (refused.length !== 0 || stress(options).rows.length === 0) throw new Error('Expected rows of the stress test.')
