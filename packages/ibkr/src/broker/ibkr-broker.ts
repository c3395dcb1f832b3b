import type { Contract, Execution } from '@stoqey/ib'
import type {
  AccountSnapshot,
  ApprovedOrder,
  BrokerEvent,
  IBroker,
  Known,
  OrderChanges,
  OrderId,
  OrderRequest,
  PositionSnapshot,
  SubmitOutcome,
  Usd,
  UsdPerShare,
  WorkingOrder,
} from '@onetape/core'
import { type FeeModel, halfSpread, ibkrFixedFee, type SlippageModel } from '@onetape/costs'
import type { Observable } from 'rxjs'
import type { TwsSession } from '../session/tws-session.ts'
import { AccountReader } from './account-reader.ts'
import { BrokerDesk, type IbkrBrokerOptions } from './broker-desk.ts'
import { ExecutionWatch, type IbkrExecution } from './execution-watch.ts'
import { known } from './known.ts'
import { OrderSender } from './order-sender.ts'
import { OrderWatch } from './order-watch.ts'
import { askCompletedOrders, askOpenOrders, type IbkrCompletedOrder } from './venue-lists.ts'
import { askMargin } from './what-if.ts'

/**
 * Sends approved orders to TWS and tells what becomes of them. Whatever the venue says is an event, also what is the
 * outcome of a request; refusals that never left this process are outcomes only. Executions are the truth: they are
 * known by their ids, and are asked for again after every loss.
 */
export class IbkrBroker implements IBroker {
  readonly events: Observable<BrokerEvent>
  readonly #desk: BrokerDesk
  readonly #sender: OrderSender
  readonly #watch: OrderWatch
  readonly #executions: ExecutionWatch
  readonly #reader: AccountReader
  readonly #fees: FeeModel
  readonly #slippage: SlippageModel
  #resyncing: Promise<void> | undefined

  /** Make it before the session starts: TWS reports orders of before as soon as it is connected. */
  constructor(session: TwsSession, options: IbkrBrokerOptions = {}) {
    const desk = new BrokerDesk(session, options)
    desk.resync = () => void this.resync()
    this.#desk = desk
    this.#sender = new OrderSender(desk)
    this.#watch = new OrderWatch(desk, this.#sender)
    this.#executions = new ExecutionWatch(desk, this.#watch, () => void this.getExecutions())
    this.#reader = new AccountReader(session, desk.contracts, (symbol) => options.instrument?.(symbol))
    this.#fees = options.fees ?? ibkrFixedFee()
    this.#slippage = options.slippage ?? halfSpread()
    this.events = desk.events.asObservable()
    session.restored.subscribe(() => void this.resync())
    session.states.subscribe(({ kind }) => {
      if (kind === 'waiting' || kind === 'stopped' || kind === 'connecting') this.#watch.linkLost()
    })
    const { checkMs = 60_000 } = options
    if (checkMs > 0) this.#checkEvery(checkMs)
  }

  /** The account that is traded; undefined while not connected, and when the login has several and none was chosen. */
  get account(): string | undefined {
    return this.#desk.account
  }

  /**
   * Sends an order. Orders given in one go are sent together: a parent with its children as one family, of which TWS
   * acts on none before the last has arrived.
   */
  executeOrder(order: ApprovedOrder): Promise<SubmitOutcome> {
    return this.#sender.submit(order)
  }

  /** Orders of one decision leave before it returns, unless their contract must be asked for first. */
  executeOrders(orders: readonly ApprovedOrder[]): readonly Promise<SubmitOutcome>[] {
    return this.#sender.submitAll(orders)
  }

  /** Sends the whole order again with the changes. Unless the outcome is `accepted`, count on the original. */
  modifyOrder(id: OrderId, changes: OrderChanges): Promise<SubmitOutcome> {
    return this.#sender.modify(id, changes)
  }

  /** `accepted` means that the cancellation is under way: fills may still come before the event `cancelled`. */
  cancelOrder(id: OrderId): Promise<SubmitOutcome> {
    return this.#sender.cancel(id)
  }

