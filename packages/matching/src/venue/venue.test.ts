import { calendar } from '@onetape/calendar'
import { type BarColumns, instrument, OrderTypeCode, TimeInForceCode } from '@onetape/core'
import { expect, test } from 'vitest'
import type { VenueOrder } from '../order/venue-order.ts'
import { Venue } from './venue.ts'

const log: string[] = []
const listener = {
  accepted: (o: VenueOrder) => void log.push(`accepted ${o.number}`),
  triggered: (o: VenueOrder) => void log.push(`triggered ${o.number}`),
  affordable: (_o: VenueOrder, quantity: number) => quantity,
  sizeAtFill: () => 0,
  filled: (o: VenueOrder, quantity: number, price: number) => void log.push(`filled ${o.number} ${quantity} ${price}`),
  ended: (o: VenueOrder, _state: number, code: string) => void log.push(`ended ${o.number} ${code}`),
  replaced: (o: VenueOrder) => void log.push(`replaced ${o.number} ${o.quantity}`),
  replaceRejected: (o: VenueOrder, code: string) => void log.push(`refused ${o.number} ${code}`),
}

function columns(rows: readonly (readonly number[])[]): BarColumns {
  const at = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!)
  const start = Float64Array.from(rows, (_row, i) => i * 60_000)
  const end = start.map((t) => t + 60_000)
  return { time: start, end, open: at(0), high: at(1), low: at(2), close: at(3), volume: at(4) }
}

test('a market order takes the next open and its rest the one after', () => {
  log.length = 0
  const venue = new Venue({}, listener)
  venue.addInstrument({ ...instrument('X', { calendar: '24/7' }), id: 0 }, calendar('24/7'))
  const bars = columns([
    [10, 11, 9, 10, 1000],
    [10.5, 11, 9, 10, 1000],
    [10.6, 11, 9, 10, 1000],
  ])
  const o = venue.order()
  o.number = 7
  o.instrument = 0
  o.quantity = 150
  o.type = OrderTypeCode.market
  o.tif = TimeInForceCode.gtc
  venue.submit(o, 60_000)
  for (let i = 0; i < 3; i++) venue.onBar(0, bars, i, bars.end[i]!)
  expect(log).toEqual(['accepted 7', 'filled 7 100 10.5', 'filled 7 50 10.6'])
  expect(venue.busy[0]).toBe(0)
})
