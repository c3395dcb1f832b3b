// The program of a user who has the published packages and nothing else.
import * as backtest from '@onetape/backtest'
import { bool, defineStrategy, int, isStrategy } from '@onetape/core'
import * as engine from '@onetape/engine'

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
for (const module of [backtest, engine])
  if (Object.keys(module).length === 0) throw new Error('Expected a package with exports, found none.')