  /** Margin that the order would take by TWS' own what-if, and what is free of it. */
  async checkBuyingPower(order: OrderRequest): Promise<Known<{ readonly required: Usd; readonly available: Usd }>> {
    return await known(() => askMargin(this.#desk, order))
  }

  calculateCommission(order: OrderRequest, price: UsdPerShare): Usd {
    const value = order.quantity * price * order.instrument.multiplier
    return this.#fees.orderFee(order.quantity, value, order.side === 'buy' ? 1 : -1, this.#desk.session.now(), 0)
  }

  calculateSlippage(order: OrderRequest, price: UsdPerShare): UsdPerShare {
    const side = order.side === 'buy' ? 1 : -1
    const unknown = {
      volume: NaN,
      taken: 0,
      spread: NaN,
      high: price,
      low: price,
      averageVolume: NaN,
      volatility: NaN,
    }
    return (this.#slippage.price(side, price, order.quantity, unknown) - price) * side
  }

  /** Mark and profits are NaN: TWS states them elsewhere, and the engine has its own. Average costs contain commissions. */
  getPositions(): Promise<Known<readonly PositionSnapshot[]>> {
    return this.#ofAccount((account) => this.#reader.positions(account))
  }

  getCashBalance(): Promise<Known<Usd>> {
    return this.#ofAccount(async (account) => (await this.#reader.account(account)).cash)
  }

  getAccount(): Promise<Known<AccountSnapshot>> {
    return this.#ofAccount((account) => this.#reader.account(account))
  }

  /** Every working order of the account, of other clients and of people too; those without our reference have no id. */
  getOpenOrders(): Promise<Known<readonly WorkingOrder[]>> {
    return this.#ofAccount((account) => askOpenOrders(this.#desk.session, account))
  }

  /** Orders of today that are over. */
  getCompletedOrders(): Promise<Known<readonly IbkrCompletedOrder[]>> {
    return this.#ofAccount((account) => askCompletedOrders(this.#desk.session, account))
  }

  /**
   * Executions of today that stand: TWS forgets those before midnight. Those that were not known yet come as events
   * first.
   */
  getExecutions(): Promise<Known<readonly IbkrExecution[]>> {
    return this.#ofAccount(async (account) => {
      const found: IbkrExecution[] = []
      const all = await this.#desk.session.ask<readonly IbkrExecution[]>({
        what: 'executions',
        send: (api, id) => void api.reqExecutions(id, { acctCode: account }),
        event: (name, args, done) => {
          if (name === 'execDetailsEnd') done(found)
          if (name !== 'execDetails') return
          const read = this.#executions.read(args[0] as Contract, args[1] as Execution)
          if (read !== undefined) found.push(read)
        },
      })
      return all.filter(({ executionId }) => this.#executions.stands(executionId))
    })
  }

  /**
   * Asks for executions, open and completed orders; whatever was missed comes as events. Happens by itself after every
   * loss and every doubt; a call while it runs waits for that one.
   */
  async resync(): Promise<void> {
    this.#resyncing ??= this.#resyncNow()
    try {
      await this.#resyncing
    } finally {
      this.#resyncing = undefined
    }
  }

  async #resyncNow(): Promise<void> {
    const { session, orders } = this.#desk
    if (session.state.kind !== 'online') return
    // Those of which the answers can tell: not what is sent meanwhile.
    const asked = orders.open.filter(({ submit }) => submit === undefined)
    const executions = await this.getExecutions()
    const open = await this.getOpenOrders()
    const completed = await this.getCompletedOrders()
    for (const answer of [executions, open, completed])
      if (answer.kind === 'unknown') session.notify('warning', 'ibkr.resync', answer.detail)
    if (executions.kind !== 'known' || open.kind !== 'known' || completed.kind !== 'known') return
    const live = new Set(open.value.map(({ orderId }) => orderId))
    const over = new Map(completed.value.map((order) => [order.orderId, order]))
    for (const order of asked) {
      if (order.stage === 'ended' || live.has(order.orderId)) continue
      const end = over.get(order.orderId)
      if (end?.outcome === 'filled') this.#watch.finished(order)
      else if (end !== undefined) this.#watch.ended(order, end.outcome, 'ibkr.completed', end.detail)
      else if (order.stage === 'sent') {
        order.traceless = true
        // A leg that waits for the rest of its family waits in silence: no list shows it.
        if (order.order?.transmit === false) this.#sender.sendCancel(order)
      }
    }
    session.notify('info', 'ibkr.resynced', 'Orders and executions were read again.')
  }

  #checkEvery(ms: number): void {
    const { session, orders } = this.#desk
    session.timing.after(ms, () => {
      if (orders.open.length > 0) void this.resync()
      this.#checkEvery(ms)
    })
  }

  async #ofAccount<T>(ask: (account: string) => Promise<T>): Promise<Known<T>> {
    const { account } = this
    if (account === undefined) return { kind: 'unknown', detail: this.#desk.accountProblem }
    return await known(() => ask(account))
  }
}
