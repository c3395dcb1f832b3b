import {
  type EpochMs,
  isInputError,
  OrderStateCode,
  OrderTypeCode,
  type Random,
  type Shares,
  snapToTick,
  type Usd,
  type UsdPerShare,
  usEquityTick,
} from '@onetape/core'
import type { FeeModel } from '@onetape/costs'
import { Venue, type VenueListener, type VenueOptions, type VenueOrder } from '@onetape/matching'
import type { Timeline } from '../clock/timeline.ts'
import type { Listing, Listings } from '../market/listing.ts'
import { moneyText, numberText } from '../wire/number-text.ts'
import { isSet, type PlaceOrder } from '../wire/place-order.ts'
import { type NamedZone, parseTime, zonedText } from '../wire/time-text.ts'
import type { Account } from './account.ts'
import type { DeskListener } from './desk-listener.ts'
import { allowsOutside, type Notice, type OrderTerms, readTerms, waitsForTrigger } from './order-check.ts'
import { conditionsMet } from './order-conditions.ts'
import { averagePrice, type ExecutionRecord, isOver, type OrderRecord, type OrderStatus } from './order-record.ts'

export interface DeskOptions {
  readonly accounts: ReadonlyMap<string, Account>
  readonly listings: Listings
  readonly fees: FeeModel
  readonly random: Random
  readonly timeline: Timeline
  readonly zone: NamedZone
  readonly venue: Partial<VenueOptions>
  readonly crossClientCancel: boolean
  /** Repeats openOrder and orderStatus now and then, as real Gateways do. */
  readonly repeats: boolean
  /** Fills are at prices that the stock can have: rounded to its tick, against the order. */
  readonly snapFills: boolean
  readonly firstIds: FirstIds
  /** Something that has to outlive a restart is about to change. */
  changed(): void
}

/** Where ids that an account has once and for all begin. */
export interface FirstIds {
  readonly permId: number
  /** Second part of execution ids: seconds since 1970. */
  readonly second: number
}

/** Always the same, for runs that have to be repeatable: those of a captured execution. */
export const CAPTURED_IDS: FirstIds = { permId: 1_518_189_976, second: 0x69dd_7411 }

/** Others in each run, so that a client which remembers those of an earlier run does not take new ones for known. */
export function idsFrom(time: EpochMs): FirstIds {
  return { permId: 1_000_000_000 + (Math.floor(time / 100) % 1_000_000_000), second: Math.floor(time / 1000) }
}

/** Refuses the next requests that match, instead of handling them. */
export interface Rejection {
  readonly on: 'place' | 'modify' | 'cancel'
  readonly code: number
  readonly text: string
  readonly symbol?: string | undefined
  readonly advancedReject?: string | undefined
  count: number
}

/** Active orders per contract, side and account that IBKR takes. */
const MOST_ORDERS = 20

/**
 * Takes orders as TWS does, sends them to the venue and tells what becomes of them, in the sequences that real
 * Gateways were seen to use. Books executions on the accounts.
 */
export class OrderDesk implements VenueListener {
  readonly venue: Venue
  /** Every order of the session, also those that are over, by permId. */
  readonly orders: Map<number, OrderRecord> = new Map()
  readonly executions: ExecutionRecord[] = []
  /** Highest order id of each client. */
  readonly highestId: Map<number, number> = new Map()
  nextPermId: number
  nextExecution: number = 1
  readonly rejections: Rejection[] = []
  /** Symbols whose short sales wait for shares to borrow, with how long in milliseconds. */
  readonly locates: Map<string, number> = new Map()
  /** Milliseconds between accepting and confirming a cancel; 0 at once. */
  cancelDelayMs: number = 0
  /** The next modification leaves the order alone and makes a second one with the same reference. */
  twinNextModify: boolean = false
  #linkUp: boolean = true
  readonly #held: OrderRecord[] = []
  readonly #heldCancels: OrderRecord[] = []
  readonly #byId: Map<string, OrderRecord> = new Map()
  readonly #byKey: Map<number, OrderRecord> = new Map()
  readonly #groups: Map<string, number> = new Map()
  /** Orders whose acceptance by the venue is told elsewhere or not at all. */
  readonly #silent: Set<OrderRecord> = new Set()
  #nextKey: number = 1
  #lowestBound: number = 0
  readonly #options: DeskOptions
  readonly #tell: DeskListener

  constructor(options: DeskOptions, listener: DeskListener) {
    this.#options = options
    this.nextPermId = options.firstIds.permId
    this.#tell = listener
    this.venue = new Venue(options.venue, this)
    for (const listing of options.listings.all)
      this.venue.addInstrument({ ...listing.spec, id: listing.index }, listing.calendar)
  }

