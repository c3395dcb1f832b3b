import type { IBroker, SubmitOutcome } from '@onetape/core'

/** Counts what is under way at a broker: time may move on when nothing is. */
export class Traffic {
  /** Requests without an outcome. */
  pending = 0
  /** Requests so far. */
  sent = 0

  /** The same broker, counted. */
  of(broker: IBroker): IBroker {
    const count = async (call: Promise<SubmitOutcome>): Promise<SubmitOutcome> => {
      this.sent++
      this.pending++
      try {
        return await call
      } finally {
        this.pending--
      }
    }
    return {
      executeOrder: (order) => count(broker.executeOrder(order)),
      executeOrders: (orders) =>
        (broker.executeOrders?.(orders) ?? orders.map((order) => broker.executeOrder(order))).map(count),
      modifyOrder: (id, changes) => count(broker.modifyOrder(id, changes)),
      cancelOrder: (id) => count(broker.cancelOrder(id)),
      checkBuyingPower: (order) => broker.checkBuyingPower(order),
      calculateCommission: (order, price) => broker.calculateCommission(order, price),
      calculateSlippage: (order, price) => broker.calculateSlippage(order, price),
      getPositions: () => broker.getPositions(),
      getCashBalance: () => broker.getCashBalance(),
      getAccount: () => broker.getAccount(),
      getOpenOrders: () => broker.getOpenOrders(),
      events: broker.events,
    }
  }
}
