import { type BacktestOptions, backtest } from '@onetape/backtest'
import {
  type BarSeries,
  type CorporateAction,
  type OrderView,
  type Strategy,
  barSeries,
  defineStrategy,
  instrument,
  seededRandom,
} from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import rsiMeanReversion from '@onetape/strategies/built-in/rsi-mean-reversion'

const HOUR = 3_600_000

/** Wild hourly bars with gaps, splits, hours without trades, and little volume, so that orders fill in parts. */
function wildBars(seed: number, length: number): BarSeries {
  const random = seededRandom(seed)
  const symbol = `WILD${seed}`
  const splits = [60, 120]
  // After the bar before, which ends at the full hour.
  const actions: CorporateAction[] = splits.map((i) => ({ kind: 'split', symbol, time: i * HOUR + 1, ratio: 2 }))
  let price = 50
  const rows = Array.from({ length }, (_, i) => {
    if (splits.includes(i)) price /= 2
    const open = price * (1 + (random.next() - 0.5) * 0.06)
    const close = open * (1 + (random.next() - 0.5) * 0.08)
    price = close
    const volume = random.int(0, 5) === 0 ? 0 : random.int(1000, 30_000)
    return { open, close, volume, high: Math.max(open, close) * 1.01, low: Math.min(open, close) * 0.99 }
  })
  return barSeries({
    instrument: instrument(symbol, { calendar: '24/7', tick: 0.01 }),
    interval: '1h',
    columns: {
      time: Float64Array.from(rows, (_, i) => i * HOUR),
      open: Float64Array.from(rows, ({ open }) => open),
      high: Float64Array.from(rows, ({ high }) => high),
      low: Float64Array.from(rows, ({ low }) => low),
      close: Float64Array.from(rows, ({ close }) => close),
      volume: Float64Array.from(rows, ({ volume }) => volume),
    },
    actions,
  })
}

/** The strategy, looked at after each fill and after each time's bars. */
function watched(found: Record<string, number>): Strategy<any> {
  return defineStrategy({
    ...rsiMeanReversion,
    create(setup) {
      const handlers = rsiMeanReversion.create(setup)
      return {
        ...handlers,
        onFill(fill, ctx) {
          expect(ctx.portfolio.quantity(fill.instrument)).toBeGreaterThanOrEqual(0)
          found[fill.tag!] = (found[fill.tag!] ?? 0) + 1
          if (fill.leaves > 0) found['parts'] = (found['parts'] ?? 0) + 1
          handlers.onFill?.(fill, ctx)
          expect(fill.side === 'sell' || ctx.orders.open(fill.instrument).some(isStop)).toBe(true)
        },
        onCorporateAction(action, ctx) {
          handlers.onCorporateAction?.(action, ctx)
          const { orders, portfolio } = ctx
          if (portfolio.isFlat(action.symbol)) return
          expect(orders.open(action.symbol).filter(isStop)).toHaveLength(1)
          found['splits'] = (found['splits'] ?? 0) + 1
        },
        onSlice(_slice, { instruments, orders, portfolio }) {
          for (const each of instruments) {
            const stops = orders.open(each).filter(isStop)
            expect(stops.length).toBe(portfolio.isFlat(each) ? 0 : 1)
            expect(stops[0]?.leaves ?? 0).toBe(portfolio.quantity(each))
          }
        },
      }
    },
  })
}

function isStop({ type }: OrderView): boolean {
  return type === 'stop'
}

const variants: readonly Partial<BacktestOptions>[] = [
  {},
  { splitOrders: 'adjust', exits: 'path' },
  { account: 'cash', shortSelling: false, tif: 'gtc' },
]

test('at every time one stop covers the whole position, and stop and exit never sell more than there is', () => {
  const found: Record<string, number> = {}
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), fc.constantFrom(...variants), (seed, options) => {
      const result = backtest({
        strategy: watched(found),
        params: { period: 5, enter: 45, exit: 55, stop: 4 },
        data: [wildBars(seed, 200), wildBars(seed + 1, 200)],
        benchmark: false,
        ...options,
      })
      // A cash account waits for the settlement of what it sold.
      const expected = options.account === 'cash' ? ['buying_power'] : []
      expect([...new Set([...expected, ...Object.keys(result.denials)])]).toEqual(expected)
    }),
    { numRuns: 60 },
  )
  console.log(`fills: ${JSON.stringify(found)}`)
  for (const kind of ['weak', 'stop', 'recovered', 'parts', 'splits']) expect(found[kind]).toBeGreaterThan(30)
})
