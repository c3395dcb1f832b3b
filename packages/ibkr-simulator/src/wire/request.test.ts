import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeOrder } from '../../test/wire-client.ts'
import { RequestError } from './field-cursor.ts'
import type { PlaceOrder } from './place-order.ts'
import { idOf, readRequest } from './request.ts'

const AAPL = ['265598', 'AAPL', 'STK', '', '0.0', '', '', 'SMART', 'NASDAQ', 'USD', 'AAPL', 'NMS']

// Layouts as three families of clients send them (ib_async at 178, the official client at 176 and 187, @stoqey/ib at 193).
test.each([
  [193, ['71', '2', '7', ''], { kind: 'startApi', clientId: 7 }],
  [178, ['9', '8', '902', ...AAPL, '0', '', '', ''], { kind: 'contractDetails', reqId: 902 }],
  [157, ['9', '8', '902', ...AAPL, '0', '', ''], { kind: 'contractDetails', reqId: 902 }],
  [
    178,
    ['20', '905', ...AAPL, '0', '', '1 hour', '1 D', '1', 'TRADES', '1', '0', ''],
    { kind: 'historicalData', reqId: 905, barSize: '1 hour', duration: '1 D', useRth: true, keepUpToDate: false },
  ],
  [178, ['1', '11', '908', ...AAPL, '0', '', '0', '0', ''], { kind: 'marketData', reqId: 908, snapshot: false }],
  [178, ['2', '2', '908'], { kind: 'cancelMarketData', reqId: 908 }],
  [178, ['97', '909', ...AAPL, 'BidAsk', '0', '0'], { kind: 'tickByTick', reqId: 909, tickType: 'BidAsk' }],
  [178, ['50', '3', '910', ...AAPL, '5', 'TRADES', '0', ''], { kind: 'realTimeBars', reqId: 910, useRth: false }],
  [178, ['4', '1', '916', ''], { kind: 'cancelOrder', orderId: 916 }],
  [187, ['4', '1', '2001', '', '', '', '2147483647'], { kind: 'cancelOrder', orderId: 2001 }],
  [193, ['4', '2001', '', '', '2147483647'], { kind: 'cancelOrder', orderId: 2001 }],
  [176, ['58', '1'], { kind: 'globalCancel' }],
  [193, ['58', '', '2147483647'], { kind: 'globalCancel' }],
  [193, ['7', '3', '901', '0', '', '', '', '', '', ''], { kind: 'executions', reqId: 901, clientId: 0 }],
  [193, ['76', '2', '5', 'DU1', '', '1'], { kind: 'accountUpdatesMulti', reqId: 5, ledgerAndNlv: true }],
])('at server version %d %j is read', (sv, fields, expected) => {
  const { request, missing, left } = readRequest(fields, sv)
  expect({ missing, left }).toEqual({ missing: 0, left: 0 })
  expect(request).toMatchObject(expected)
})

test('an order is read to its last field, with conditions and an algorithm', () => {
  const order = placeOrder(5, 'AAPL', {
    type: 'LMT',
    limit: 190.5,
    conditions: ['2', '1', 'a', '1', '200.5', '265598', 'SMART', '0', '3', 'o', '1', '20261121 10:00:00', '1', '0'],
  })
  const { request } = readRequest(order, 193)
  expect(request).toMatchObject({ kind: 'placeOrder', orderId: 5, text: { lmtPrice: '190.5', conditionsCount: '2' } })
  expect((request as PlaceOrder).blocks['conditionsCount']).toHaveLength(13)
})

test('an order with a field too many or too few is an error 320', () => {
  const order = placeOrder(5, 'AAPL', { type: 'MKT' })
  for (const broken of [[...order, 'x'], order.slice(0, -1)])
    expect(() => readRequest(broken, 193)).toThrow('Error reading request. Expected 118 fields')
})

test('unset numbers read the same in every spelling', () => {
  for (const unset of ['', '1.7976931348623157E308', '1.7976931348623157e+308', '0.0'])
    expect(
      readRequest(['91', '26'], 193).left + readRequest(['1', '11', '5', '', 'A', 'STK', '', unset], 193).left,
    ).toBe(0)
})

test('whatever comes in is read or refused with an error of its own, never anything else', () => {
  const field = fc.oneof(fc.string(), fc.constantFrom('', '0', '1', '-1', '2147483647', '1e999', 'NaN', '999999999999'))
  const fields = fc.tuple(fc.integer({ min: 0, max: 110 }).map(String), fc.array(field, { maxLength: 140 }))
  fc.assert(
    fc.property(fields, fc.integer({ min: 157, max: 193 }), ([id, rest], sv) => {
      expect(errorOf(() => readRequest([id, ...rest], sv)) ?? new RequestError(0, '')).toBeInstanceOf(RequestError)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  [193, ['20', '905', 'x'], 905],
  [193, ['1', '11', '908'], 908],
  [193, ['3', 'abc'], -1],
  [193, ['4', '7'], 7],
  [191, ['4', '1', '7'], 7],
  [193, ['19', '1', '1', '<xml/>', '12'], 12],
  // A version, or something else that is no id of a request.
  [193, ['59', '1', 'x'], -1],
  [193, ['18', '1', '1'], -1],
  [193, ['65', '1', 'x'], -1],
  [193, [], -1],
])('at server version %d the id of %j is %d', (sv, fields, id) => expect(idOf(fields, sv)).toBe(id))

function errorOf(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
