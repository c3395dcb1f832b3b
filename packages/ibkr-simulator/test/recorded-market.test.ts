import { barSeries, type BarSeries, instrument, OrderTypeCode, TimeInForceCode } from '@onetape/core'
import { calendar } from '@onetape/calendar'
import { Venue, type VenueListener, type VenueOrder } from '@onetape/matching'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startGateway } from '../src/index.ts'
import { MINUTE } from './recorded.ts'
import { sharedFolder } from './shared-folder.ts'
import { placeOrder, stock, WireClient } from './wire-client.ts'

const folder = sharedFolder('data/us_minute_2026/1m')
if (folder === undefined)
  console.log('Skipped: real minute bars over the wire, because ../shared/data/us_minute_2026 is not there.')

/** Real one-minute bars of the session of 12 March 2026, as recorded. */
function recorded(symbol: string): BarSeries {
  const text = gunzipSync(readFileSync(join(folder!, `${symbol}.csv.gz`))).toString('utf8')
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('2026-03-12'))
    .map((line) => line.split(','))
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => Number(row[at]))
  return barSeries({
    instrument: instrument(symbol, { exchange: 'NASDAQ' }),
    interval: '1m',
    columns: {
      time: Float64Array.from(rows, (row) => Date.parse(row[0]!)),
      open: column(1),
      high: column(2),
      low: column(3),
      close: column(4),
      volume: column(5),
    },
  })
}

test.skipIf(folder === undefined)(
  'a real session arrives as five-second bars that join to it, bit for bit',
  async () => {
    const series = recorded('AAPL')
    const { columns } = series
    const gateway = await startGateway({ series: [series], speed: 0 })
    const client = await WireClient.start(gateway.port, 1)
    client.send('50', '3', '7', ...stock('AAPL'), '5', 'TRADES', '1', '')
    await client.sync()
    client.take()
    for (let i = 0; i < series.length; i++) {
      await gateway.advance(MINUTE)
      await client.sync()
      const bars = client.take('50').map((m) => m.slice(3, 9).map(Number))
      expect(bars.map((b) => b[0]! * 1000)).toEqual(Array.from({ length: 12 }, (_, k) => columns.time[i]! + k * 5000))
      expect([
        bars[0]![1],
        Math.max(...bars.map((b) => b[2]!)),
        Math.min(...bars.map((b) => b[3]!)),
        bars[11]![4],
        bars.reduce((sum, b) => sum + b[5]!, 0),
      ]).toEqual([columns.open[i], columns.high[i], columns.low[i], columns.close[i], columns.volume[i]])
    }
    // And the history of the same day is the recording.
    client.send('20', '8', ...stock('AAPL'), '0', '', '1 min', '1 D', '1', 'TRADES', '2', '0', '')
    const answer = await client.until((m) => m[0] === '17')
    expect(answer.slice(5, 11).map(Number)).toEqual([
      columns.time[0]! / 1000,
      columns.open[0]!,
      columns.high[0]!,
      columns.low[0]!,
      columns.close[0]!,
      columns.volume[0]!,
    ])
    expect(Number(answer[4])).toBe(series.length)
    client.close()
    await gateway.close()
  },
)

interface Plan {
  readonly minute: number
  readonly symbol: number
  readonly side: 1 | -1
  readonly quantity: number
  readonly limit: number | undefined
}

test.skipIf(folder === undefined)('orders over the wire fill as at a venue that is given the same bars', async () => {
  const all = ['AAPL', 'AMD'].map(recorded)
  const plans: Plan[] = Array.from({ length: 60 }, (_, i) => {
    const columns = all[i % 2]!.columns
    const minute = 2 + i * 5
    return {
      minute,
      symbol: i % 2,
      side: i % 3 === 0 ? -1 : 1,
      quantity: 10 + i * 100,
      limit:
        i % 4 === 0 ? Math.round((columns.close[minute - 1]! - (i % 3 === 0 ? -0.05 : 0.05)) * 100) / 100 : undefined,
    }
  })

  const expected: unknown[] = []
  const listener: VenueListener = {
    accepted: () => {},
    triggered: () => {},
    affordable: (_order, quantity) => quantity,
    sizeAtFill: () => 0,
    filled: (o: VenueOrder, quantity, price, time) => expected.push([o.number, quantity, price, time]),
    ended: () => {},
    replaced: () => {},
    replaceRejected: () => {},
  }
  const venue = new Venue({}, listener)
  all.forEach((s, id) => venue.addInstrument({ ...s.instrument, id }, calendar('XNYS')))
  const gateway = await startGateway({ series: all, speed: 0, accounts: [{ id: 'DU1', cash: 1e9 }] })
  const client = await WireClient.start(gateway.port, 1)
  const start = gateway.now()
  for (let minute = 0; minute < all[0]!.length; minute++) {
    const time = start + minute * MINUTE
    for (const [i, p] of plans.entries()) {
      if (p.minute !== minute) continue
      const order = venue.order()
      order.number = i + 1
      order.instrument = p.symbol
      order.side = p.side
      order.type = p.limit === undefined ? OrderTypeCode.market : OrderTypeCode.limit
      order.tif = TimeInForceCode.day
      order.quantity = p.quantity
      if (p.limit !== undefined) order.limit = p.limit
      venue.submit(order, time)
      client.send(
        ...placeOrder(i + 1, all[p.symbol]!.instrument.symbol, {
          action: p.side > 0 ? 'BUY' : 'SELL',
          quantity: p.quantity,
          type: p.limit === undefined ? 'MKT' : 'LMT',
          limit: p.limit ?? '',
        }),
      )
    }
    await client.sync()
    await gateway.advance(MINUTE)
    venue.beginGroup(time + MINUTE)
    for (const [id, s] of all.entries()) {
      const row = s.columns.time.indexOf(time)
      if (row >= 0 && venue.busy[id] !== 0) venue.addBar(id, s.columns, row)
    }
    venue.expire(time + MINUTE, false)
    venue.matchGroup()
    venue.expire(time + MINUTE, true)
  }
  const byPerm = new Map(gateway.state().orders.map((o) => [o.permId, o.orderId]))
  const fills = gateway.state().executions.map((e) => [byPerm.get(e.permId), e.shares, e.price, e.time])
  expect(fills).toEqual(expected)
  expect(fills.length).toBeGreaterThan(60)
  client.close()
  await gateway.close()
})
