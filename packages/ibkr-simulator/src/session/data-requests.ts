import { type EpochMs, MS_PER_DAY, usEquityTick } from '@onetape/core'
import { asKind } from '../market/bar-kind.ts'
import { FIVE_SECONDS, type MarketBar } from '../market/five-seconds.ts'
import type { Listing } from '../market/listing.ts'
import type { MarketDriver } from '../market/market-driver.ts'
import type { MarketTick, StandingQuote } from '../market/quote.ts'
import { message } from '../wire/messages.ts'
import type { Request } from '../wire/request.ts'
import { genericTicks, readGenericTicks } from './generic-ticks.ts'
import type { ClientSession, MarketDataLine, TickStream } from './client-session.ts'
import { type GatewayContext, NO_CONTRACT } from './context.ts'

/** Tick types: live and delayed. */
const LIVE = {
  bid: 1,
  ask: 2,
  last: 4,
  high: 6,
  low: 7,
  close: 9,
  open: 14,
  bidSize: 0,
  askSize: 3,
  lastSize: 5,
  volume: 8,
  time: 45,
}
const DELAYED: typeof LIVE = {
  bid: 66,
  ask: 67,
  last: 68,
  high: 72,
  low: 73,
  close: 75,
  open: 76,
  bidSize: 69,
  askSize: 70,
  lastSize: 71,
  volume: 74,
  time: 88,
}
const HALTED = 49
const TICK_TYPES = new Set(['Last', 'AllLast', 'BidAsk', 'MidPoint'])

/** What a day has brought so far. */
interface DayFigures {
  date: string
  open: number
  high: number
  low: number
  volume: number
  /** Trades, and Σ price · shares: of what went before the first question, guesses. */
  trades: number
  value: number
  previousClose: number
}

/** Answers requests for streaming prices and serves their subscriptions. */
export class DataRequests {
  readonly #context: GatewayContext
  readonly #driver: () => MarketDriver
  readonly #days: Map<number, DayFigures> = new Map()

  constructor(context: GatewayContext, driver: () => MarketDriver) {
    this.#context = context
    this.#driver = driver
  }

  // ------------------------------------------------------------------------------------------------ requests

