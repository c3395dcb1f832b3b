import { type CommissionReport, type Contract, type Execution, SecType } from '@stoqey/ib'
import type { EpochMs, ExecutionId, OrderId, Shares, Usd, UsdPerShare } from '@onetape/core'
import { ourSymbol } from '../contract/contract-spec.ts'
import { parseTwsTime } from '../time/tws-time.ts'
import type { BrokerDesk } from './broker-desk.ts'
import { readCommission } from './commission.ts'
import { ExecutionBook } from './execution-book.ts'
import { orderIdOf } from './order-reference.ts'
import type { OrderWatch } from './order-watch.ts'

/** An execution of the day, as TWS reports it. */
export interface IbkrExecution {
  readonly executionId: ExecutionId
  /** Undefined for orders without a reference of ours. */
  readonly orderId: OrderId | undefined
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly quantity: Shares
  readonly price: UsdPerShare
  readonly time: EpochMs
}

/** How long executions may lag behind a state that counts them. */
const LAG_MS = 2_000
const REMEMBERED = 200_000

/** Reads executions and commissions: each is told once, however often and in whatever order TWS reports it. */
export class ExecutionWatch {
  readonly #desk: BrokerDesk
  readonly #orders: OrderWatch
  readonly #book = new ExecutionBook(REMEMBERED)
  /** Commissions that came before their execution. */
  readonly #early = new Map<ExecutionId, Usd>()
  readonly #told = new Map<ExecutionId, Usd>()
  readonly #missing: () => void
  #laggard = false

  /** @param missing called when a state counts shares of which no execution has come for a while */
  constructor(desk: BrokerDesk, orders: OrderWatch, missing: () => void) {
    this.#desk = desk
    this.#orders = orders
    this.#missing = missing
    const { hub, clientId } = desk.session
    hub.on('execDetails', (_request, contract, execution) => this.#execution(contract, execution))
    hub.on('commissionReport', (report) => this.#commission(report))
    hub.on('orderStatus', (id, _status, filled, _rest, _average, _perm, _parent, _last, client) => {
      const order = client === undefined || client === clientId ? desk.orders.ofWire(id) : undefined
      if (order !== undefined && (filled ?? 0) > order.executed + 1e-9) this.#expect()
    })
  }

  /** A report as data; undefined, with a notice, when it makes no sense. */
  read(contract: Contract, execution: Execution): IbkrExecution | undefined {
    const { session, contracts, orders, zone } = this.#desk
    const { execId, price, orderRef = '', side } = execution
    const quantity = execution.shares ?? NaN // 0 takes an execution back
    const isReadable = quantity === 0 || (quantity > 0 && quantity < Infinity && isPrice(price, contract))
    if (!execId || price === undefined || !Number.isFinite(price) || !isReadable) {
      session.notify('critical', 'ibkr.execution', `An execution that cannot be read: ${JSON.stringify(execution)}`)
      return undefined
    }
    const own = execution.clientId === session.clientId ? orders.ofWire(execution.orderId ?? 0) : undefined
    const time = parseTwsTime(execution.time ?? '', zone)
    return {
      executionId: execId as ExecutionId,
      orderId: orderRef === '' ? own?.orderId : orderIdOf(orderRef),
      symbol: contracts.symbolOf(contract.conId) ?? ourSymbol(contract),
      side: side === 'SLD' ? 'sell' : 'buy',
      quantity,
      price,
      time: Number.isNaN(time) ? session.now() : time,
    }
  }

  /** False for an execution that was corrected since. */
  stands(id: ExecutionId): boolean {
    return this.#book.stands(id)
  }

  #execution(contract: Contract, execution: Execution): void {
    const { session, account } = this.#desk
    const read = execution.acctNumber === account ? this.read(contract, execution) : undefined
    if (read === undefined) return
    const { executionId, orderId, quantity, price } = read
    const news = this.#book.take(executionId, orderId, quantity)
    if (news.kind === 'repeat') return
    if (orderId === undefined) {
      const text = `A fill of an order that is not ours: ${read.side} ${quantity} ${read.symbol} at ${price}.`
      return session.notify('warning', 'ibkr.foreign_fill', text)
    }
    this.#tell(read, orderId, news)
    const early = this.#early.get(executionId)
    if (early === undefined) return
    this.#early.delete(executionId)
    this.#tellCommission(executionId, orderId, early)
  }

  #tell(
    { executionId, quantity, price, time }: IbkrExecution,
    orderId: OrderId,
    news: Exclude<ReturnType<ExecutionBook['take']>, { kind: 'repeat' }>,
  ): void {
    const { session, orders, events } = this.#desk
    const order = orders.of(orderId)
    if (order !== undefined) this.#orders.accepted(order)
    if (news.kind === 'correction') {
      const { superseded } = news
      if (order !== undefined) order.executed += quantity - news.quantity
      session.notify('critical', 'ibkr.corrected', `Execution ${superseded} became ${executionId}.`, orderId)
      events.next({ kind: 'corrected', orderId, time, executionId, superseded, quantity, price })
    } else {
      if (order !== undefined) order.executed += quantity
      events.next({ kind: 'filled', orderId, time, executionId, quantity, price })
    }
    const whole = order?.order?.totalQuantity
    if (order !== undefined && whole !== undefined && order.executed >= whole - 1e-9) this.#orders.finished(order)
  }

  #commission(report: CommissionReport): void {
    const read = readCommission(report)
    if (read.kind === 'missing') return
    if (read.kind === 'foreign-currency') {
      const text = `A commission of ${read.amount} ${read.currency} for ${report.execId}: only USD are booked.`
      return this.#desk.session.notify('warning', 'ibkr.commission', text)
    }
    const orderId = this.#book.orderOf(read.executionId)
    if (orderId === undefined) return
    if (orderId !== 'unreported') return this.#tellCommission(read.executionId, orderId, read.usd)
    this.#early.set(read.executionId, read.usd)
    if (this.#early.size > REMEMBERED) this.#early.delete(this.#early.keys().next().value!)
  }

  /** Once per execution and figure: TWS repeats it whenever executions are asked for. */
  #tellCommission(executionId: ExecutionId, orderId: OrderId, commission: Usd): void {
    if (this.#told.get(executionId) === commission) return
    this.#told.set(executionId, commission)
    if (this.#told.size > REMEMBERED) this.#told.delete(this.#told.keys().next().value!)
    this.#desk.events.next({ kind: 'commission', orderId, time: this.#desk.session.now(), executionId, commission })
  }

  #expect(): void {
    if (this.#laggard) return
    this.#laggard = true
    this.#desk.session.timing.after(LAG_MS, () => {
      this.#laggard = false
      const late = this.#desk.orders.open.some((order) => order.stage === 'live')
      if (late) this.#missing()
    })
  }
}

/** Futures have traded at zero and below. */
function isPrice(price = NaN, { secType }: Contract): boolean {
  return price > 0 || secType === SecType.FUT
}
