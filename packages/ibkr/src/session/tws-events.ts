import type { CommissionReport, Contract, Execution, Order, OrderState } from '@stoqey/ib'

/** What TWS sends without the id of a request, or to those who did not ask: name and arguments as the client has them. */
export interface TwsEvents {
  openOrder: [orderId: number, contract: Contract, order: Order, state: OrderState]
  openOrderEnd: []
  orderStatus: [
    orderId: number,
    status: string,
    filled: number | undefined,
    remaining: number | undefined,
    averagePrice: number | undefined,
    permId: number | undefined,
    parentId: number | undefined,
    lastPrice: number | undefined,
    clientId: number | undefined,
    whyHeld: string | undefined,
  ]
  completedOrder: [contract: Contract, order: Order, state: OrderState]
  completedOrdersEnd: []
  execDetails: [requestId: number, contract: Contract, execution: Execution]
  commissionReport: [report: CommissionReport]
  position: [account: string, contract: Contract, quantity: number | undefined, averageCost: number | undefined]
  positionEnd: []
  /** A message with an id that is no request's: that of an order. */
  orderMessage: [orderId: number, code: number, text: string]
}

/** Those that the client itself emits. */
export const HUB_EVENTS: readonly (keyof TwsEvents)[] = [
  'openOrder',
  'openOrderEnd',
  'orderStatus',
  'completedOrder',
  'completedOrdersEnd',
  'execDetails',
  'commissionReport',
  'position',
  'positionEnd',
]

/** Answers and streams whose first argument is the id of the request. */
export const REQUEST_EVENTS = [
  'contractDetails',
  'contractDetailsEnd',
  'headTimestamp',
  'historicalData',
  'realtimeBar',
  'tickPrice',
  'tickSize',
  'tickString',
  'tickGeneric',
  'marketDataType',
  'execDetails',
  'execDetailsEnd',
  'accountSummary',
  'accountSummaryEnd',
] as const

export type RequestEvent = (typeof REQUEST_EVENTS)[number]

/** Listeners by name. A listener that throws is reported and hurts no other. */
export class TwsEventHub {
  readonly #listeners = new Map<keyof TwsEvents, Set<unknown>>()
  readonly #failed: (error: unknown) => void

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** Listens until what is returned is called. */
  on<K extends keyof TwsEvents>(name: K, listener: (...args: TwsEvents[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, set)
    set.add(listener)
    return () => set.delete(listener)
  }

  emit<K extends keyof TwsEvents>(name: K, ...args: TwsEvents[K]): void {
    for (const listener of this.#listeners.get(name) ?? [])
      try {
        // Of this name by `on`.
        ;(listener as (...args: TwsEvents[K]) => void)(...args)
      } catch (error) {
        this.#failed(error)
      }
  }
}
