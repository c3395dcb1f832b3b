import { type BarSeries, barSeries, type CorporateAction, instrument } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adjustSeries } from './adjust-series.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

function daily(
  closes: readonly number[],
  actions: readonly CorporateAction[],
  more: Partial<BarSeries> = {},
): BarSeries {
  const column = (add: number): Float64Array => Float64Array.from(closes, (close) => close + add)
  const time = Float64Array.from(closes, (_, i) => i * DAY + 14 * HOUR)
  return barSeries({
    instrument: instrument('X'),
    interval: '1d',
    columns: {
      time,
      end: time.map((t) => t + 6 * HOUR),
      open: column(-1),
      high: column(1),
      low: column(-2),
      close: column(0),
      volume: column(0).fill(100),
    },
    actions,
    ...more,
  })
}
const dividend = (day: number, amount: number): CorporateAction => ({
  symbol: 'X',
  time: day * DAY,
  kind: 'dividend',
  amount,
})
const split = (day: number, ratio: number): CorporateAction => ({ symbol: 'X', time: day * DAY, kind: 'split', ratio })

test('a 2-for-1 split and a dividend of 1 on a close of 50, by hand', () => {
  const series = daily([100, 50, 50], [split(1, 2), dividend(2, 1)])
  const adjusted = adjustSeries(series, 'adjusted')
  // Day 0: × (1 / 2) × (1 − 1 / 50) = 0.49; day 1: × 0.98.
  expect([...adjusted.columns.close]).toEqual([49, 49, 50])
  expect(adjusted.columns.open[0]).toBeCloseTo(99 * 0.49, 12)
  expect([...adjusted.columns.volume]).toEqual([200, 100, 100])
  expect(adjusted).toMatchObject({ prices: 'adjusted', actions: [] })
  const onlySplits = adjustSeries(series, 'split-adjusted')
  expect([...onlySplits.columns.close]).toEqual([50, 50, 50])
  expect([...onlySplits.columns.volume]).toEqual([200, 100, 100])
})

test("the vendor's adjusted close is taken where there is one", () => {
  const series = daily([100, 50], [], { prices: 'split-adjusted', adjClose: Float64Array.of(90, 50) })
  const adjusted = adjustSeries(series, 'adjusted')
  expect([...adjusted.columns.close]).toEqual([90, 50])
  expect(adjusted.columns.high[0]).toBeCloseTo(101 * 0.9, 12)
  expect(adjusted.columns.volume[0]).toBe(100)
})

test('what cannot be done is refused with the reason', () => {
  expect(() => adjustSeries(daily([100], [], { prices: 'adjusted' }), 'split-adjusted')).toThrow(
    /found adjusted prices/,
  )
  expect(() => adjustSeries(daily([100], [], { prices: 'split-adjusted' }), 'adjusted')).toThrow(
    /column of adjusted closes/,
  )
  expect(() => adjustSeries(daily([100, 50], [dividend(1, 100)]), 'adjusted')).toThrow(/spin-off/)
  const same = daily([100], [], { prices: 'adjusted' })
  expect(adjustSeries(same, 'adjusted')).toBe(same)
})

test('adjusted returns are those of a holder who reinvests: (close / split⁻¹ + dividend) over the close before', () => {
  const step = fc.record({
    close: fc.double({ min: 20, max: 500, noNaN: true }),
    paid: fc.double({ min: 0, max: 5, noNaN: true }),
    ratio: fc.constantFrom(1, 1, 1, 2, 0.1, 3),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 30 }), (steps) => {
      const actions = steps.flatMap(({ paid, ratio }, i) => [
        ...(i > 0 && paid > 0 ? [dividend(i, paid)] : []),
        ...(i > 0 && ratio !== 1 ? [split(i, ratio)] : []),
      ])
      const { close } = adjustSeries(
        daily(
          steps.map((each) => each.close),
          actions,
        ),
        'adjusted',
      ).columns
      for (let i = 1; i < steps.length; i++) {
        const { close: now, paid, ratio } = steps[i]!
        const before = steps[i - 1]!.close
        // The paid dividend buys at the price before less the dividend, the convention of the factor.
        const expected = (now * ratio) / (before - paid)
        expect(close[i]! / close[i - 1]! / expected).toBeCloseTo(1, 9)
      }
    }),
  )
})
