import { calendar } from '@onetape/calendar'
import { describe, expect, test } from 'vitest'
import { randomOrders, runVenue } from './random-market.ts'
import { sharedRows } from './shared-data.ts'
import { type SlowBar, slowMatch } from './slow-matcher.ts'

const nyse = calendar('XNYS')

/** Start of a bar, from `2013-10-07 04:00:30` in New York or `2026-03-12T13:30:00Z`. */
function startOf(stamp: string): number {
  return stamp.endsWith('Z') ? Date.parse(stamp) : nyse.toUtc(stamp.slice(0, 10), stamp.slice(11))
}

const WINDOW = 60

const SETS = [
  ['us_lean/second/IBM_trade.csv.gz', 'one-second bars of IBM, extended hours included'],
  ['us_lean/second/BAC_trade.csv.gz', 'one-second bars of BAC, extended hours included'],
  ['us_minute_2026/1m/AAPL.csv.gz', 'minute bars of AAPL'],
  ['us_minute_2026/1m/RIVN.csv.gz', 'minute bars of RIVN'],
].map(([path, what]) => ({ path: path!, what: what!, read: sharedRows(path!, what!) }))
describe.each(SETS)('$what', ({ path, read }) => {
  test.skipIf(read === undefined)('the venue fills like the slow matcher', () => {
    const rows = read!()
    const starts = rows.map((row) => startOf(row[0]!))
    const bars: SlowBar[] = rows.map(([, open, high, low, close, volume]) => ({
      open: Number(open),
      high: Number(high),
      low: Number(low),
      close: Number(close),
      volume: Number(volume),
    }))
    const kinds = new Set<string>()
    let fills = 0
    for (let from = 0; from + WINDOW < bars.length; from += WINDOW) {
      const part = bars.slice(from, from + WINDOW)
      const partStarts = starts.slice(from, from + WINDOW)
      const orders = randomOrders(from, part, 24)
      const exits = (['pessimistic', 'optimistic', 'path'] as const)[from % 3]!
      const options = { participation: 0.1, touch: false, exits, slippageBps: 5, tick: 0.01 }

      // The second matcher sees the regular hours only and knows nothing of clocks.
      const kept = part.map((_bar, i) => i).filter((i) => nyse.isOpen(partStarts[i]!))
      const regular = orders
        .map((order) => ({ ...order, before: kept.findIndex((i) => i >= order.before) }))
        .filter((order) => order.before >= 0)
      const expected = slowMatch(
        regular,
        kept.map((i) => part[i]!),
        options,
      ).map((line) => line.replace(/^\d+/, (index) => String(kept[Number(index)]!)))

      const run = runVenue({ bars: part, orders, options }, { starts: partStarts, calendar: 'XNYS' })
      expect(run.lines, `bars from ${from}`).toEqual(expected)
      fills += expected.length
      for (const fill of run.fills) {
        const order = orders.find((o) => o.n === fill.order)!
        const amount = fill.quantity < order.quantity ? 'in part' : 'whole'
        const family = order.parent === undefined ? 'alone' : 'child'
        kinds.add(`${order.type} ${fill.phase === 0 ? 'at the open' : 'inside the bar'} ${amount} ${family}`)
      }
    }
    console.log(`${path}: ${bars.length} bars, ${fills} fills compared, ${kinds.size} kinds of fill`)
    expect(kinds.size).toBeGreaterThanOrEqual(20)
  })
})
