import { type Order, OrderAction, OrderType } from '@stoqey/ib'
import {
  type Instrument,
  type InstrumentId,
  instrument,
  ORDER_TYPES,
  type OrderRequest,
  type OrderType as OurType,
  TIMES_IN_FORCE,
} from '@onetape/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adoptedOrder } from './adopted-order.ts'
import { changedOrder, cleanPrice, toTwsOrder, type WireFields } from './tws-order.ts'

const aapl: Instrument = { ...instrument('AAPL'), id: 0 as InstrumentId }
const wire = (own: Partial<WireFields> = {}): WireFields => ({
  account: 'DU1',
  orderRef: 'r-s-1',
  parentId: 0,
  transmit: true,
  ocaGroup: undefined,
  lastPrice: () => NaN,
  fractional: false,
  ...own,
})
const ask = (type: OurType, own: Partial<OrderRequest> = {}): OrderRequest => ({
  instrument: aapl,
  side: 'buy',
  type,
  quantity: 100,
  limitPrice: 190.5,
  stopPrice: 191,
  ...(type.startsWith('trailing') ? { trailAmount: 1.5 } : {}),
  ...(type === 'trailing-stop-limit' ? { limitOffset: 0.1 } : {}),
  ...own,
})

describe('orders on the wire', () => {
  // Names and fields as in IBKR's pages "Basic Orders" and "Available Orders".
  test.each<[OurType, Partial<Order>]>([
    ['market', { orderType: OrderType.MKT }],
    ['limit', { orderType: OrderType.LMT, lmtPrice: 190.5 }],
    ['stop', { orderType: OrderType.STP, auxPrice: 191 }],
    ['stop-limit', { orderType: OrderType.STP_LMT, auxPrice: 191, lmtPrice: 190.5 }],
    ['trailing-stop', { orderType: OrderType.TRAIL, auxPrice: 1.5, trailStopPrice: 191 }],
    [
      'trailing-stop-limit',
      { orderType: OrderType.TRAIL_LIMIT, auxPrice: 1.5, trailStopPrice: 191, lmtPriceOffset: 0.1 },
    ],
    ['market-if-touched', { orderType: OrderType.MIT, auxPrice: 191 }],
    ['limit-if-touched', { orderType: OrderType.LIT, auxPrice: 191, lmtPrice: 190.5 }],
    ['market-on-open', { orderType: OrderType.MKT, tif: 'OPG' }],
    ['limit-on-open', { orderType: OrderType.LMT, tif: 'OPG', lmtPrice: 190.5 }],
    ['market-on-close', { orderType: OrderType.MOC }],
    ['limit-on-close', { orderType: OrderType.LOC, lmtPrice: 190.5 }],
  ])('%s', (type, expected) => {
    const frame = { action: 'BUY', totalQuantity: 100, tif: 'DAY', account: 'DU1', orderRef: 'r-s-1' }
    expect(toTwsOrder(ask(type), wire())).toEqual({
      ...frame,
      parentId: 0,
      transmit: true,
      outsideRth: false,
      ...expected,
    })
  })

  test('every type and time in force is sent with a side, a quantity, a tif and our reference', () => {
    for (const type of ORDER_TYPES)
      for (const tif of TIMES_IN_FORCE) {
        const order = toTwsOrder(ask(type, { tif, side: 'sell', goodTill: Date.UTC(2026, 10, 20, 21) }), wire())
        expect(order).toMatchObject({ action: 'SELL', totalQuantity: 100, orderRef: 'r-s-1' })
        expect(order.tif).toMatch(/^(DAY|GTC|GTD|IOC|FOK|OPG)$/)
        expect(order.goodTillDate).toBe(order.tif === 'GTD' ? '20261120-21:00:00' : undefined)
      }
  })

  test('a trail in percent is sent in percent, and its first level is measured from the last price', () => {
    const request = ask('trailing-stop-limit', { side: 'sell', trailPercent: 0.02, limitOffset: 0.1 })
    const { trailAmount: _1, stopPrice: _2, ...rest } = request
    expect(toTwsOrder(rest, wire({ lastPrice: () => 200 }))).toMatchObject({ trailingPercent: 2, trailStopPrice: 196 })
    expect(() => toTwsOrder(rest, wire())).toThrow('Expected a stop price (or a last price), found NaN')
  })

  test('children, groups and what-if', () => {
    const order = toTwsOrder(ask('limit'), wire({ parentId: 7, transmit: false, ocaGroup: 'g', whatIf: true }))
    expect(order).toMatchObject({ parentId: 7, transmit: false, ocaGroup: 'g', ocaType: 3, whatIf: true })
  })

  test.each<[string, OrderRequest, RegExp]>([
    ['a limit of NaN', ask('limit', { limitPrice: NaN }), /AAPL: Expected a limit price, found NaN/],
    ['no quantity', ask('market', { quantity: 0 }), /quantity > 0, found 0/],
    ['NaN shares', ask('market', { quantity: NaN }), /quantity > 0, found NaN/],
    ['a fraction of a share', ask('market', { quantity: 1.5 }), /whole quantity, found 1\.5\. TWS refuses/],
    ['no end of GTD', ask('limit', { tif: 'gtd' }), /end of a good-till-date order in goodTill, found none/],
    ['two trails', ask('trailing-stop', { trailPercent: 0.1 }), /none or both/],
    ['a trail of 200 %', { ...ask('stop'), type: 'trailing-stop', trailPercent: 2 }, /between 0 and 1, found 2/],
  ])('refuses %s', (_, request, message) => expect(() => toTwsOrder(request, wire())).toThrow(message))

  test('fractions go out when they are allowed', () => {
    expect(toTwsOrder(ask('market', { quantity: 1.5 }), wire({ fractional: true })).totalQuantity).toBe(1.5)
  })

  test('no price carries the noise of float64 arithmetic', () => {
    expect(cleanPrice(0.0010500000000000002)).toBe(0.00105)
    expect(cleanPrice(2047 * 0.05)).toBe(102.35)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (cents) => {
        expect(cleanPrice(cents * 0.01)).toBe(Number((cents / 100).toFixed(2)))
      }),
    )
  })
})

