import type { ApprovedOrder, IBroker, SubmitOutcome } from '@onetape/core'
import { silentBroker } from '@onetape/engine'

/** A broker that is silent until the tape has been replayed, and then the real one. */
export class SwitchBroker implements IBroker {
  target: IBroker = silentBroker()

  executeOrder(...args: Parameters<IBroker['executeOrder']>): ReturnType<IBroker['executeOrder']> {
    return this.target.executeOrder(...args)
  }
  executeOrders(orders: readonly ApprovedOrder[]): readonly Promise<SubmitOutcome>[] {
    return this.target.executeOrders?.(orders) ?? orders.map((order) => this.target.executeOrder(order))
  }
  modifyOrder(...args: Parameters<IBroker['modifyOrder']>): ReturnType<IBroker['modifyOrder']> {
    return this.target.modifyOrder(...args)
  }
  cancelOrder(...args: Parameters<IBroker['cancelOrder']>): ReturnType<IBroker['cancelOrder']> {
    return this.target.cancelOrder(...args)
  }
  checkBuyingPower(...args: Parameters<IBroker['checkBuyingPower']>): ReturnType<IBroker['checkBuyingPower']> {
    return this.target.checkBuyingPower(...args)
  }
  calculateCommission(...args: Parameters<IBroker['calculateCommission']>): number {
    return this.target.calculateCommission(...args)
  }
  calculateSlippage(...args: Parameters<IBroker['calculateSlippage']>): number {
    return this.target.calculateSlippage(...args)
  }
  getPositions(): ReturnType<IBroker['getPositions']> {
    return this.target.getPositions()
  }
  getCashBalance(): ReturnType<IBroker['getCashBalance']> {
    return this.target.getCashBalance()
  }
  getAccount(): ReturnType<IBroker['getAccount']> {
    return this.target.getAccount()
  }
  getOpenOrders(): ReturnType<IBroker['getOpenOrders']> {
    return this.target.getOpenOrders()
  }
  get events(): IBroker['events'] {
    return this.target.events
  }
}
