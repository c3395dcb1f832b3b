import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { regTMargin } from './reg-t-margin.ts'

const model = regTMargin()

describe('regTMargin', () => {
  // Examples of the NYSE/NASD requirement for short stock, https://si.frajer.net/readmsg.aspx?msgid=14932764, and FINRA
  // rule 4210(c), https://www.finra.org/rules-guidance/rulebooks/finra-rules/4210.
  test.each([
    [1000, 50, 15_000],
    [10_000, 5, 50_000],
    [10_000, 4.5, 45_000],
    [50_000, 1, 125_000],
    [1, 10, 5],
  ])('%d shares short at %d USD take %d USD to hold', (shares, price, usd) =>
    expect(model.maintenance(-shares, price)).toBeCloseTo(usd, 9),
  )

  // Regulation T, 12 CFR 220.12: 50 % of the value; FINRA rule 4210(c)(1): 25 % of long positions.
  test('100,000 USD long take 50,000 to open and 25,000 to hold', () => {
    expect(model.initial(1000, 100)).toBe(50_000)
    expect(model.maintenance(1000, 100)).toBe(25_000)
    expect(model.initial(-1000, 100)).toBe(50_000)
  })

  test('opening a short of a cheap stock takes what holding it takes', () => {
    expect(model.initial(-50_000, 1)).toBe(125_000)
  })

  test('holding never takes more than opening, and more shares never take less', () => {
    const quantity = fc.integer({ min: -1_000_000, max: 1_000_000 })
    const price = fc.integer({ min: 0, max: 10_000_000 }).map((ticks) => ticks / 10_000)
    fc.assert(
      fc.property(quantity, price, (q, p) => {
        expect(model.maintenance(q, p)).toBeLessThanOrEqual(model.initial(q, p))
        expect(model.maintenance(q, p)).toBeGreaterThanOrEqual(0)
        expect(model.maintenance(2 * q, p)).toBeGreaterThanOrEqual(model.maintenance(q, p))
      }),
    )
  })

  test('a broker may ask for more', () => {
    const strict = regTMargin({ longMaintenancePercent: 100 })
    expect(strict.name).toBe('reg-t(50 %, long 100 %, short 30 %)')
    expect(strict.initial(10, 100)).toBe(1000)
  })

  test.each([
    [Number.NaN, 10],
    [10, Number.NaN],
    [10, -1],
    [10, Infinity],
  ])('refuses %d shares at %d USD', (quantity, price) => {
    expect(() => model.initial(quantity, price)).toThrow('Expected a position and a price >= 0')
    expect(() => model.maintenance(quantity, price)).toThrow('Expected a position and a price >= 0')
  })

  test('refuses an option out of range', () => {
    expect(() => regTMargin({ initialPercent: -50 })).toThrow('regTMargin: Expected initialPercent from 0 to 1000')
  })
})