describe('changes', () => {
  test('go out with the whole order', () => {
    const working = toTwsOrder(ask('stop-limit'), wire({ transmit: false }))
    expect(changedOrder(working, { quantity: 50, limitPrice: 192, stopPrice: 193 }, false)).toEqual({
      ...working,
      totalQuantity: 50,
      lmtPrice: 192,
      auxPrice: 193,
      transmit: true,
    })
    const trailing = toTwsOrder(ask('trailing-stop'), wire())
    expect(changedOrder(trailing, { trailPercent: 0.05, stopPrice: 180 }, false)).toMatchObject({
      trailingPercent: 5,
      trailStopPrice: 180,
    })
    expect(changedOrder(trailing, { trailPercent: 0.05 }, false)).not.toHaveProperty('auxPrice')
  })

  test('without a place in the order are refused', () => {
    const market = toTwsOrder(ask('market'), wire())
    expect(() => changedOrder(market, { limitPrice: 1 }, false)).toThrow('has a limit price, found type MKT')
    expect(() => changedOrder(market, { stopPrice: 1 }, false)).toThrow('has a stop price')
    expect(() => changedOrder(market, { trailAmount: 1 }, false)).toThrow('has a trail')
    expect(() => changedOrder(market, { quantity: -1 }, false)).toThrow('quantity > 0')
  })
})

describe('orders found at TWS', () => {
  test('every order of ours comes back as it was sent', () => {
    for (const type of ORDER_TYPES) {
      const sent = toTwsOrder(ask(type), wire())
      // What TWS adds to its reports: see the recorded open orders in its protocol.
      const reported: Order = {
        lmtPrice: 0,
        auxPrice: 0,
        volatility: 1,
        scaleInitLevelSize: 5,
        permId: 9,
        clientId: 1,
        orderId: 3,
        ...sent,
        clearingAccount: '',
        deltaNeutralOrderType: 'None',
      }
      expect(adoptedOrder(reported)).toEqual(sent)
    }
  })

  test('a side or type that is never sent here is not adopted', () => {
    const sent = toTwsOrder(ask('limit'), wire())
    expect(adoptedOrder({ ...sent, orderType: OrderType.PEG_MID })).toBeUndefined()
    expect(adoptedOrder({ ...sent, action: OrderAction.SSHORT })).toBeUndefined()
    const { action: _, ...none } = sent
    expect(adoptedOrder(none)).toBeUndefined()
  })
})
