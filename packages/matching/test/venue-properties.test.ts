import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VenueOrder } from '../src/index.ts'
import { randomCase, runVenue, send } from './random-market.ts'

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })
const RUNS = { numRuns: 3000 }

test('fills never exceed their order, nor all of a bar its share of the volume', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const given = randomCase(seed)
      const { fills } = runVenue(given)
      for (const order of given.orders) {
        const filled = fills.filter((fill) => fill.order === order.n).reduce((sum, fill) => sum + fill.quantity, 0)
        expect(filled).toBeLessThanOrEqual(order.quantity)
      }
      for (const [index, bar] of given.bars.entries()) {
        const taken = fills.filter((fill) => fill.bar === index).reduce((sum, fill) => sum + fill.quantity, 0)
        expect(taken).toBeLessThanOrEqual(bar.volume === 0 ? 0 : bar.volume * given.options.participation)
      }
    }),
    RUNS,
  )
})

test('a limit never fills worse than its limit, and nothing fills before it was sent', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const given = randomCase(seed)
      for (const fill of runVenue(given).fills) {
        const order = given.orders.find((o) => o.n === fill.order)!
        expect(fill.bar).toBeGreaterThanOrEqual(order.before)
        const worse = order.side === 'buy' ? fill.price - order.limit! : order.limit! - fill.price
        expect(order.limit === undefined || worse <= 0).toBe(true)
      }
    }),
    RUNS,
  )
})

test('orders of one group never fill more together than the largest of them', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const given = randomCase(seed)
      const { fills } = runVenue(given)
      for (const group of new Set(given.orders.map((order) => order.oca))) {
        if (group === undefined) continue
        const members = given.orders.filter((order) => order.oca === group)
        // Members that come after one has filled start a new round of the group.
        if (new Set(members.map((order) => order.before)).size > 1 || members.some((o) => o.parent !== undefined))
          continue
        const filled = fills
          .filter((fill) => members.some((order) => order.n === fill.order))
          .reduce((sum, fill) => sum + fill.quantity, 0)
        expect(filled).toBeLessThanOrEqual(Math.max(...members.map((order) => order.quantity)))
      }
    }),
    RUNS,
  )
})

test('one event alone and the same event in a group do the same', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const given = randomCase(seed)
      expect(runVenue(given, { path: 'group' }).said).toEqual(runVenue(given).said)
    }),
    RUNS,
  )
})

test('what happens up to a bar does not depend on the bars after it', () => {
  fc.assert(
    fc.property(seeds, fc.nat({ max: 13 }), (seed, cut) => {
      const given = randomCase(seed)
      const bars = given.bars.map((bar, i) =>
        i <= cut ? bar : { ...bar, open: 2 * bar.open, high: 2 * bar.high, low: 2 * bar.low, close: 2 * bar.close },
      )
      const until = (said: readonly string[]): string[] => said.filter((line) => Number.parseInt(line, 10) <= cut)
      expect(until(runVenue({ ...given, bars }).said)).toEqual(until(runVenue(given).said))
    }),
    RUNS,
  )
})

test('when all is cancelled nothing is left, and every order goes back to the pool as it came', () => {
  const fresh = JSON.stringify(sent(new VenueOrder()))
  fc.assert(
    fc.property(seeds, (seed) => {
      const given = randomCase(seed)
      const { venue } = runVenue(given)
      for (const order of given.orders) venue.cancel(order.n, 1e9, 'requested')
      expect(venue.working()).toEqual([])
      expect([...venue.busy].every((count) => count === 0)).toBe(true)
      const taken = given.orders.map(() => venue.order())
      expect(new Set(taken).size).toBe(taken.length)
      for (const order of taken) expect(JSON.stringify(sent(order))).toBe(fresh)
      // The venue goes on to work as a new one would.
      for (const order of given.orders) if (order.parent === undefined) send(venue, { ...order, n: order.n }, 2e9)
      expect(venue.working().length).toBe(given.orders.filter((order) => order.parent === undefined).length)
    }),
    RUNS,
  )
})

/** What the sender sees of an empty order, and the links. */
function sent(o: VenueOrder): readonly unknown[] {
  const { number, side, type, tif, quantity, limit, stop, trailAmount, trailPercent, limitOffset, goodTill } = o
  const { outsideRth, ocaGroup, parent, reduceOnly, sizeAtFill, filled, triggered, level, dormant, cancelAt } = o
  const prices = [quantity, limit, stop, trailAmount, trailPercent, limitOffset, goodTill, level, cancelAt, o.released]
  const links = [o.parentOrder, o.firstChild, o.nextSibling, o.ocaNext].map((link) => link === null)
  const rest = [number, side, type, tif, outsideRth, ocaGroup, parent, reduceOnly, sizeAtFill, filled, triggered]
  return [...rest, ...prices.map(String), ...links, dormant, o.live, o.tried]
}
