import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { EventName, IBApi } from '@stoqey/ib'
import { expect, test } from 'vitest'
import { frame } from '../src/wire/frame.ts'
import { message } from '../src/wire/messages.ts'
import { completedOrderMessage, openOrderMessage } from '../src/wire/order-messages.ts'

const contract = {
  conId: 265_598,
  symbol: 'AAPL',
  primaryExchange: 'NASDAQ',
  currency: 'USD',
  localSymbol: 'AAPL',
  tradingClass: 'NMS',
}
const bar = { open: 1.25, high: 1.5, low: 1, close: 1.75, volume: 100.5, wap: 1.3, count: 7 }

/** Every conditional group of an order at once. */
const blocks = {
  comboLegsCount: [...'1 1 BUY SMART 0 0  -1'.split(' '), ...'2 1 SELL SMART 0 0  -1'.split(' ')],
  orderComboLegsCount: ['1.5', '2.5'],
  smartComboRoutingParamsCount: ['NonGuaranteed', '1'],
  scalePriceIncrement: ['0.1', '60', '0.2', '1', '10', '5', '1'],
  hedgeType: ['0.75'],
  'deltaNeutralContract?': ['99', '0.5', '12.5'],
  algoStrategy: ['1', 'adaptivePriority', 'Normal'],
  randomizePrice: ['265598', '1', '0.5', '0.25', 'ARCA'],
  conditionsCount: [
    ['1', 'a', '1', '200.5', '265598', 'SMART', '0'],
    ['3', 'o', '1', '20261121 10:00:00 US/Eastern'],
    ['4', 'a', '1', '30'],
    ['5', 'a', 'STK', 'SMART', 'AAPL'],
    ['6', 'a', '1', '1000', '265598', 'SMART'],
    ['7', 'a', '1', '5', '265598', 'SMART'],
    ['1', '0'],
  ].flat(),
}
const texts = {
  orderId: '7',
  conId: '265598',
  symbol: 'AAPL',
  secType: 'BAG',
  action: 'BUY',
  totalQuantity: '100',
  orderType: 'PEG BENCH',
  lmtPrice: '190.5',
  tif: 'GTC',
  account: 'DU1',
  orderRef: 'ref-1',
  permId: '1518189976',
  comboLegsCount: '2',
  orderComboLegsCount: '2',
  smartComboRoutingParamsCount: '1',
  scalePriceIncrement: '0.1',
  hedgeType: 'B',
  'deltaNeutralContract?': '1',
  algoStrategy: 'Adaptive',
  conditionsCount: '6',
  status: 'Submitted',
  manualOrderIndicator: '1',
  completedStatus: 'Cancelled by Trader',
}
const plain = { ...texts, secType: 'STK', orderType: 'LMT' }
for (const name of Object.keys(blocks)) delete (plain as Record<string, string>)[name]