  marketData(session: ClientSession, request: Extract<Request, { kind: 'marketData' }>): void {
    const { reqId, snapshot } = request
    const listing = this.#admit(session, reqId, request)
    if (listing === undefined) return
    if (snapshot && request.genericTicks !== '')
      return this.#context.error(
        session,
        reqId,
        414,
        'Snapshot market data subscription is not applicable to generic ticks',
      )
    const generic = readGenericTicks(request.genericTicks)
    if ('unknown' in generic)
      return this.#context.error(
        session,
        reqId,
        321,
        `Error validating request.-'bP' : cause - Incorrect generic tick list of ${generic.unknown}.`,
      )
    if (!snapshot && session.lines.size >= this.#context.limits.marketDataLines)
      return this.#context.error(session, reqId, 101, 'Max number of tickers has been reached')
    const delayed = session.marketDataType >= 3
    const line: MarketDataLine = { reqId, listing, delayed, generic, silent: false }
    session.send(message.tickReqParams(reqId, minTick(listing, this.#context.now()), '9c0001', 3))
    if (!this.#maySee(session, reqId, listing, delayed)) return
    session.send(message.marketDataType(reqId, session.marketDataType))
    this.#sendSnapshot(session, line)
    if (snapshot) session.send(message.tickSnapshotEnd(reqId))
    else session.lines.set(reqId, line)
  }

  /** Live data needs a subscription, delayed data at least that somebody switched it on. */
  #maySee(session: ClientSession, reqId: number, { symbol, primaryExchange, tradingClass }: Listing, delayed: boolean) {
    const { subscriptions } = this.#context
    if (subscriptions === 'live') return true
    if (!delayed)
      this.#context.error(
        session,
        reqId,
        10_089,
        "Requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog " +
          `for more details.Delayed market data is available.${symbol} ${primaryExchange}.${tradingClass}/TOP/ALL`,
      )
    else if (subscriptions === 'none')
      this.#context.error(
        session,
        reqId,
        10_168,
        'Requested market data is not subscribed. Delayed market data is not enabled.',
      )
    else
      this.#context.error(
        session,
        reqId,
        10_167,
        'Requested market data is not subscribed. Displaying delayed market data.',
      )
    return delayed && subscriptions === 'delayed'
  }

  cancelMarketData(session: ClientSession, reqId: number): void {
    if (!session.lines.delete(reqId)) this.#context.error(session, reqId, 300, `Can't find EId with tickerId:${reqId}`)
  }

  realTimeBars(session: ClientSession, request: Extract<Request, { kind: 'realTimeBars' }>): void {
    const { reqId, whatToShow, useRth } = request
    if (!['TRADES', 'MIDPOINT', 'BID', 'ASK'].includes(whatToShow))
      return this.#context.error(
        session,
        reqId,
        321,
        "Error validating request.-'bT' : cause - What to show field is missing or incorrect.",
      )
    const listing = this.#admit(session, reqId, request)
    if (listing === undefined) return
    if (this.#context.subscriptions !== 'live')
      return this.#context.error(
        session,
        reqId,
        420,
        `Invalid Real-time Query:No market data permissions for ${listing.primaryExchange} STK`,
      )
    const now = performance.now()
    const recent = session.barRequests.filter((at) => at > now - 600_000)
    if (this.#context.paced && recent.length >= this.#context.limits.realTimeBars)
      return this.#context.error(
        session,
        reqId,
        420,
        `Invalid Real-time Query:Historical data request pacing violation`,
      )
    session.barRequests.splice(0, Infinity, ...recent, now)
    session.realTimeBars.set(reqId, { reqId, listing, whatToShow, useRth, silent: false })
  }

  cancelRealTimeBars(session: ClientSession, reqId: number): void {
    if (!session.realTimeBars.delete(reqId))
      this.#context.error(session, reqId, 300, `Can't find EId with tickerId:${reqId}`)
  }

  tickByTick(session: ClientSession, request: Extract<Request, { kind: 'tickByTick' }>): void {
    const { reqId, tickType } = request
    if (!TICK_TYPES.has(tickType))
      return this.#context.error(session, reqId, 321, "Error validating request.-'bQ' : cause - Invalid tick type")
    const listing = this.#admit(session, reqId, request)
    if (listing === undefined) return
    if (this.#context.subscriptions !== 'live')
      return this.#context.error(
        session,
        reqId,
        10_189,
        `Failed to request tick-by-tick data:No market data permissions for ${listing.primaryExchange} STK`,
      )
    if (session.ticks.size >= this.#context.limits.tickByTick)
      return this.#context.error(session, reqId, 10_190, 'Max number of tick-by-tick requests has been reached')
    session.ticks.set(reqId, { reqId, listing, tickType, silent: false })
    const quote = this.#driver().quoteOf(listing)
    if (quote !== undefined && (tickType === 'BidAsk' || tickType === 'MidPoint'))
      this.#sendTickByTick(session, session.ticks.get(reqId)!, undefined, quote, this.#context.now())
  }

  cancelTickByTick(session: ClientSession, reqId: number): void {
    if (!session.ticks.delete(reqId)) this.#context.error(session, reqId, 300, `Can't find EId with tickerId:${reqId}`)
  }

  /** The stock of a request for data, unless it is refused. */
  #admit(
    session: ClientSession,
    reqId: number,
    request: { readonly contract: Parameters<GatewayContext['listings']['find']>[0] },
  ): Listing | undefined {
    if (session.hasTicker(reqId)) {
      this.#context.error(session, reqId, 322, "Error processing request.-'bO' : cause - Duplicate ticker id")
      return undefined
    }
    const listing = this.#context.listings.find(request.contract)
    if (listing === undefined) {
      this.#context.error(session, reqId, 200, NO_CONTRACT)
      return undefined
    }
    const fault = this.#context.dataFault()
    if (fault !== undefined) {
      this.#context.error(session, reqId, fault.code, fault.text)
      return undefined
    }
    this.#context.follow(listing)
    return listing
  }

  // ----------------------------------------------------------------------------------------------- publishing

  #sendSnapshot(session: ClientSession, line: MarketDataLine): void {
    const { reqId, listing } = line
    const types = line.delayed ? DELAYED : LIVE
    const price = this.#context.priceOf(listing)
    const quote = this.#driver().quoteOf(listing)
    const day = this.#day(listing)
    const open = listing.calendar.isExtended(this.#context.now())
    // −1 says that there is no price.
    const bid = open && quote !== undefined ? quote.bid : -1
    const ask = open && quote !== undefined ? quote.ask : -1
    this.#price(session, reqId, types.bid, types.bidSize, bid, bid > 0 ? quote!.bidSize : 0, line.delayed)
    this.#price(session, reqId, types.ask, types.askSize, ask, ask > 0 ? quote!.askSize : 0, line.delayed)
    this.#price(session, reqId, types.last, types.lastSize, price > 0 ? price : -1, price > 0 ? 100 : 0, line.delayed)
    session.send(message.tickString(reqId, types.time, String(Math.floor(this.#context.now() / 1000))))
    if (day !== undefined) {
      session.send(message.tickPrice(reqId, types.high, day.high, 0, 0))
      session.send(message.tickPrice(reqId, types.low, day.low, 0, 0))
      session.send(message.tickSize(reqId, types.volume, day.volume))
      session.send(message.tickPrice(reqId, types.open, day.open, 0, 0))
      if (day.previousClose > 0) session.send(message.tickPrice(reqId, types.close, day.previousClose, 0, 0))
    }
    if (line.delayed) return
    session.send(message.tickGeneric(reqId, HALTED, 0))
    if (price > 0) this.#sendGeneric(session, line, { price, size: 0 }, this.#context.now(), day, true)
  }

  #sendGeneric(
    session: ClientSession,
    { reqId, generic }: MarketDataLine,
    trade: NonNullable<MarketTick['trade']>,
    time: EpochMs,
    day: DayFigures | undefined,
    first: boolean,
  ): void {
    if (generic.size === 0) return
    const { volume = trade.size, trades = 1, value = trade.price * trade.size } = day ?? {}
    for (const tick of genericTicks(reqId, generic, { ...trade, time, volume, trades, value }, first))
      session.send(tick)
  }

  #price(
    session: ClientSession,
    reqId: number,
    type: number,
    sizeType: number,
    price: number,
    size: number,
    delayed: boolean,
  ): void {
    session.send(message.tickPrice(reqId, type, price, size, delayed || price < 0 ? 0 : 1))
    session.send(message.tickSize(reqId, sizeType, size))
  }

  tick(listing: Listing, trade: MarketTick['trade'], quote: StandingQuote, time: EpochMs): void {
    const day = this.#day(listing)
    if (day !== undefined && trade !== undefined) {
      if (trade.price > day.high) day.high = trade.price
      if (trade.price < day.low) day.low = trade.price
      day.volume += trade.size
      day.trades++
      day.value += trade.price * trade.size
    }
    for (const session of this.#context.sessions.values()) {
      for (const line of session.lines.values())
        if (line.listing === listing && !line.silent) this.#sendTick(session, line, trade, quote, time, day)
      for (const stream of session.ticks.values())
        if (stream.listing === listing && !stream.silent) this.#sendTickByTick(session, stream, trade, quote, time)
    }
  }

  #sendTick(
    session: ClientSession,
    line: MarketDataLine,
    trade: MarketTick['trade'],
    quote: StandingQuote,
    time: EpochMs,
    day: DayFigures | undefined,
  ): void {
    const { reqId, delayed } = line
    const types = delayed ? DELAYED : LIVE
    this.#price(session, reqId, types.bid, types.bidSize, quote.bid, quote.bidSize, delayed)
    this.#price(session, reqId, types.ask, types.askSize, quote.ask, quote.askSize, delayed)
    if (trade === undefined) return
    session.send(message.tickString(reqId, types.time, String(Math.floor(time / 1000))))
    this.#price(session, reqId, types.last, types.lastSize, trade.price, trade.size, delayed)
    if (!delayed) this.#sendGeneric(session, line, trade, time, day, false)
    if (day === undefined) return
    session.send(message.tickSize(reqId, types.volume, day.volume))
    if (trade.price >= day.high) session.send(message.tickPrice(reqId, types.high, day.high, 0, 0))
    if (trade.price <= day.low) session.send(message.tickPrice(reqId, types.low, day.low, 0, 0))
  }

  #sendTickByTick(
    session: ClientSession,
    { reqId, tickType, listing }: TickStream,
    trade: MarketTick['trade'],
    quote: StandingQuote,
    time: EpochMs,
  ): void {
    const seconds = Math.floor(time / 1000)
    if (tickType === 'BidAsk')
      session.send(message.tickByTickQuote(reqId, seconds, quote.bid, quote.ask, quote.bidSize, quote.askSize))
    else if (tickType === 'MidPoint')
      session.send(message.tickByTickMid(reqId, seconds, Math.round(((quote.bid + quote.ask) / 2) * 1e6) / 1e6))
    else if (trade !== undefined)
      session.send(
        message.tickByTickTrade(
          reqId,
          tickType === 'AllLast',
          seconds,
          trade.price,
          trade.size,
          listing.primaryExchange,
        ),
      )
  }

  bar(listing: Listing, bar: Readonly<MarketBar>): void {
    const regular = listing.calendar.isOpen(bar.time)
    for (const session of this.#context.sessions.values())
      for (const stream of session.realTimeBars.values()) {
        if (stream.listing !== listing || stream.silent || (stream.useRth && !regular)) continue
        const wire = asKind(bar, stream.whatToShow, listing, bar.time + FIVE_SECONDS)
        session.send(message.realTimeBar(stream.reqId, bar.time / 1000, wire))
      }
  }

  /** Figures of the stock's present session, made from the market when they are first asked for. */
  #day(listing: Listing): DayFigures | undefined {
    const now = this.#context.now()
    const date = listing.calendar.dateOf(now)
    const known = this.#days.get(listing.index)
    if (known?.date === date) return known
    // Today and the session before: a market that never closes has both in two days, a holiday weekend needs more.
    const { market } = this.#context
    const near = market.dailyBars(listing, now - 2 * MS_PER_DAY, now)
    const bars = near.length >= 2 ? near : market.dailyBars(listing, now - 8 * MS_PER_DAY, now)
    const today = bars.at(-1)
    if (today === undefined) return undefined
    const current = listing.calendar.dateOf(today.time) === date
    const made: DayFigures = {
      date,
      open: current ? today.open : this.#context.priceOf(listing),
      high: current ? today.high : -Infinity,
      low: current ? today.low : Infinity,
      volume: current ? today.volume : 0,
      trades: current ? Math.ceil(today.volume / 100) : 0,
      value: current ? (today.volume * (today.high + today.low + today.close)) / 3 : 0,
      previousClose: (current ? bars.at(-2) : today)?.close ?? Number.NaN,
    }
    if (!(made.high > 0)) {
      made.high = made.open
      made.low = made.open
    }
    this.#days.set(listing.index, made)
    return made
  }
}

function minTick(listing: Listing, now: EpochMs): number {
  return listing.spec.tick > 0 ? listing.spec.tick : usEquityTick(1, now)
}
