import { type ContractDetails, SecType } from '@stoqey/ib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseDetails, contractQuery, instrumentSpec, ourSymbol, tradedContract, twsSymbol } from './contract-spec.ts'

const aapl = (own: Partial<ContractDetails> = {}): ContractDetails => ({
  contract: {
    conId: 265598,
    symbol: 'AAPL',
    secType: SecType.STK,
    exchange: 'SMART',
    primaryExch: 'NASDAQ',
    currency: 'USD',
    localSymbol: 'AAPL',
    tradingClass: 'NMS',
    multiplier: 0, // what the client makes of an empty text
  },
  minTick: 0.01,
  sizeIncrement: 0.0001,
  liquidHours: '20261119:0930-20261119:1600;20261120:CLOSED',
  ...own,
})

describe('what TWS is asked for', () => {
  test('a symbol is a US stock, routed by SMART, without a primary exchange', () => {
    expect(contractQuery('AAPL')).toEqual({ symbol: 'AAPL', secType: 'STK', exchange: 'SMART', currency: 'USD' })
    expect(contractQuery('BRK.B').symbol).toBe('BRK B')
  })

  test('a future by its local symbol', () => {
    const spec = { secType: 'FUT', exchange: 'CME', localSymbol: 'ESZ6' } as const
    expect(contractQuery('ES', spec)).toEqual({
      symbol: '',
      secType: 'FUT',
      exchange: 'CME',
      currency: 'USD',
      localSymbol: 'ESZ6',
    })
  })

  test('symbols survive the way there and back', () => {
    const letters = fc.stringMatching(/^[A-Z]{1,5}(\.[A-Z])?$/)
    fc.assert(
      fc.property(letters, (symbol) => {
        expect(ourSymbol({ secType: SecType.STK, symbol: twsSymbol(symbol) })).toBe(symbol)
      }),
    )
  })
})

describe('several answers', () => {
  const mexican = aapl({ contract: { ...aapl().contract, conId: 38708077, primaryExch: 'MEXI' } })

  test('the only one, the one of the exchange, the one of the id; otherwise none', () => {
    expect(chooseDetails([aapl(), aapl()], {}, 'NYSE')?.contract.conId).toBe(265598)
    expect(chooseDetails([mexican, aapl()], {}, 'NASDAQ')?.contract.conId).toBe(265598)
    expect(chooseDetails([mexican, aapl()], { primaryExchange: 'MEXI' }, 'NASDAQ')?.contract.conId).toBe(38708077)
    expect(chooseDetails([mexican, aapl()], { conId: 38708077 }, undefined)?.contract.conId).toBe(38708077)
    expect(chooseDetails([mexican, aapl()], {}, undefined)).toBeUndefined()
    expect(chooseDetails([], {}, 'NASDAQ')).toBeUndefined()
  })
})

describe('what is made of an answer', () => {
  test('a US stock: tick from the table, whole shares, calendar of its exchange', () => {
    expect(instrumentSpec('AAPL', aapl())).toMatchObject({
      symbol: 'AAPL',
      kind: 'stock',
      calendar: 'XNAS',
      exchange: 'NASDAQ',
      tick: 0,
      lot: 1,
      multiplier: 1,
      hasVolume: true,
    })
  })

  test('fractions only when asked for; fields given win', () => {
    expect(instrumentSpec('AAPL', aapl(), { fractional: true }).lot).toBe(0.0001)
    expect(instrumentSpec('AAPL', aapl(), { fields: { calendar: '24/7' } }).calendar).toBe('24/7')
  })

  test('a future keeps tick and multiplier', () => {
    const contract = { ...aapl().contract, secType: SecType.FUT, primaryExch: '', exchange: 'CME', multiplier: 50 }
    const es = instrumentSpec('ESZ6', aapl({ contract, minTick: 0.25, sizeIncrement: 1 }))
    expect(es).toMatchObject({ kind: 'future', tick: 0.25, multiplier: 50, lot: 1, exchange: 'CME' })
  })

  test.each([
    ['20261119:0000-20261120:0000;20261120:0000-20261121:0000', '24/7'],
    ['20261119:0000-20261119:2359', '24/7'],
    ['20261119:0000-20261120:0000;20261121:CLOSED', 'XNAS'],
    ['', 'XNAS'],
  ])('liquid hours %s: %s', (liquidHours, calendar) =>
    expect(instrumentSpec('AAPL', aapl({ liquidHours })).calendar).toBe(calendar),
  )

  test('orders name the contract by its id', () => {
    expect(tradedContract(aapl(), contractQuery('AAPL'))).toEqual({
      conId: 265598,
      symbol: 'AAPL',
      secType: 'STK',
      exchange: 'SMART',
      currency: 'USD',
      primaryExch: 'NASDAQ',
      localSymbol: 'AAPL',
      tradingClass: 'NMS',
    })
  })
})