  get #now(): EpochMs {
    return this.#options.timeline.now()
  }

  /** The next order id that a client may use. */
  nextId(clientId: number): number {
    return (this.highestId.get(clientId) ?? 0) + 1
  }

  /** Orders that are not over, in the order in which they came; not those that wait to be transmitted. */
  openOrders(): OrderRecord[] {
    return [...this.orders.values()].filter((order) => !isOver(order) && order.hold !== 'transmit')
  }

  completedOrders(): OrderRecord[] {
    return [...this.orders.values()].filter((order) => isOver(order) && order.completedAt > 0)
  }

  // ------------------------------------------------------------------------------------------------ new orders

  /** The stock that an order is for, undefined when there is none. */
  listingOf({ text }: PlaceOrder): Listing | undefined {
    return this.#options.listings.find({
      conId: Number(text['conId']) || 0,
      symbol: text['symbol'] ?? '',
      secType: text['secType'] ?? '',
      lastTradeDate: '',
      right: '',
      exchange: text['exchange'] ?? '',
      primaryExchange: text['primaryExchange'] ?? '',
      currency: text['currency'] ?? '',
      localSymbol: text['localSymbol'] ?? '',
      tradingClass: '',
    })
  }

  place(clientId: number, request: PlaceOrder): void {
    this.#options.changed()
    const { orderId, text } = request
    const listing = this.listingOf(request)
    if (listing === undefined)
      return this.#refuse(clientId, orderId, {
        code: 200,
        text: 'No security definition has been found for the request',
      })
    const account = this.#accountOf(text['account'] ?? '')
    if (typeof account !== 'object') return this.#refuse(clientId, orderId, accountFault(text['account'] ?? ''))
    const known = this.#byId.get(idKey(clientId, orderId))
    if (known !== undefined && !isOver(known)) return this.#change(known, request, listing)
    const rejection = this.#takeRejection('place', listing)
    const terms = readTerms(text, listing, this.#now, (t) => this.#instant(t))
    if (isSet(text['whatIf'])) return this.#answerWhatIf(clientId, request, listing, account, terms)
    if (known !== undefined && known.status === 'Filled')
      return this.#refuse(clientId, orderId, { code: 104, text: 'Cannot modify a filled order.' })
    if (orderId < this.nextId(clientId))
      return this.#refuse(clientId, orderId, { code: 103, text: 'Duplicate order id' })
    if ('code' in terms) return this.#refuse(clientId, orderId, terms)
    const parentId = Number(text['parentId']) || 0
    const parent = parentId === 0 ? undefined : this.#byId.get(idKey(clientId, parentId))
    if (parentId !== 0 && parent === undefined)
      return this.#refuse(clientId, orderId, { code: 10_006, text: 'Missing parent order.' })
    this.highestId.set(clientId, orderId)
    const order = this.#record(clientId, request, listing, account, terms, parent)
    if (rejection !== undefined) return this.#reject(order, rejection, rejection.advancedReject)
    this.orders.set(order.permId, order)
    this.#byId.set(idKey(clientId, orderId), order)
    this.#warn(order, terms)
    if (!isSet(text['transmit'])) return
    this.#transmit(order, parent)
  }

  /** An order that somebody enters in TWS: no client, order id 0 until client 0 binds it. */
  placeManual(listing: Listing, action: 'BUY' | 'SELL', quantity: Shares, limit: UsdPerShare | undefined): void {
    const text = {
      conId: String(listing.conId),
      exchange: 'SMART',
      action,
      totalQuantity: String(quantity),
      orderType: limit === undefined ? 'MKT' : 'LMT',
      lmtPrice: limit === undefined ? '' : String(limit),
      tif: 'DAY',
      transmit: '1',
    }
    const terms = readTerms(text, listing, this.#now, () => undefined)
    const account: Account | undefined = this.#options.accounts.values().next().value
    if ('code' in terms || account === undefined) return
    const order = this.#record(
      0,
      { kind: 'placeOrder', orderId: 0, text, blocks: {} },
      listing,
      account,
      terms,
      undefined,
    )
    this.orders.set(order.permId, order)
    this.#release(order)
  }

  /** Gives orders that were entered in TWS an id of client 0, a negative one; those that have one keep it. */
  bindManual(): OrderRecord[] {
    const bound = [...this.orders.values()].filter((order) => order.orderId === 0 && !isOver(order))
    for (const order of bound) {
      order.orderId = --this.#lowestBound
      this.#byId.set(idKey(0, order.orderId), order)
    }
    return bound
  }

  #record(
    clientId: number,
    { orderId, text, blocks }: PlaceOrder,
    listing: Listing,
    account: Account,
    terms: OrderTerms,
    parent: OrderRecord | undefined,
  ): OrderRecord {
    return {
      key: -1,
      orderId,
      clientId,
      permId: this.nextPermId++,
      account: account.id,
      listing,
      text,
      blocks,
      side: terms.side,
      quantity: terms.quantity,
      filled: 0,
      base: 0,
      triggered: false,
      level: Number.NaN,
      value: 0,
      lastPrice: 0,
      commission: 0,
      status: 'PreSubmitted',
      whyHeld: '',
      hold: 'transmit',
      // The Gateway joins the children of one parent itself.
      ocaGroup: text['ocaGroup'] || (parent === undefined ? '' : String(parent.permId)),
      parentId: parent?.orderId ?? 0,
      parentPermId: parent?.permId ?? 0,
      feeDate: '',
      feeShares: 0,
      feeValue: 0,
      fee: 0,
      placedAt: this.#now,
      completedAt: 0,
      completedStatus: '',
    }
  }

  /** Sends an order with what waits for it: its parent first, then the parent's other children. */
  #transmit(order: OrderRecord, parent: OrderRecord | undefined): void {
    const family = [
      ...(parent === undefined ? [] : [parent]),
      ...[...this.orders.values()].filter(
        (other) => other !== order && other.parentPermId === (parent ?? order).permId && other.parentPermId !== 0,
      ),
    ]
    const set = parent === undefined ? [order, ...family] : [...family, order]
    for (const member of set) if (member.hold === 'transmit') this.#release(member)
  }

  /** Towards the venue, unless something holds the order back. */
  #release(order: OrderRecord): void {
    const { listing } = order
    const reason = this.#cannotAfford(order) ?? this.#tooMany(order)
    if (reason !== undefined) return this.#reject(order, { code: 201, text: `Order rejected - reason:${reason}` })
    if (!this.#linkUp) {
      order.hold = 'link'
      this.#held.push(order)
      return
    }
    const parent = order.parentPermId === 0 ? undefined : this.orders.get(order.parentPermId)
    if (parent !== undefined && !isOver(parent) && parent.hold !== '') {
      order.hold = 'parent'
      order.whyHeld = 'child'
      return this.#say(order, 'PreSubmitted')
    }
    const locate = this.locates.get(listing.symbol)
    const account = this.#options.accounts.get(order.account)!
    if (locate !== undefined && order.side < 0 && account.quantity(listing) < order.quantity) {
      order.hold = 'locate'
      order.whyHeld = 'locate'
      this.#error(order, 404, 'Order held while securities are located.')
      this.#say(order, 'PreSubmitted')
      this.#options.timeline.after(locate, () => {
        if (order.hold !== 'locate') return
        order.whyHeld = ''
        this.#toVenue(order)
      })
      return
    }
    if (!this.#ready(order)) {
      order.hold = 'condition'
      this.#held.push(order)
      this.#say(order, 'PreSubmitted')
      return
    }
    this.#toVenue(order)
  }

  /** Fills in a venue order and submits it. What has filled before stays out of its quantity. */
  #toVenue(order: OrderRecord): void {
    const terms = readTerms(order.text, order.listing, this.#now, (t) => this.#instant(t))
    if ('code' in terms) return this.#reject(order, terms)
    order.hold = ''
    const parent = order.parentPermId === 0 ? undefined : this.orders.get(order.parentPermId)
    if (parent !== undefined && isOver(parent) && parent.status !== 'Filled')
      return this.#close(order, 'Cancelled', 'Cancelled by System:')
    const o = this.venue.order()
    order.key = this.#nextKey++
    order.base = order.filled
    this.#byKey.set(order.key, order)
    o.number = order.key
    o.instrument = order.listing.index
    o.side = order.side
    o.type = order.triggered ? triggeredType(terms.type) : terms.type
    o.tif = terms.tif
    o.quantity = order.quantity - order.filled
    o.limit = terms.limit
    o.stop = order.level > 0 ? order.level : terms.stop
    o.trailAmount = terms.trailAmount
    o.trailPercent = terms.trailPercent
    o.limitOffset = terms.limitOffset
    o.goodTill = terms.goodTill
    o.outsideRth = terms.outsideRth
    if (order.triggered) o.stop = Number.NaN
    if (order.ocaGroup !== '') o.ocaGroup = this.#groupOf(order)
    if (parent !== undefined && !isOver(parent) && parent.key >= 0) o.parent = parent.key
    this.venue.submit(o, this.#now)
    for (const child of this.#childrenOf(order)) if (child.hold === 'parent') this.#toVenue(child)
    if (!isOver(order)) this.#tell.arrived(order.listing)
  }

  #groupOf(order: OrderRecord): number {
    const name = `${order.account}/${order.ocaGroup}`
    const found = this.#groups.get(name)
    if (found !== undefined) return found
    this.#groups.set(name, this.#groups.size)
    return this.#groups.size - 1
  }

  // ------------------------------------------------------------------------------------------- changes, cancels

  #change(order: OrderRecord, request: PlaceOrder, listing: Listing): void {
    const { clientId, orderId } = order
    const { text } = request
    const rejection = this.#takeRejection('modify', listing)
    if (rejection !== undefined)
      return this.#tell.orderError(clientId, orderId, rejection.code, rejection.text, rejection.advancedReject)
    const terms = readTerms(text, listing, this.#now, (t) => this.#instant(t))
    if ('code' in terms) return this.#refuse(clientId, orderId, terms)
    const before = readTerms(order.text, order.listing, this.#now, (t) => this.#instant(t))
    if (this.twinNextModify) return this.#placeTwin(order, request, terms)
    if (listing !== order.listing || terms.side !== order.side)
      return this.#refuse(clientId, orderId, {
        code: 105,
        text: 'Order being modified does not match original order.',
      })
    if (!(terms.quantity > order.filled))
      return this.#refuse(clientId, orderId, { code: 104, text: 'Cannot modify a filled order.' })
    const fixed = 'code' in before ? false : before.type !== terms.type && !mayBecome(before.type, terms.type)
    if (fixed)
      return this.#refuse(clientId, orderId, {
        code: 329,
        text: 'Order modify failed. Cannot change to the new order type.',
      })
    const waiting = order.hold === 'transmit'
    const whole = 'code' in before || before.type !== terms.type || before.tif !== terms.tif || order.triggered
    const text0 = order.text
    order.text = text
    order.blocks = request.blocks
    if (order.hold !== '') {
      order.quantity = terms.quantity
      if (waiting && isSet(text['transmit']))
        return this.#transmit(order, order.parentPermId === 0 ? undefined : this.orders.get(order.parentPermId))
      if (!waiting) this.#say(order, order.status)
      return
    }
    if (whole) return this.#replaceAtVenue(order, terms.quantity)
    const changed = this.venue.modify(
      order.key,
      {
        quantity: terms.quantity === order.quantity ? undefined : terms.quantity - order.base,
        limit: differs(terms.limit, before.limit),
        stop: differs(terms.stop, before.stop),
        trailAmount: differs(terms.trailAmount, before.trailAmount),
        trailPercent: differs(terms.trailPercent, before.trailPercent),
      },
      this.#now,
    )
    if (!changed) order.text = text0
    else this.#tell.arrived(listing)
  }

  #placeTwin(order: OrderRecord, request: PlaceOrder, terms: OrderTerms): void {
    this.twinNextModify = false
    const account = this.#options.accounts.get(order.account)!
    const twin = this.#record(order.clientId, request, order.listing, account, terms, undefined)
    this.orders.set(twin.permId, twin)
    this.#byId.set(idKey(twin.clientId, twin.orderId), twin)
    this.#release(twin)
  }

  /** Type or time in force change: the order leaves the venue and comes back, under the same ids. */
  #replaceAtVenue(order: OrderRecord, quantity: Shares): void {
    const family = [order, ...this.#childrenOf(order).filter((child) => !isOver(child) && child.hold === '')]
    for (const member of family) this.#silent.add(member)
    this.venue.cancel(order.key, this.#now, 'requested')
    order.quantity = quantity
    order.level = Number.NaN
    order.triggered = false
    for (const member of family) {
      this.#byKey.delete(member.key)
      if (member === order) this.#silent.delete(member)
      this.#toVenue(member)
      this.#silent.delete(member)
    }
  }

  cancel(clientId: number, orderId: number): void {
    this.#options.changed()
    const own = this.#byId.get(idKey(clientId, orderId))
    const order = own ?? (this.#options.crossClientCancel ? this.#anyWithId(orderId) : undefined)
    if (order === undefined)
      return this.#refuse(clientId, orderId, {
        code: 10_147,
        text: `OrderId ${orderId} that needs to be cancelled is not found.`,
      })
    const rejection = this.#takeRejection('cancel', order.listing)
    if (rejection !== undefined) return this.#refuse(clientId, orderId, rejection)
    if (isOver(order))
      return this.#refuse(clientId, orderId, {
        code: 10_148,
        text: `OrderId ${orderId} that needs to be cancelled cannot be cancelled, state: ${order.status}.`,
      })
    this.#cancelOrder(order)
  }

  /** Cancels every open order, whoever placed it. */
  cancelAll(): void {
    for (const order of this.orders.values()) if (!isOver(order)) this.#cancelOrder(order)
  }

  #cancelOrder(order: OrderRecord): void {
    if (order.hold === 'transmit') {
      this.#close(order, 'ApiCancelled', 'Cancelled by Trader')
      return this.#error(order, 202, 'Order Canceled - reason:')
    }
    if (!this.#linkUp) {
      this.#heldCancels.push(order)
      return
    }
    const confirm = (): void => {
      if (isOver(order)) return
      if (order.hold !== '') {
        this.#close(order, 'Cancelled', 'Cancelled by Trader')
        this.#error(order, 202, 'Order Canceled - reason:')
        for (const child of this.#childrenOf(order)) if (!isOver(child)) this.#cancelOrder(child)
      } else this.venue.cancel(order.key, this.#now, 'requested')
    }
    if (this.cancelDelayMs > 0 || this.#options.random.next() < 0.5) {
      if (this.#options.random.next() < 0.3) this.#say(order, 'PendingCancel')
      else this.#status(order, 'PendingCancel')
    }
    if (this.cancelDelayMs > 0) this.#options.timeline.after(this.cancelDelayMs, confirm)
    else confirm()
  }

  #anyWithId(orderId: number): OrderRecord | undefined {
    return [...this.orders.values()].find((order) => order.orderId === orderId && !isOver(order))
  }

  #childrenOf(parent: OrderRecord): OrderRecord[] {
    return [...this.orders.values()].filter((order) => order.parentPermId === parent.permId)
  }

  // ------------------------------------------------------------------------------------------- what-if, checks

  #answerWhatIf(
    clientId: number,
    request: PlaceOrder,
    listing: Listing,
    account: Account,
    terms: OrderTerms | Notice,
  ): void {
    if ('code' in terms) return this.#refuse(clientId, request.orderId, terms)
    const price = this.#priceFor(terms, listing)
    const commission = this.#feeOf(terms.quantity, terms.quantity * price, terms.side)
    const { before, after } = account.whatIf(listing, terms.side * terms.quantity, price, commission)
    const figures: Record<string, string> = {
      initMarginBefore: moneyText(before.initialMargin),
      maintMarginBefore: moneyText(before.maintenanceMargin),
      equityWithLoanBefore: moneyText(before.netLiquidation),
      initMarginChange: moneyText(after.initialMargin - before.initialMargin),
      maintMarginChange: moneyText(after.maintenanceMargin - before.maintenanceMargin),
      equityWithLoanChange: moneyText(after.netLiquidation - before.netLiquidation),
      initMarginAfter: moneyText(after.initialMargin),
      maintMarginAfter: moneyText(after.maintenanceMargin),
      equityWithLoanAfter: moneyText(after.netLiquidation),
      commission: numberText(commission),
      commissionCurrency: 'USD',
      whatIf: '1',
    }
    this.#tell.whatIf(this.#record(clientId, request, listing, account, terms, undefined), figures)
    this.nextPermId--
  }

  /** Why the account may not open what the order would open; undefined when it may. */
  #cannotAfford(order: OrderRecord): string | undefined {
    const terms = readTerms(order.text, order.listing, this.#now, (t) => this.#instant(t))
    if ('code' in terms) return undefined
    const price = this.#priceFor(terms, order.listing)
    if (!(price > 0) || order.parentPermId !== 0) return undefined
    const account = this.#options.accounts.get(order.account)!
    const { before, after } = account.whatIf(order.listing, order.side * order.quantity, price, 0)
    if (after.availableFunds >= 0 || after.initialMargin <= before.initialMargin) return undefined
    return (
      'YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH LOAN VALUE ' +
      `[${moneyText(before.netLiquidation)} USD] MUST EXCEED THE INITIAL MARGIN [${moneyText(after.initialMargin)} USD]`
    )
  }

  #tooMany(order: OrderRecord): string | undefined {
    let same = 0
    for (const other of this.orders.values())
      if (
        other.listing === order.listing &&
        other.side === order.side &&
        other.account === order.account &&
        !isOver(other) &&
        other.hold !== 'transmit'
      )
        same++
    return same < MOST_ORDERS
      ? undefined
      : `The maximum number of active orders for one contract, side and account is ${MOST_ORDERS}`
  }

  #priceFor(terms: OrderTerms, listing: Listing): UsdPerShare {
    if (terms.limit > 0) return terms.limit
    return terms.stop > 0 ? terms.stop : this.venue.lastPrice[listing.index]!
  }

  /** Warnings that leave the order alive. */
  #warn(order: OrderRecord, terms: OrderTerms): void {
    if (isSet(order.text['outsideRth']) && !allowsOutside(terms.type))
      this.#error(
        order,
        2109,
        "Order Event Warning: Attribute 'Outside Regular Trading Hours' is ignored based on the order type and " +
          'destination. PlaceOrder is now being processed.',
      )
  }

  #ready(order: OrderRecord): boolean {
    return conditionsMet(order.text, order.blocks['conditionsCount'], {
      now: this.#now,
      priceOf: (conId) => {
        const listing = this.#options.listings.byConId(conId)
        return listing === undefined ? Number.NaN : this.venue.lastPrice[listing.index]!
      },
      traded: (symbol) => this.executions.some((e) => e.listing.symbol === symbol),
      instant: (text) => this.#instant(text),
    })
  }

  /** Sends orders whose conditions have come true. */
  checkConditions(): void {
    if (!this.#linkUp) return
    for (const order of this.#held.filter((o) => o.hold === 'condition' && this.#ready(o))) {
      this.#held.splice(this.#held.indexOf(order), 1)
      if (!isOver(order)) this.#toVenue(order)
    }
  }

  /** The link between Gateway and broker. While it is down, orders and cancels wait in the Gateway. */
  setLink(up: boolean): void {
    this.#linkUp = up
    if (!up) return
    for (const order of this.#held.filter((o) => o.hold === 'link')) {
      this.#held.splice(this.#held.indexOf(order), 1)
      if (!isOver(order)) this.#release(order)
    }
    for (const order of this.#heldCancels.splice(0)) if (!isOver(order)) this.#cancelOrder(order)
    for (const execution of this.executions) execution.unseen = false
  }

  // ------------------------------------------------------------------------------------------ the venue's news

  accepted(o: VenueOrder): void {
    const order = this.#byKey.get(o.number)
    if (order === undefined || this.#silent.has(order)) return
    const trigger = waitsForTrigger(o.type)
    const { calendar } = order.listing
    const child = o.parent >= 0 && o.released === 0
    order.whyHeld = child ? (trigger ? 'child,trigger' : 'child') : trigger ? 'trigger' : ''
    const now = this.#now
    const closed = !(o.outsideRth ? calendar.isExtended(now) : calendar.isOpen(now))
    if (closed) this.#warnClosed(order)
    const auction = o.works >= OrderTypeCode.marketOnOpen
    if (child || trigger || closed || auction) {
      this.#say(order, 'PreSubmitted')
      if (closed && !child && !trigger && !auction) this.#submitAtOpen(order)
      return
    }
    if (this.#options.random.next() < 0.5) this.#say(order, 'PreSubmitted')
    this.#say(order, 'Submitted')
  }

  #warnClosed(order: OrderRecord): void {
    const open = order.listing.calendar.next(this.#now).open
    const at = zonedText(open, this.#options.zone)
    const when = `${at.slice(0, 4)}-${at.slice(4, 6)}-${at.slice(6)}`
    const { symbol, primaryExchange, tradingClass } = order.listing
    this.#error(
      order,
      399,
      `Order Message:\n${order.side > 0 ? 'BUY' : 'SELL'} ${order.quantity} ${symbol} ${primaryExchange}.${tradingClass}\n` +
        `Warning: Your order will not be placed at the exchange until ${when}.`,
    )
  }

  #submitAtOpen(order: OrderRecord): void {
    this.#options.timeline.at(order.listing.calendar.next(this.#now).open, () => {
      if (order.status === 'PreSubmitted' && order.hold === '') this.#say(order, 'Submitted')
    })
  }

  triggered(o: VenueOrder): void {
    const order = this.#byKey.get(o.number)
    if (order === undefined) return
    order.triggered = true
    order.whyHeld = ''
    this.#status(order, 'Submitted')
  }

  affordable(_order: VenueOrder, quantity: Shares): Shares {
    return quantity
  }

  sizeAtFill(): Shares {
    return 0
  }

  filled(o: VenueOrder, quantity: Shares, met: UsdPerShare, time: EpochMs): void {
    const order = this.#byKey.get(o.number)
    if (order === undefined) return
    const price = this.#options.snapFills ? snapAgainst(met, order, time) : met
    // What meets the book on arrival takes from it.
    const removing = o.type !== OrderTypeCode.limit || time === order.placedAt
    const execution = this.#book(order, quantity, price, time, removing ? 2 : 1)
    const done = order.quantity - order.filled <= order.quantity * 1e-12
    const status: OrderStatus = done ? 'Filled' : 'Submitted'
    if (done) this.#finish(order, 'Filled', `Filled Size: ${numberText(order.filled)}`)
    const commission = order.commission
    order.commission = commission - execution.commission
    order.whyHeld = ''
    // In captures the status comes mostly after the execution, now and then before it.
    if (this.#options.random.next() < 0.2) {
      this.#status(order, status)
      this.#tell.execution(execution)
      order.commission = commission
      this.#tell.commission(execution)
      this.#tell.openOrder(order)
    } else {
      this.#tell.execution(execution)
      this.#say(order, status)
      order.commission = commission
      if (this.#options.repeats) this.#say(order, status)
      this.#tell.commission(execution)
    }
    this.#wakeChildren(order)
    this.#tell.positionChanged(order.account, order.listing)
  }

  #book(order: OrderRecord, quantity: Shares, price: UsdPerShare, time: EpochMs, liquidity: number): ExecutionRecord {
    const date = order.listing.calendar.dateOf(time)
    if (order.feeDate !== date) {
      order.feeDate = date
      order.feeShares = 0
      order.feeValue = 0
      order.fee = 0
    }
    order.feeShares += quantity
    order.feeValue += quantity * price
    const fee = this.#feeOf(order.feeShares, order.feeValue, order.side, time)
    const commission = fee - order.fee
    order.fee = fee
    order.commission += commission
    order.filled += quantity
    order.value += quantity * price
    order.lastPrice = price
    const account = this.#options.accounts.get(order.account)!
    const realized = account.book(order.listing, order.side, quantity, price, commission)
    this.venue.position[order.listing.index]! += order.side * quantity
    const execution: ExecutionRecord = {
      execId: this.#nextExecutionId(),
      permId: order.permId,
      orderId: order.orderId,
      clientId: order.clientId,
      account: order.account,
      listing: order.listing,
      side: order.side,
      shares: quantity,
      price,
      time,
      cumulative: order.filled,
      averagePrice: averagePrice(order),
      orderRef: order.text['orderRef'] ?? '',
      exchange: order.text['exchange'] === 'SMART' ? order.listing.primaryExchange : (order.text['exchange'] ?? ''),
      liquidity,
      commission,
      realized,
      unseen: !this.#linkUp,
    }
    this.executions.push(execution)
    this.#options.changed()
    return execution
  }

  /** `0000e0d5.69dd7411.01.01` */
  #nextExecutionId(): string {
    return `${hex(0xe0d4 + this.nextExecution++)}.${hex(this.#options.firstIds.second)}.01.01`
  }

  /** Fees of the date; the commission alone where the regulatory rates of the date are not known. */
  #feeOf(quantity: Shares, value: Usd, side: 1 | -1, time: EpochMs = this.#now): Usd {
    const { fees } = this.#options
    try {
      return fees.orderFee(quantity, value, side, time, 0)
    } catch (error) {
      if (isInputError(error) && error.code === 'costs.date')
        return Math.min(Math.max(0.005 * quantity, 1), 0.01 * value)
      throw error
    }
  }

  #wakeChildren(parent: OrderRecord): void {
    for (const child of this.#childrenOf(parent)) {
      if (isOver(child) || !child.whyHeld.startsWith('child')) continue
      const trigger = child.whyHeld.endsWith('trigger')
      child.whyHeld = trigger ? 'trigger' : ''
      this.#say(child, trigger ? 'PreSubmitted' : 'Submitted')
    }
  }

  ended(o: VenueOrder, state: number, code: string): void {
    const order = this.#byKey.get(o.number)
    if (order === undefined || this.#silent.has(order)) return
    this.#byKey.delete(o.number)
    if (state === OrderStateCode.rejected) {
      this.#finish(order, 'Inactive', 'Rejected by System:')
      this.#error(order, 201, `Order rejected - reason:${REJECT_TEXT[code] ?? code}`)
      return this.#say(order, 'Inactive')
    }
    if (code === 'fok_unfilled') {
      this.#finish(order, 'Inactive', 'Cancelled by System:')
      this.#tell.openOrder(order)
      return this.#status(order, 'Inactive')
    }
    if (code === 'ioc_remainder') this.#status(order, 'PendingCancel')
    this.#finish(order, 'Cancelled', code === 'requested' ? 'Cancelled by Trader' : 'Cancelled by System:')
    this.#status(order, 'Cancelled')
    this.#error(order, 202, `Order Canceled - reason:${CANCEL_TEXT[code] ?? ''}`)
  }

  replaced(o: VenueOrder): void {
    const order = this.#byKey.get(o.number)
    if (order === undefined) return
    order.quantity = o.quantity + order.base
    this.#say(order, order.status)
  }

  replaceRejected(o: VenueOrder, code: string): void {
    const order = this.#byKey.get(o.number)
    if (order !== undefined) this.#error(order, 201, `Order rejected - reason:${REJECT_TEXT[code] ?? code}`)
  }

  // ------------------------------------------------------------------------------------- corrections afterwards

  /**
   * Corrects an execution: a further one with the same id but for the part after its last dot. No shares = a bust.
   * @returns false when no execution has the id
   */
  correct(execId: string, price: UsdPerShare, shares: Shares): boolean {
    const at = this.executions.findIndex((e) => e.execId === execId)
    const old = this.executions[at]
    if (old === undefined) return false
    const dot = execId.lastIndexOf('.')
    const revision = String(Number(execId.slice(dot + 1)) + 1).padStart(2, '0')
    const order = this.orders.get(old.permId)
    const moved = shares - old.shares
    const execution: ExecutionRecord = {
      ...old,
      execId: `${execId.slice(0, dot)}.${revision}`,
      price,
      shares,
      cumulative: old.cumulative + moved,
      time: this.#now,
      commission: shares === 0 ? 0 : old.commission,
    }
    if (order !== undefined) {
      order.filled += moved
      order.value += shares * price - old.shares * old.price
    }
    this.#options.accounts
      .get(old.account)
      ?.adjust(
        old.listing,
        old.side * moved,
        old.side * (old.shares * old.price - shares * price) + old.commission - execution.commission,
      )
    this.venue.position[old.listing.index]! += old.side * moved
    this.executions[at] = execution
    this.#options.changed()
    this.#tell.execution(execution)
    this.#tell.commission(execution)
    this.#tell.positionChanged(old.account, old.listing)
    return true
  }

  /** A new day: executions and orders that are over leave the memory, as at a Gateway's midnight. */
  startDay(): void {
    this.executions.length = 0
    for (const order of this.orders.values())
      if (isOver(order)) {
        this.orders.delete(order.permId)
        this.#byId.delete(idKey(order.clientId, order.orderId))
      }
    for (const account of this.#options.accounts.values()) account.startDay()
  }

  /** Puts back orders that were remembered over a restart; those that worked go to the venue again, silently. */
  restore(orders: readonly OrderRecord[], executions: readonly ExecutionRecord[]): void {
    for (const order of orders) {
      this.#lowestBound = Math.min(this.#lowestBound, order.orderId)
      this.orders.set(order.permId, order)
      this.#byId.set(idKey(order.clientId, order.orderId), order)
    }
    this.executions.push(...executions)
    for (const order of orders) {
      if (isOver(order) || order.hold === 'transmit' || order.hold === 'parent') continue
      if (this.#hasExpired(order)) this.#finish(order, 'Cancelled', 'Cancelled by System:')
      else if (order.hold === 'condition' || order.hold === 'link') this.#held.push(order)
      else {
        const { status, whyHeld } = order
        this.#silent.add(order)
        this.#toVenue(order)
        this.#silent.delete(order)
        order.status = status
        order.whyHeld = whyHeld
        if (status === 'PreSubmitted' && whyHeld === '') this.#submitAtOpen(order)
      }
    }
  }

  /** True for an order whose time in force ended while the gateway was away. */
  #hasExpired({ text, listing, placedAt }: OrderRecord): boolean {
    const tif = text['tif'] ?? ''
    if (tif === 'GTC') return false
    if (tif === 'GTD') return !((this.#instant(text['goodTillDate'] ?? '') ?? 0) > this.#now)
    const session = listing.calendar.sessionFor(placedAt)
    const { close } = isSet(text['outsideRth']) ? listing.calendar.extendedHours(session) : session
    return close <= this.#now
  }

  /** Notes the levels of trailing stops, so that they can be saved. */
  noteLevels(): void {
    for (const [key, order] of this.#byKey) {
      const o = this.venue.find(key)
      if (o !== undefined) order.level = o.level
    }
  }

  // ------------------------------------------------------------------------------------------------- speaking

  #say(order: OrderRecord, status: OrderStatus): void {
    order.status = status
    this.#options.changed()
    const times = this.#options.repeats && this.#options.random.next() < 0.2 ? 2 : 1
    for (let i = 0; i < times; i++) {
      this.#tell.openOrder(order)
      this.#tell.orderStatus(order)
    }
  }

  #status(order: OrderRecord, status: OrderStatus): void {
    this.#options.changed()
    order.status = status
    this.#tell.orderStatus(order)
  }

  #close(order: OrderRecord, status: OrderStatus, completed: string): void {
    this.#finish(order, status, completed)
    this.#status(order, status)
  }

  #finish(order: OrderRecord, status: OrderStatus, completed: string): void {
    order.status = status
    order.hold = ''
    order.whyHeld = ''
    order.completedAt = this.#now
    order.completedStatus = completed
    if (status === 'Filled') this.#byKey.delete(order.key)
  }

  /** Refused by the broker: error first, then the order as inactive. */
  #reject(order: OrderRecord, notice: Notice, advancedReject?: string): void {
    this.#finish(order, 'Inactive', 'Rejected by System:')
    this.#tell.orderError(order.clientId, order.orderId, notice.code, notice.text, advancedReject)
    if (notice.code !== 201) return
    this.orders.set(order.permId, order)
    this.#byId.set(idKey(order.clientId, order.orderId), order)
    this.#say(order, 'Inactive')
  }

  #refuse(clientId: number, orderId: number, notice: Notice): void {
    this.#tell.orderError(clientId, orderId, notice.code, notice.text)
  }

  #error(order: OrderRecord, code: number, text: string): void {
    this.#tell.orderError(order.clientId, order.orderId, code, text)
  }

  #takeRejection(on: Rejection['on'], listing: Listing): Rejection | undefined {
    const at = this.rejections.findIndex((r) => r.on === on && (r.symbol === undefined || r.symbol === listing.symbol))
    const found = this.rejections[at]
    if (found !== undefined && --found.count <= 0) this.rejections.splice(at, 1)
    return found
  }

  #accountOf(id: string): Account | undefined {
    const { accounts } = this.#options
    if (id === '' && accounts.size === 1) return accounts.values().next().value
    return accounts.get(id)
  }

  #instant(text: string): EpochMs | undefined {
    return parseTime(text, this.#options.zone.zone)?.time
  }
}

