import { calendar } from '@onetape/calendar'
import type {
  ApprovedOrder,
  BarColumns,
  BrokerEvent,
  ExecutionId,
  IBroker,
  Instrument,
  OrderChanges,
  OrderId,
  SubmitOutcome,
} from '@onetape/core'
import { ORDER_TYPES, OrderStateCode, TIMES_IN_FORCE } from '@onetape/core'
import type { SlippageModel } from '@onetape/costs'
import { Venue, type VenueListener, type VenueOrder } from '@onetape/matching'

/** A broker that works: the simulated venue behind the asynchronous port, with its own account of positions. */
export class VenueBroker implements IBroker, VenueListener {
  readonly venue: Venue
  readonly #ids: OrderId[] = []
  readonly #numbers = new Map<OrderId, number>()
  readonly #emit: (event: BrokerEvent) => void
  #now = 0
  #executions = 0

  constructor(instruments: readonly Instrument[], slippage: SlippageModel, emit: (event: BrokerEvent) => void) {
    this.venue = new Venue({ slippage }, this)
    for (const i of instruments) this.venue.addInstrument(i, calendar(i.calendar))
    this.#emit = emit
  }

  set now(time: number) {
    this.#now = time
  }

  onBar(id: number, columns: BarColumns, i: number): void {
    this.venue.onBar(id, columns, i, columns.end[i]!)
  }

  executeOrder(approved: ApprovedOrder): Promise<SubmitOutcome> {
    const order = this.venue.order()
    order.number = this.#ids.length
    this.#numbers.set(approved.id, order.number)
    this.#ids.push(approved.id)
    order.instrument = approved.instrument.id
    order.side = approved.side === 'buy' ? 1 : -1
    order.type = ORDER_TYPES.indexOf(approved.type)
    order.tif = TIMES_IN_FORCE.indexOf(approved.tif ?? 'day')
    order.quantity = approved.quantity
    order.limit = approved.limitPrice ?? NaN
    order.stop = approved.stopPrice ?? NaN
    this.venue.submit(order, this.#now)
    return Promise.resolve({ kind: 'accepted', brokerRef: String(order.number) })
  }

  cancelOrder(id: OrderId): Promise<SubmitOutcome> {
    this.venue.cancel(this.#numbers.get(id)!, this.#now, 'requested')
    return Promise.resolve({ kind: 'accepted', brokerRef: '' })
  }

  modifyOrder(id: OrderId, changes: OrderChanges): Promise<SubmitOutcome> {
    this.venue.modify(
      this.#numbers.get(id)!,
      { quantity: changes.quantity, limit: changes.limitPrice, stop: changes.stopPrice },
      this.#now,
    )
    return Promise.resolve({ kind: 'accepted', brokerRef: '' })
  }

  accepted(): void {}
  triggered(): void {}
  affordable(_order: VenueOrder, quantity: number): number {
    return quantity
  }
  sizeAtFill(): number {
    return 0
  }
  filled(order: VenueOrder, quantity: number, price: number, time: number): void {
    this.venue.position[order.instrument]! += order.side * quantity
    const executionId = `x${this.#executions++}` as ExecutionId
    const event: BrokerEvent = { kind: 'filled', orderId: this.#ids[order.number]!, executionId, quantity, price, time }
    this.#emit(event)
    // A repeat changes nothing.
    this.#emit(event)
  }
  ended(order: VenueOrder, state: number, code: string, time: number): void {
    const orderId = this.#ids[order.number]!
    if (state === OrderStateCode.expired) this.#emit({ kind: 'expired', orderId, time })
    else if (state === OrderStateCode.cancelled) this.#emit({ kind: 'cancelled', orderId, time })
    else this.#emit({ kind: 'rejected', orderId, time, code, detail: code })
  }
  replaced(): void {}
  replaceRejected(): void {}

  readonly events: IBroker['events'] = { subscribe: () => ({ unsubscribe() {} }) }
  checkBuyingPower = (): ReturnType<IBroker['checkBuyingPower']> =>
    Promise.resolve({ kind: 'unknown', detail: 'not asked' })
  calculateCommission = (): number => 0
  calculateSlippage = (): number => 0
  getPositions = (): ReturnType<IBroker['getPositions']> => Promise.resolve({ kind: 'unknown', detail: 'not asked' })
  getCashBalance = (): ReturnType<IBroker['getCashBalance']> =>
    Promise.resolve({ kind: 'unknown', detail: 'not asked' })
  getAccount = (): ReturnType<IBroker['getAccount']> => Promise.resolve({ kind: 'unknown', detail: 'not asked' })
  getOpenOrders = (): ReturnType<IBroker['getOpenOrders']> => Promise.resolve({ kind: 'unknown', detail: 'not asked' })
}
