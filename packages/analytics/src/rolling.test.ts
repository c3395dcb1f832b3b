import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharpeRatio, volatility } from './ratios.ts'
import { rollingSharpe, rollingVolatility } from './rolling.ts'

const series = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 1, maxLength: 40 })

test('each value is the figure of its own window, NaN before the first is full', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 12 }), (returns, window) => {
      const rates = returns.map((_, i) => i / 1e5)
      const sharpe = rollingSharpe(returns, window, { riskFree: rates })
      const spread = rollingVolatility(returns, window)
      expect(sharpe).toHaveLength(returns.length)
      for (let i = 0; i < returns.length; i++) {
        const slice = returns.slice(Math.max(0, i + 1 - window), i + 1)
        const riskFree = rates.slice(Math.max(0, i + 1 - window), i + 1)
        expect(sharpe[i]).toBe(i + 1 < window ? NaN : sharpeRatio(slice, { riskFree }))
        expect(spread[i]).toBe(i + 1 < window ? NaN : volatility(slice))
      }
    }),
  )
})

test('a window of nothing says nothing', () => {
  for (const window of [0, -1, NaN]) expect(Array.from(rollingVolatility([0.1, 0.2], window))).toEqual([NaN, NaN])
})
