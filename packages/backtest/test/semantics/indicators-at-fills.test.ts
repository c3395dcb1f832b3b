import { type IndicatorReading, barSeries, defineStrategy, instrument } from '@onetape/core'
import { sma } from '@onetape/indicators'
import { expect, test } from 'vitest'
import { backtest } from '@onetape/backtest'
import { PLAIN } from './market.ts'

/** More than four blocks of bars that indicators take at once. */
const BARS = 2200
const MINUTE = 60_000
const START = Date.UTC(2024, 0, 2)

const column = (of: (i: number) => number): Float64Array => Float64Array.from({ length: BARS }, (_, i) => of(i))

/** Bars whose closes are their numbers plus 1000, so that an average says which bars it saw. */
function bars(symbol: string) {
  return barSeries({
    instrument: instrument(symbol, { calendar: '24/7' }),
    interval: '1m',
    columns: {
      time: column((i) => START + i * MINUTE),
      open: column((i) => 1000 + i),
      high: column((i) => 1001 + i),
      low: column((i) => 999 + i),
      close: column((i) => 1000 + i),
      volume: column(() => 1e6),
    },
  })
}

/** What a handler can read of an average. */
const readings = ({ value, previous, ready }: IndicatorReading) => [value, previous, ready]

test('rule 3: handlers that come before a bar see what the bar before it left, at every bar of a run', () => {
  const before: unknown[] = []
  const inFills: unknown[] = []
  const inTimers: unknown[] = []
  let left: unknown
  const strategy = defineStrategy({
    name: 'reads',
    create({ use }) {
      const average = use(sma(3))
      let side = 1
      return {
        onStart: ({ timers }) => timers.every(7 * MINUTE, 'seven'),
        onBar(bar, { orders }) {
          left = readings(average)
          orders.market(bar.instrument, side)
          side = -side
        },
        onFill() {
          inFills.push(readings(average))
          before.push(left)
        },
        onTimer() {
          if (left !== undefined) inTimers.push([readings(average), left])
        },
      }
    },
  })
  backtest({ strategy, data: [bars('A')], ...PLAIN })
  expect(inFills.length).toBeGreaterThan(BARS - 10)
  expect(inFills).toEqual(before)
  expect(inTimers.length).toBeGreaterThan(300)
  for (const [seen, then] of inTimers as [unknown, unknown][]) expect(seen).toEqual(then)
})

test('rule 3: the same of an instrument by name, with one instrument and with two', () => {
  for (const symbols of [['A'], ['A', 'B']]) {
    const seen: unknown[] = []
    const then: unknown[] = []
    const left = new Map<string, unknown>()
    const strategy = defineStrategy({
      name: 'reads-by-name',
      create({ use }) {
        const average = use(sma(3))
        return {
          onBar(bar, { orders, portfolio }) {
            left.set(bar.instrument.symbol, readings(average.of(bar.instrument)))
            orders.market(bar.instrument, portfolio.isFlat(bar.instrument) ? 1 : -1)
          },
          onFill(fill) {
            seen.push(readings(average.of(fill.instrument)))
            then.push(left.get(fill.instrument.symbol))
          },
        }
      },
    })
    backtest({ strategy, data: symbols.map(bars), ...PLAIN })
    expect(seen.length).toBeGreaterThan(symbols.length * (BARS - 10))
    expect(seen).toEqual(then)
  }
})
