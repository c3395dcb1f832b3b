import { type Strategy, defineStrategy } from '@onetape/core'

/** One event of one order, as it was told to the strategy. */
export interface SeenEvent {
  readonly time: number
  readonly text: string
}

/** The same strategy, which also notes every event of its orders: fills, denials, ends, changes, in order. */
export function watched(strategy: Strategy<any>, seen: SeenEvent[]): Strategy<any> {
  return defineStrategy({
    ...strategy,
    create: (setup) => {
      const handlers = strategy.create(setup)
      return {
        ...handlers,
        onOrderEvent(event, ctx) {
          const { order, kind, time } = event
          const fill = event.kind === 'filled' ? [event.fill.quantity, event.fill.price, event.fill.fee] : []
          const figures = [order.quantity, order.filled, order.limitPrice, order.stopPrice, order.code, ...fill]
          seen.push({ time, text: [time, order.id, order.side, order.type, order.tif, kind, ...figures].join(' ') })
          handlers.onOrderEvent?.(event, ctx)
        },
      }
    },
  })
}
