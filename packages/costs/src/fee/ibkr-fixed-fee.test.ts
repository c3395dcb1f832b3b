import { describe, expect, test } from 'vitest'
import { ibkrFixedFee } from './ibkr-fixed-fee.ts'
import { usRegulatoryRates } from './regulatory-rates.ts'

const AUGUST_2026 = Date.parse('2026-08-10T15:00:00Z')
const fixed = ibkrFixedFee()
const bought = (quantity: number): number => fixed.orderFee(quantity, quantity * 309.16, 1, AUGUST_2026, 0)

describe('ibkrFixedFee', () => {
  // https://www.interactivebrokers.com/en/pricing/commissions-stocks.php, "Fixed Examples"
  test.each([
    [100, 25, 1],
    [1000, 25, 5],
    [1000, 0.25, 2.5],
  ])("IBKR's own example: the commission on %d shares at %d USD is %d USD", (quantity, price, usd) => {
    expect(fixed.parts?.(quantity, quantity * price, 1, AUGUST_2026, 0)['commission']).toBe(usd)
    expect(ibkrFixedFee({ regulatory: 'none' }).orderFee(quantity, quantity * price, 1, AUGUST_2026, 0)).toBe(usd)
  })

  // Commission reports and a what-if order of TWS, August 2026.
  test.each([
    ['the what-if of 100 shares of AAPL', 100, 309.16, 1, 1.0003],
    ['1 share of AAPL bought', 1, 309.16, 1, 1.000003],
    ['1 share of AAPL sold', 1, 309.15, -1, 1.006566],
  ] as const)('captured: %s', (_what, quantity, price, side, usd) => {
    expect(fixed.orderFee(quantity, quantity * price, side, AUGUST_2026, 0)).toBeCloseTo(usd, 12)
  })

  test('captured: 100 shares filled as 40, 40 and 20 report 1.00012, 0.00012 and 0.00006', () => {
    expect(bought(40)).toBeCloseTo(1.00012, 12)
    expect(bought(80) - bought(40)).toBeCloseTo(0.00012, 12)
    expect(bought(100) - bought(80)).toBeCloseTo(0.00006, 12)
  })

  test('captured: one share bought and sold loses 2.016569 USD, fees of both sides included', () => {
    const fees = fixed.orderFee(1, 309.16, 1, AUGUST_2026, 0) + fixed.orderFee(1, 309.15, -1, AUGUST_2026, 0)
    expect(309.15 - 309.16 - fees).toBeCloseTo(-2.016569, 9)
  })

  // https://www.interactivebrokers.com/en/index.php?f=713, "Fixed Cost", with the SEC and TAF rates of 2023.
  test.each([
    [30_000_000, 151_207.27],
    [200_000, 1015.27],
  ])("IBKR's comparison of 2023: %d shares sold at 5 USD cost %d USD", (quantity, usd) => {
    expect(fixed.orderFee(quantity, quantity * 5, -1, Date.parse('2023-06-01T15:00:00Z'), 0)).toBeCloseTo(usd, 9)
  })

  test('part of a share costs at least a cent, and at most 1 % above that', () => {
    const model = ibkrFixedFee({ regulatory: 'none' })
    expect(model.orderFee(0.1, 0.5, 1, AUGUST_2026, 0)).toBe(0.01)
    expect(model.orderFee(0.5, 100, 1, AUGUST_2026, 0)).toBe(1)
    expect(model.orderFee(0.5, 50, 1, AUGUST_2026, 0)).toBe(0.5)
  })

  test('a buy pays no SEC fee and no TAF', () => {
    expect(fixed.parts?.(100, 2500, 1, AUGUST_2026, 0)).toEqual({ commission: 1, sec: 0, taf: 0, cat: 0.0003 })
  })

  test('the TAF stops at its cap', () => {
    expect(fixed.parts?.(1_000_000, 1e7, -1, AUGUST_2026, 0)['taf']).toBe(9.79)
  })

  test('a date without rates is an error that names the date and what is known', () => {
    expect(() => fixed.orderFee(100, 2500, -1, Date.parse('1999-12-31T15:00:00Z'), 0)).toThrow(
      'Expected a date with a known SEC fee rate, found 1999-12-31T15:00:00Z. Known: 2000-01-01 to 2026-11-28.',
    )
    expect(() => fixed.orderFee(100, 2500, -1, Date.parse('2003-06-02T15:00:00Z'), 0)).toThrow(
      'known FINRA TAF rate, found 2003-06-02T15:00:00Z. Known: 2000-01-01 to 2002-09-30, 2004-11-01 to 2026-12-31.',
    )
    expect(() => fixed.orderFee(100, 2500, 1, Date.parse('2025-06-02T15:00:00Z'), 0)).toThrow(
      'known CAT fee rate, found 2025-06-02T15:00:00Z. Known: 2000-01-01 to 2024-09-30, 2026-08-01 to 2026-12-31.',
    )
    expect(() => fixed.orderFee(100, 2500, 1, Number.NaN, 0)).toThrow('found NaN')
  })

  test('without regulatory fees no date is needed', () => {
    expect(ibkrFixedFee({ regulatory: 'none' }).orderFee(100, 2500, -1, Number.NaN, 0)).toBe(1)
  })

  test('the last rates hold longer when the user vouches for them', () => {
    const model = ibkrFixedFee({ lastRatesUntil: '2027-12-31' })
    expect(model.name).toBe('ibkr-fixed(last rates until 2027-12-31)')
    expect(model.orderFee(1, 309.15, -1, Date.parse('2027-12-31T20:00:00Z'), 0)).toBeCloseTo(1.006566, 12)
    expect(() => model.orderFee(1, 309.15, -1, Date.parse('2028-01-03T15:00:00Z'), 0)).toThrow('Expected a date')
    expect(() => ibkrFixedFee({ lastRatesUntil: 'next year' })).toThrow('Expected a date like')
  })

  test('rows of the user fill a gap', () => {
    const cat = [...usRegulatoryRates.cat, { from: '2025-01-01', to: '2025-12-31', perMillion: 35, source: 'own' }]
    const model = ibkrFixedFee({ regulatory: { ...usRegulatoryRates, cat } })
    expect(model.name).toBe('ibkr-fixed(own regulatory rates)')
    expect(model.orderFee(1000, 25_000, 1, Date.parse('2025-06-02T15:00:00Z'), 0)).toBeCloseTo(5.035, 12)
  })
})
