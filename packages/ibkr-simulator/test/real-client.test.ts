import {
  BarSizeSetting,
  type Contract,
  EventName,
  IBApi,
  type Order,
  OrderAction,
  OrderType,
  SecType,
  TimeInForce,
  WhatToShow,
} from '@stoqey/ib'
import { expect, test } from 'vitest'
import { type Gateway, startGateway } from '../src/index.ts'

const AAPL: Contract = { symbol: 'AAPL', secType: SecType.STK, exchange: 'SMART', currency: 'USD' }

interface Heard {
  readonly name: string
  readonly args: readonly unknown[]
}

/** A client of the field, with everything that it heard. */
async function realClient(gateway: Gateway, clientId = 1): Promise<{ api: IBApi; heard: Heard[] }> {
  const api = new IBApi({ host: '127.0.0.1', port: gateway.port, clientId })
  const heard: Heard[] = []
  api.on(EventName.all, (name: string, args: unknown[]) => heard.push({ name, args }))
  const ready = new Promise((resolve) => api.once(EventName.nextValidId, resolve))
  api.connect()
  await ready
  return { api, heard }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

const of = (heard: readonly Heard[], name: string): Heard[] => heard.filter((h) => h.name === name)

test.each([193, 187, 177])('@stoqey/ib goes from connecting to a fill at server version %d', async (serverVersion) => {
  const gateway = await startGateway({ serverVersion, speed: 20, seed: 7 })
  const { api, heard } = await realClient(gateway)
  api.reqContractDetails(10, AAPL)
  api.reqMatchingSymbols(11, 'AAP')
  api.reqMarketRule(26)
  api.reqPositions()
  api.reqAllOpenOrders()
  api.reqCompletedOrders(false)
  api.reqAccountSummary(12, 'All', 'NetLiquidation,BuyingPower,$LEDGER:ALL')
  api.reqAccountUpdates(true, 'DU1234567')
  api.reqPnL(13, 'DU1234567', null)
  api.reqHistoricalData(14, AAPL, '', '1 D', BarSizeSetting.MINUTES_FIVE, WhatToShow.TRADES, 1, 1, false)
  api.reqHistoricalData(15, AAPL, '', '600 S', BarSizeSetting.SECONDS_FIVE, WhatToShow.MIDPOINT, 0, 2, true)
  api.reqHeadTimestamp(16, AAPL, WhatToShow.TRADES, true, 1)
  api.reqHistoricalTicks(17, AAPL, '', '20260801-10:00:00', 50, WhatToShow.TRADES, 0, true)
  api.reqHistogramData(18, AAPL, true, 1, 'day' as never)
  api.reqMktData(19, AAPL, '', false, false)
  api.reqMktData(20, AAPL, '', true, false)
  api.reqRealTimeBars(21, AAPL, 5, WhatToShow.TRADES, false)
  api.reqTickByTickData(22, AAPL, 'Last' as never, 0, false)
  api.reqTickByTickData(23, AAPL, 'BidAsk' as never, 0, false)
  const buy: Order = {
    action: OrderAction.BUY,
    orderType: OrderType.MKT,
    totalQuantity: 100,
    tif: TimeInForce.DAY,
    transmit: true,
    orderRef: 'one',
  }
  api.placeOrder(1, AAPL, buy)
  api.placeOrder(2, AAPL, { ...buy, action: OrderAction.SELL, orderType: OrderType.LMT, lmtPrice: 900 })
  await until(() => of(heard, 'orderStatus').some((h) => h.args[1] === 'Filled'), 'the fill')
  await until(() => of(heard, 'realtimeBar').length > 2, 'real-time bars')
  await until(() => of(heard, 'historicalDataUpdate').length > 0, 'an updated bar')
  await until(() => of(heard, 'tickByTickAllLast').length > 0 && of(heard, 'tickByTickBidAsk').length > 0, 'ticks')
  api.cancelOrder(2)
  api.reqExecutions(24, {})
  await until(() => of(heard, 'execDetailsEnd').length > 0, 'the end of executions')
  const wrong = of(heard, 'error').filter((h) => h.args[1] !== 202)
  expect(wrong).toEqual([])
  const expected = [
    'contractDetails',
    'symbolSamples',
    'marketRule',
    'positionEnd',
    'openOrderEnd',
    'completedOrdersEnd',
    'accountSummaryEnd',
    'updateAccountValue',
    'accountDownloadEnd',
    'pnl',
    'headTimestamp',
    'historicalTicksLast',
    'histogramData',
    'tickPrice',
    'tickSnapshotEnd',
    'commissionReport',
  ]
  expect(expected.filter((name) => of(heard, name).length === 0)).toEqual([])
  // 24 hours of five minutes and the one in progress, and the end marker that the client adds.
  expect(of(heard, 'historicalData').filter((h) => h.args[0] === 14).length).toBeGreaterThanOrEqual(288)
  const live = of(heard, 'execDetails').filter((h) => h.args[0] === -1)
  expect(live.map((h) => (h.args[2] as { orderRef?: string }).orderRef)).toContain('one')
  api.disconnect()
  await gateway.close()
})

test('bars of five seconds are the history of the same seconds', async () => {
  const gateway = await startGateway({ speed: 0, seed: 5, start: Date.UTC(2026, 7, 10, 12) })
  const { api, heard } = await realClient(gateway)
  api.reqRealTimeBars(1, AAPL, 5, WhatToShow.TRADES, false)
  await until(() => of(heard, 'info').length > 0, 'the farms')
  await new Promise<void>((resolve) => {
    api.once(EventName.currentTime, () => resolve())
    api.reqCurrentTime()
  })
  await gateway.advance(60_000)
  await until(() => of(heard, 'realtimeBar').length === 12, 'twelve bars')
  api.reqHistoricalData(2, AAPL, '', '60 S', BarSizeSetting.SECONDS_FIVE, WhatToShow.TRADES, 0, 2, false)
  await until(() => of(heard, 'historicalData').length === 13, 'the history')
  const streamed = of(heard, 'realtimeBar').map((h) => h.args.slice(1, 7).map(Number))
  const stored = of(heard, 'historicalData')
    .slice(0, 12)
    .map((h) => h.args.slice(1, 7).map(Number))
  expect(stored).toEqual(streamed)
  api.disconnect()
  await gateway.close()
})
