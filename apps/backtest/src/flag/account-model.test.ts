import { expect, test } from 'vitest'
import {
  borrowFlag,
  creditInterestFlag,
  dayTradingFlag,
  latencyFlag,
  marginFlag,
  marginInterestFlag,
  shortInterestFlag,
} from './account-model.ts'

const day = Date.UTC(2024, 5, 3)

test('margin', () => {
  const usual = marginFlag('reg-t')
  expect(usual && usual.maintenance(100, 50)).toBe(1250)
  const own = marginFlag('reg-t,initial:100,long:40,short:50')
  expect(own && own.maintenance(100, 50)).toBe(2000)
  expect(own && own.initial(100, 50)).toBe(5000)
  expect(marginFlag('none')).toBe(false)
  expect(() => marginFlag('reg-t:50')).toThrow('--margin: Expected "reg-t" without a value, found "reg-t:50"')
  expect(() => marginFlag('reg-t,lnog:40')).toThrow('Did you mean "long"?')
  expect(() => marginFlag('regt')).toThrow('Did you mean "reg-t"?')
})

test('a flat rate, actual/360, whatever the size of the account', () => {
  expect(marginInterestFlag('6')!.interest(36_000, 3, day, 100)).toBeCloseTo(18, 10)
  expect(creditInterestFlag('3.6')!.interest(5_000, 1, day, 100)).toBeCloseTo(0.5, 10)
  expect(marginInterestFlag('6')!.name).toBe('flat(6 %)')
  expect(marginInterestFlag('none')).toBeUndefined()
})

test("IBKR's tiers over a benchmark", () => {
  // 100,000 at 4.33 + 1.5 %, 100,000 at 4.33 + 1 %
  expect(marginInterestFlag('ibkr:4.33')!.interest(200_000, 1, day, 1e6)).toBeCloseTo((5_830 + 5_330) / 360, 8)
  // nothing on 10,000; half of the rate for an account of 50,000
  expect(creditInterestFlag('ibkr:4.5')!.interest(20_000, 1, day, 50_000)).toBeCloseTo((400 / 360) * 0.5, 10)
})

test('interest on the collateral of shorts: nothing on the first 100,000 USD at IBKR', () => {
  expect(shortInterestFlag('ibkr:4.25')!.interest(200_000, 1, day, 1e6)).toBeCloseTo(3_000 / 360, 10)
  expect(shortInterestFlag('none')).toBeUndefined()
})

test('borrow', () => {
  expect(borrowFlag('0.25')!.fee(100, 50, 360, day)).toBeCloseTo(51 * 100 * 0.0025, 10)
  expect(borrowFlag('none')).toBeUndefined()
})

test.each([
  [
    marginInterestFlag,
    'ibkr',
    '--margin-interest: Expected percent a year as 6.5, "ibkr:4.33" or "none", found "ibkr"',
  ],
  [marginInterestFlag, 'ibkr:', '--margin-interest: Expected a number'],
  [creditInterestFlag, '5%', '--credit-interest: Expected percent a year'],
  [marginInterestFlag, '-1', '--margin-interest: Expected a number from 0 to 1000, found "-1"'],
  [borrowFlag, 'yes', '--borrow: Expected percent a year'],
  [dayTradingFlag, 'yes', '--day-trading: Expected one of on, off'],
  [latencyFlag, '5ms', '--latency: Expected a number'],
  [latencyFlag, '9..3', '--latency: Expected a range from low to high, found "9..3"'],
  [latencyFlag, '1..2..3', '--latency: Expected milliseconds'],
  [latencyFlag, '1e20', '--latency: Expected a number from 0 to 86400000'],
  [marginFlag, 'reg-t,initial:9999', '--margin: Expected initialPercent from 0 to 1000, found 9999.'],
  [latencyFlag, '..3', '--latency: Expected a number'],
] as const)('%o refuses %j', (flag, text, message) => expect(() => flag(text)).toThrow(message))

test('day trading and latency', () => {
  expect(dayTradingFlag('on')!.name).toContain('25000 USD')
  expect(dayTradingFlag('off')).toBeUndefined()
  expect(latencyFlag('250')).toBe(250)
  expect(latencyFlag('50..400')).toEqual({ min: 50, max: 400 })
})
