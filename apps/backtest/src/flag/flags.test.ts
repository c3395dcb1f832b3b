import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choiceFlag } from './choice.ts'
import { feeFlag, slippageFlag } from './cost-model.ts'
import { momentFlag } from './moment.ts'
import { numberFlag } from './number.ts'
import { paramFlags } from '@onetape/strategies'

describe('numbers', () => {
  test.each([
    ['100000', 100_000],
    ['100_000', 100_000],
    ['1e5', 100_000],
    ['-.5', -0.5],
    [' 7 ', 7],
  ])('reads %j', (text, value) => expect(numberFlag('--cash', text)).toBe(value))

  test.each(['', 'abc', '1,000', '0x10', 'Infinity', 'NaN', '1.2.3', '10%', '--5'])('refuses %j', (text) =>
    expect(() => numberFlag('--cash', text)).toThrow(`--cash: Expected a number, found "${text}".`),
  )

  test('keeps to its range, and names it', () => {
    expect(() => numberFlag('--cash', '0', { min: 0, exclusive: true })).toThrow('Expected a number above 0, found "0"')
    expect(() => numberFlag('--seed', '1.5', { min: 0, whole: true })).toThrow('a whole number of at least 0')
    expect(() => numberFlag('--buffer', '1.01', { min: 0, max: 1 })).toThrow('a number from 0 to 1')
    expect(numberFlag('--buffer', '1', { min: 0, max: 1 })).toBe(1)
  })

  test('reads every finite number back as it was', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberFlag('--cash', String(value))).toBe(value + 0)
      }),
    )
  })
})

describe('cost models', () => {
  test.each([
    ['none', 0],
    ['percent', 10],
    ['percent:0.2', 20],
    ['percent:0.01,min:5', 5],
    ['per-share:0.01', 1],
    ['per-share:0.005,min:1', 1],
    ['per-share:0.1,max-percent:0.05', 5],
    ['ibkr-fixed,regulatory:none', 1],
  ])('%s on 100 shares at 100 USD costs %d USD', (text, usd) =>
    expect(feeFlag(text).orderFee(100, 10_000, 1, Date.UTC(2024, 0, 2), 0)).toBeCloseTo(usd, 10),
  )

  test.each([
    ['precent:0.1', 'Expected one of none, percent, per-share'],
    ['precent:0.1', 'Did you mean "percent"?'],
    ['percent:0.1,mni:1', 'Did you mean "min"?'],
    ['percent:abc', 'Expected a number, found "abc"'],
    ['percent:-1', '--fee: Expected percent from 0 to 100'],
    ['percent:0.1,min:1,min:2', '--fee: Expected "min" once'],
    ['none:5', '--fee: Expected "none" without a value'],
    ['constructor', 'Expected one of none, percent'],
    ['per-share', '--fee: Expected perShare >= 0, found NaN'],
    ['ibkr-tiered,liquidity:both', 'liquidity:add or liquidity:remove'],
  ])('refuses %s', (text, message) => expect(() => feeFlag(text)).toThrow(message))

  test.each([
    'none',
    'bps',
    'bps:2',
    'half-spread',
    'half-spread:3',
    'volume-share,limit:0.05,impact:0.2',
    'square-root',
  ])('makes the slippage %s', (text) => expect(slippageFlag(text).name).not.toBe(''))

  test('5 basis points move a price of 100 by 0.05', () => {
    expect(slippageFlag('bps:5').name).toContain('5')
    expect(() => slippageFlag('bsp:5')).toThrow('Did you mean "bps"?')
  })
})

describe('moments', () => {
  test.each([
    ['2024-02-29', '2024-02-29'],
    ['2024-03-28T13:30Z', Date.UTC(2024, 2, 28, 13, 30)],
    ['2024-03-28 09:30:15-04:00', Date.UTC(2024, 2, 28, 13, 30, 15)],
  ])('reads %s', (text, moment) => expect(momentFlag('--from', text)).toBe(moment))

  test.each(['2024-02-30', '2024-13-01', '28.03.2024', '2024-03-28T13:30', 'yesterday', ''])('refuses %j', (text) =>
    expect(() => momentFlag('--from', text)).toThrow(/^--from: Expected a date/),
  )
})

test('parameters are name=value, once each', () => {
  expect(paramFlags(['fast=10', 'name=a=b', 'note='])).toEqual({ fast: '10', name: 'a=b', note: '' })
  expect(() => paramFlags(['fast'])).toThrow('--param: Expected name=value, found "fast".')
  expect(() => paramFlags(['=3'])).toThrow('Expected name=value')
  expect(() => paramFlags(['fast=1', 'fast=2'])).toThrow('Parameter "fast" is given twice.')
})

test('choices suggest the near word', () => {
  const tif = choiceFlag('--tif', ['day', 'gtc'])
  expect(tif('gtc')).toBe('gtc')
  expect(() => tif('x')).toThrow(/^--tif: Expected one of day, gtc, found "x"\.$/)
  expect(() => tif('dya')).toThrow('--tif: Expected one of day, gtc, found "dya". Did you mean "day"?')
})