const REJECT_TEXT: Readonly<Record<string, string>> = {
  auction_cutoff: 'The order was received too close to the auction.',
  bad_link: 'The parent order is not active.',
  invalid_quantity: 'The order size is not valid.',
  invalid_price: 'The price is not valid for this order type.',
  outside_rth_type: 'This order type cannot trade outside regular trading hours.',
  opg_type: 'The order type is not allowed at the opening.',
  gtd_reached: 'The good-till-date is past.',
}

const CANCEL_TEXT: Readonly<Record<string, string>> = {
  corporate_action: 'Corporate action',
}

/** Eight hexadecimal digits. */
function hex(n: number): string {
  return n.toString(16).padStart(8, '0')
}

function idKey(clientId: number, orderId: number): string {
  return `${clientId}:${orderId}`
}

function accountFault(given: string): Notice {
  return given === ''
    ? { code: 435, text: 'You must specify an account.' }
    : { code: 321, text: `Error validating request.-'bF' : cause - Invalid account code '${given}'.` }
}

/** Market, limit and stop orders may become one another; others keep their type. */
function mayBecome(from: number, to: number): boolean {
  return from <= OrderTypeCode.stopLimit && to <= OrderTypeCode.stopLimit
}

function triggeredType(type: number): number {
  return type === OrderTypeCode.stopLimit ||
    type === OrderTypeCode.limitIfTouched ||
    type === OrderTypeCode.trailingStopLimit
    ? OrderTypeCode.limit
    : OrderTypeCode.market
}

/** The next price on the grid that is no better for the order. */
function snapAgainst(price: UsdPerShare, { listing, side }: OrderRecord, time: EpochMs): UsdPerShare {
  const tick = listing.spec.tick > 0 ? listing.spec.tick : usEquityTick(price, time)
  const near = snapToTick(price, tick)
  return (near - price) * side > -tick * 1e-6 ? near : snapToTick(near + side * tick, tick)
}

function differs(value: number, before: number): number | undefined {
  return Number.isNaN(value) || value === before ? undefined : value
}