/** Every message that the gateway can send, with the event that the client makes of it. */
function everyMessage(sv: number): (readonly [event: string, fields: string[]])[] {
  return [
    ['nextValidId', message.nextValidId(12)],
    ['managedAccounts', message.managedAccounts(['DU1', 'DU2'])],
    ['currentTime', message.currentTime(1_795_167_412)],
    ['error', message.error(5, 201, 'Order rejected - reason:caf\u00e9', sv, '')],
    ['contractDetailsEnd', message.contractDataEnd(5)],
    [
      'marketRule',
      message.marketRule(26, [
        [0, 0.0001],
        [1, 0.01],
      ]),
    ],
    ['securityDefinitionOptionParameterEnd', message.optionParametersEnd(5)],
    ['headTimestamp', message.headTimestamp(5, '20150101-00:00:00')],
    [
      'histogramData',
      message.histogram(5, [
        [1.5, 100],
        [1.51, 200],
      ]),
    ],
    ['tickPrice', message.tickPrice(5, 1, 190.5, 300, 1)],
    ['tickSize', message.tickSize(5, 8, 12_345)],
    ['tickGeneric', message.tickGeneric(5, 49, 0)],
    ['tickString', message.tickString(5, 45, '1795167412')],
    ['marketDataType', message.marketDataType(5, 3)],
    ['tickReqParams', message.tickReqParams(5, 0.01, '9c0001', 3)],
    ['tickSnapshotEnd', message.tickSnapshotEnd(5)],
    ['realtimeBar', message.realTimeBar(5, 1_795_167_410, bar)],
    ['historicalDataUpdate', message.historicalDataUpdate(5, '20261120 09:30:00 US/Eastern', bar)],
    ['historicalData', message.historicalData(5, 'a', 'b', [['20261120 09:30:00 US/Eastern', bar]])],
    ['historicalSchedule', message.historicalSchedule(5, 'a', 'b', 'US/Eastern', [['a', 'b', '20261120']])],
    ['openOrderEnd', message.openOrderEnd()],
    ['execDetailsEnd', message.executionsEnd(5)],
    ['completedOrdersEnd', message.completedOrdersEnd()],
    ['orderBound', message.orderBound(1_518_189_976, 0, -3)],
    ['position', message.position('DU1', contract, -110, 201.88)],
    ['positionEnd', message.positionEnd()],
    ['positionMulti', message.positionMulti(5, 'DU1', contract, 10, 1.5)],
    ['positionMultiEnd', message.positionMultiEnd(5)],
    [
      'updatePortfolio',
      message.portfolioValue('DU1', contract, {
        quantity: 10,
        price: 189.5,
        value: 1895,
        averageCost: 185,
        unrealized: 45,
        realized: 0,
      }),
    ],
    ['accountSummary', message.accountSummary(5, 'DU1', 'NetLiquidation', '1000000.00', 'USD')],
    ['accountSummaryEnd', message.accountSummaryEnd(5)],
    ['updateAccountValue', message.accountValue('CashBalance', '1.00', 'BASE', 'DU1')],
    ['updateAccountTime', message.accountTime('09:30')],
    ['accountDownloadEnd', message.accountDownloadEnd('DU1')],
    ['accountUpdateMulti', message.accountUpdateMulti(5, 'DU1', 'CashBalance', '1.00', 'BASE')],
    ['accountUpdateMultiEnd', message.accountUpdateMultiEnd(5)],
    ['pnl', message.pnl(5, 1.5, Number.NaN, -2)],
    ['pnlSingle', message.pnlSingle(5, 10, 1, 2, Number.NaN, 4)],
    [
      'orderStatus',
      message.orderStatus({
        orderId: 7,
        status: 'PreSubmitted',
        filled: 0,
        remaining: 100,
        averagePrice: 0,
        permId: 1_518_189_976,
        parentId: 0,
        lastPrice: 0,
        clientId: 1,
        whyHeld: 'child,trigger',
      }),
    ],
    [
      'execDetails',
      message.execution(
        -1,
        contract,
        {
          orderId: 7,
          exchange: 'IEX',
          execId: '0000e0d5.69dd7411.01.01',
          time: '20260413 15:27:04 US/Eastern',
          account: 'DU1',
          side: 1,
          shares: 40,
          price: 190.49,
          permId: 1_518_189_976,
          clientId: 1,
          cumulative: 40,
          averagePrice: 190.49,
          orderRef: 'ref-1',
          liquidity: 2,
        },
        sv,
      ),
    ],
    ['commissionReport', message.commission('0000e0d5.69dd7411.01.01', 1.00012, Number.NaN)],
    ['familyCodes', message.familyCodes(['DU1'])],
    ['mktDepthExchanges', message.depthExchanges(['NASDAQ', 'ARCA'])],
    ['newsProviders', message.newsProviders()],
    ['scannerParameters', message.scannerParameters()],
    ['scannerDataEnd', message.scannerData(5)],
    ['softDollarTiers', message.softDollarTiers(5)],
    ['smartComponents', message.smartComponents(5)],
    ['historicalNewsEnd', message.historicalNewsEnd(5)],
    ['userInfo', message.userInfo(5)],
    ['symbolSamples', message.symbolSamples(5, [{ ...contract, longName: 'APPLE INC' }], sv)],
    ['historicalTicks', message.historicalTicks('96', 5, [['1795167412', '0', '1.5', '0']])],
    ['historicalTicksBidAsk', message.historicalTicks('97', 5, [['1795167412', '0', '1.5', '1.6', '100', '200']])],
    ['historicalTicksLast', message.historicalTicks('98', 5, [['1795167412', '0', '1.5', '100', 'NASDAQ', '']])],
    ['tickByTickAllLast', message.tickByTickTrade(5, true, 1_795_167_412, 1.5, 100, 'NASDAQ')],
    ['tickByTickBidAsk', message.tickByTickQuote(5, 1_795_167_412, 1.5, 1.6, 100, 200)],
    ['tickByTickMidPoint', message.tickByTickMid(5, 1_795_167_412, 1.55)],
    [
      'contractDetails',
      message.contractData(
        5,
        contract,
        {
          exchange: 'SMART',
          minTick: 0.01,
          orderTypes: 'LMT,MKT',
          validExchanges: 'SMART,NASDAQ',
          longName: 'APPLE INC',
          industry: 'Technology',
          category: 'Computers',
          timeZone: 'US/Eastern',
          tradingHours: '20261119:0400-20261119:2000;20261120:CLOSED',
          liquidHours: '20261119:0930-20261119:1600;20261120:CLOSED',
          marketRules: '26,26',
          sizeStep: 1,
        },
        sv,
      ),
    ],
    ['openOrder', openOrderMessage(plain, {}, sv)],
    ['openOrder', openOrderMessage(texts, blocks, sv)],
    // The client reads completed orders wrongly below 177: it looks for no faProfile there.
    ...(sv >= 177
      ? ([
          ['completedOrder', completedOrderMessage(plain, {}, sv)],
          ['completedOrder', completedOrderMessage(texts, blocks, sv)],
        ] as const)
      : []),
  ]
}

