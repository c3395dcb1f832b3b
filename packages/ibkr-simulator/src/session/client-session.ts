import type { Listing } from '../market/listing.ts'
import type { ClientMessage } from '../wire/frame.ts'
import type { Connection } from './connection.ts'
import { RateLimit } from './rate-limit.ts'

export interface MarketDataLine {
  readonly reqId: number
  readonly listing: Listing
  /** Delayed data has tick types of its own. */
  readonly delayed: boolean
  /** Generic ticks that were asked for. */
  readonly generic: ReadonlySet<string>
  silent: boolean
}

export interface BarStream {
  readonly reqId: number
  readonly listing: Listing
  readonly whatToShow: string
  readonly useRth: boolean
  silent: boolean
}

export interface UpdatingHistory extends BarStream {
  readonly barSize: string
  readonly formatDate: number
}

export interface TickStream {
  readonly reqId: number
  readonly listing: Listing
  /** Last, AllLast, BidAsk or MidPoint. */
  readonly tickType: string
  silent: boolean
}

/** What one client has asked to be told, for as long as its connection lives. */
export class ClientSession {
  readonly connection: Connection
  readonly clientId: number
  readonly rate: RateLimit = new RateLimit()
  /** 1 live, 2 frozen, 3 delayed, 4 delayed frozen. */
  marketDataType: number = 1
  autoOpenOrders: boolean = false
  positions: boolean = false
  /** Account whose updates are subscribed, '' for none. */
  accountUpdates: string = ''
  readonly lines: Map<number, MarketDataLine> = new Map()
  readonly realTimeBars: Map<number, BarStream> = new Map()
  readonly histories: Map<number, UpdatingHistory> = new Map()
  readonly ticks: Map<number, TickStream> = new Map()
  readonly summaries: Map<number, { readonly group: string; readonly tags: readonly string[] }> = new Map()
  readonly multiUpdates: Map<number, { readonly account: string; readonly ledger: boolean }> = new Map()
  readonly multiPositions: Map<number, string> = new Map()
  readonly pnl: Map<number, string> = new Map()
  readonly pnlSingle: Map<number, { readonly account: string; readonly conId: number }> = new Map()
  /** Wall times of requests that are limited by number. */
  readonly barRequests: number[] = []
  readonly historyRequests: {
    readonly at: number
    readonly key: string
    readonly contract: string
    readonly weight: number
  }[] = []

  /** Messages that wait because the client asked to be slowed down. */
  readonly queue: ClientMessage[] = []
  readonly #deliver: (session: ClientSession, fields: readonly string[]) => void

  constructor(
    connection: Connection,
    clientId: number,
    deliver: (session: ClientSession, fields: readonly string[]) => void,
  ) {
    this.connection = connection
    this.clientId = clientId
    this.#deliver = deliver
  }

  send(fields: readonly string[]): void {
    this.#deliver(this, fields)
  }

  /** True when a stream of market data under this id is alive. */
  hasTicker(reqId: number): boolean {
    return this.lines.has(reqId) || this.realTimeBars.has(reqId) || this.ticks.has(reqId) || this.histories.has(reqId)
  }

  /** Everything that streams prices. */
  *streams(): Generator<MarketDataLine | BarStream | UpdatingHistory | TickStream> {
    yield* this.lines.values()
    yield* this.realTimeBars.values()
    yield* this.histories.values()
    yield* this.ticks.values()
  }

  clearStreams(): void {
    this.lines.clear()
    this.realTimeBars.clear()
    this.histories.clear()
    this.ticks.clear()
  }
}
