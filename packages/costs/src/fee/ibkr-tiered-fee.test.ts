import { describe, expect, test } from 'vitest'
import { ibkrTieredFee } from './ibkr-tiered-fee.ts'

const AUGUST_2026 = Date.parse('2026-08-10T15:00:00Z')
// The pass-through of FINRA on IBKR's older pages.
const OLD = { finraPassThrough: 0.00056 } as const

describe('ibkrTieredFee', () => {
  // https://www.interactivebrokers.com/en/index.php?f=713 as of 2023 (SEC 8.00 a million, TAF at most 7.27) and the same
  // page as of 2013 (SEC 17.40 a million, TAF at most 5.95). Its sums add parts that are rounded to the cent.
  test.each([
    ['2023-06-01', 30_000_000, { ...OLD, liquidity: 'add', addFee: -0.0021 }, -13_811.9],
    ['2023-06-01', 30_000_000, OLD, 139_188.1],
    ['2023-06-01', 200_000, OLD, 1355.78],
    ['2013-10-01', 30_000_000, { ...OLD, liquidity: 'add', addFee: -0.0021 }, -12_403.22],
    ['2013-10-01', 30_000_000, OLD, 140_596.78],
    ['2013-10-01', 30_000_000, { ...OLD, removeFee: 0.0025 }, 125_596.78],
  ] as const)(
    "IBKR's own example of %s: %d shares sold at 5 USD with %j cost %d USD",
    (date, quantity, options, usd) => {
      const time = Date.parse(`${date}T15:00:00Z`)
      const parts = ibkrTieredFee(options).parts?.(quantity, quantity * 5, -1, time, 0) ?? {}
      const cents = Object.values(parts).map((part) => Math.round(part * 100) / 100)
      expect(cents.reduce((a, b) => a + b, 0)).toBeCloseTo(usd, 6)
    },
  )

  test("IBKR's own example, part by part", () => {
    const parts = ibkrTieredFee({ ...OLD, liquidity: 'add', addFee: -0.0021 }).parts?.(
      30_000_000,
      150_000_000,
      -1,
      Date.parse('2023-06-01T15:00:00Z'),
      0,
    )
    expect(parts?.['commission']).toBeCloseTo(1050 + 5400 + 25_500 + 10_000, 9)
    expect(parts?.['exchange']).toBeCloseTo(-63_000, 9)
    expect(parts?.['clearing']).toBeCloseTo(6000, 9)
    expect(parts?.['finra']).toBeCloseTo(23.492, 9)
    expect(parts?.['nyse']).toBeCloseTo(7.34125, 9)
    expect(parts?.['sec']).toBe(1200)
    expect(parts?.['taf']).toBe(7.27)
    expect(parts?.['cat']).toBe(0)
  })

  test.each([
    [0, 0.0035],
    [250_000, 0.0035],
    [300_000, 0.002],
    [3_000_000, 0.0015],
    [20_000_000, 0.001],
    [100_000_000, 0.0005],
  ])('after %d shares of the month a share costs %d USD', (before, perShare) => {
    const model = ibkrTieredFee({ regulatory: 'none' })
    const more = (quantity: number) =>
      model.parts?.(quantity, quantity * 50, 1, AUGUST_2026, before)['commission'] ?? NaN
    // Above the minimum of 0.35 USD: the difference of two orders that end within the tier.
    expect((more(2000) - more(1000)) / 1000).toBeCloseTo(perShare, 12)
  })

  test('an order across a line pays each side at its rate', () => {
    const model = ibkrTieredFee({ regulatory: 'none' })
    const commission = model.parts?.(50_000, 2_500_000, 1, AUGUST_2026, 290_000)['commission']
    expect(commission).toBeCloseTo(10_000 * 0.0035 + 40_000 * 0.002, 12)
  })

  test('the minimum is 0.35 USD, the maximum 1 % of the value, and clearing stops at 0.5 %', () => {
    const model = ibkrTieredFee({ regulatory: 'none' })
    expect(model.parts?.(10, 1000, 1, AUGUST_2026, 0)['commission']).toBe(0.35)
    expect(model.parts?.(1000, 20, 1, AUGUST_2026, 0)).toMatchObject({ commission: 0.2, clearing: 0.1 })
  })

  test('below 1 USD a share the exchange takes its rate of the value', () => {
    expect(ibkrTieredFee({ regulatory: 'none' }).parts?.(1000, 500, 1, AUGUST_2026, 0)['exchange']).toBeCloseTo(1.5, 12)
  })

  test('its name states the options', () => {
    expect(ibkrTieredFee().name).toBe('ibkr-tiered(remove 0.003)')
    expect(ibkrTieredFee({ liquidity: 'add', addFee: -0.002, regulatory: 'none' }).name).toBe(
      'ibkr-tiered(add -0.002, no regulatory fees)',
    )
  })

  test('refuses a rate that is not finite, and a volume of the month that is unknown', () => {
    expect(() => ibkrTieredFee().orderFee(1, 100, 1, AUGUST_2026, Number.NaN)).toThrow('volume of the month >= 0')
    expect(() => ibkrTieredFee({ removeFee: Number.NaN })).toThrow('ibkrTieredFee: Expected removeFee from -1 to 1')
  })
})