/** Sends messages to a real client at a server version, and gives what it made of them. */
async function decoded(sv: number): Promise<{ events: Map<string, unknown[][]>; errors: unknown[] }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    let handshakes = 0
    socket.on('data', () => {
      if (handshakes++ === 0) socket.write(frame([String(sv), '20261120 09:29:58 US/Eastern']))
      else if (handshakes === 2)
        for (const [, fields] of [...everyMessage(sv), ['', message.currentTime(1)] as const])
          socket.write(frame(fields))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const client = new IBApi({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, clientId: 1 })
  const events = new Map<string, unknown[][]>()
  const errors: unknown[] = []
  const done = new Promise<void>((resolve) => {
    client.on(EventName.all, (name: string, args: unknown[]) => {
      events.set(name, [...(events.get(name) ?? []), args])
      if (name === 'currentTime' && args[0] === 1) resolve()
    })
    client.on(EventName.error, (error: Error, code: number, id: number) => {
      if (id !== 5) errors.push([code, id, error.message])
    })
  })
  client.connect()
  await done
  client.disconnect()
  server.close()
  return { events, errors }
}

test('every message is decoded by @stoqey/ib at server version 193', async () => {
  const { events, errors } = await decoded(193)
  expect(errors).toEqual([])
  expect(everyMessage(193).filter(([event]) => !events.has(event))).toEqual([])
  const [simple, full] = events.get('openOrder') as [number, Record<string, unknown>, Record<string, unknown>][]
  // What stands at the end shows that everything before it was read in its place.
  expect(simple![2]).toMatchObject({ orderType: 'LMT', totalQuantity: 100, orderRef: 'ref-1', manualOrderIndicator: 1 })
  expect(full![2]).toMatchObject({ algoStrategy: 'Adaptive', manualOrderIndicator: 1, hedgeParam: '0.75' })
  expect((full![2]['conditions'] as unknown[]).length).toBe(6)
  const completed = events.get('completedOrder') as [unknown, unknown, Record<string, unknown>][]
  expect(completed[1]![2]).toMatchObject({ completedStatus: 'Cancelled by Trader', status: 'Submitted' })
})

test('every message is decoded at every server version from 157 on', async () => {
  for (let sv = 157; sv <= 193; sv++) {
    const { events, errors } = await decoded(sv)
    expect([sv, errors]).toEqual([sv, []])
    expect([sv, everyMessage(sv).filter(([event]) => !events.has(event))]).toEqual([sv, []])
  }
})
