import { type Bar, type OrderNumber, defineStrategy, int } from '@onetape/core'
import { crossedAbove, crossedBelow, sma } from '@onetape/indicators'

/**
 * As the reversing cross, with limit orders in the middle of the bar that decided, good for the next session. An entry
 * that does not fill is dropped; an exit that does not becomes a market order.
 */
export default defineStrategy({
  name: 'reversing-cross-with-limits',
  params: { fast: int(10, { min: 2 }), slow: int(25, { min: 2 }), shares: int(10, { min: 1 }) },
  create({ params, use }) {
    const fast = use(sma(params.fast))
    const slow = use(sma(params.slow))
    /** The long and the short position are kept apart: while an exit waits, both may be there. */
    const held = new Map<1 | -1, boolean>([
      [1, false],
      [-1, false],
    ])
    const entries = new Map<OrderNumber, 1 | -1>()
    const exits = new Map<OrderNumber, 1 | -1>()

    return {
      onBar(bar, { orders }) {
        const side = crossedAbove(fast, slow) ? 1 : crossedBelow(fast, slow) ? -1 : undefined
        if (side === undefined) return
        const other = side === 1 ? -1 : 1
        if (held.get(other) === true)
          exits.set(orders.limit(bar.instrument, side * params.shares, middle(bar), { tif: 'day', tag: 'exit' }), other)
        entries.set(orders.limit(bar.instrument, side * params.shares, middle(bar), { tif: 'day', tag: 'entry' }), side)
      },
      onFill(fill) {
        const entered = entries.get(fill.orderNumber)
        if (entered !== undefined) held.set(entered, true)
        const left = exits.get(fill.orderNumber)
        if (left !== undefined) held.set(left, false)
      },
      onOrderEvent({ kind, order }, { orders }) {
        const left = exits.get(order.number)
        if (kind === 'expired' && left !== undefined)
          exits.set(orders.market(order.instrument, -left * params.shares, { tag: 'exit' }), left)
      },
    }
  },
})

function middle(bar: Bar): number {
  return Math.round((bar.low + (bar.high - bar.low) / 2) * 100) / 100
}
