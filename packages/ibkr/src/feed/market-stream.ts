import { calendar, type TradingCalendar } from '@onetape/calendar'
import type { EpochMs } from '@onetape/core'
import { type IBApi, WhatToShow } from '@stoqey/ib'
import { classifyRequest, codeEntry } from '../code/classify.ts'
import type { ResolvedContract } from '../contract/contract-book.ts'
import { backOffMs } from '../session/back-off.ts'
import type { RequestEvent } from '../session/tws-events.ts'
import type { TwsSession } from '../session/tws-session.ts'
import type { TradingHours } from './bar-span.ts'
import { TRADES_TICK } from './tick-reader.ts'

/** `bars`: five-second bars of TWS. `ticks`: a market-data line. */
export type StreamKind = 'bars' | 'ticks'

/** What a stream needs to know and whom it tells. */
export interface StreamOptions {
  readonly symbol: string
  readonly resolved: ResolvedContract
  readonly hours: TradingHours
  /** Which kind to open now: the budget for five-second bars is limited. */
  kind(): StreamKind
  /** Data begin (again); what comes before the first of it is not known. */
  began(kind: StreamKind): void
  event(kind: StreamKind, name: RequestEvent, args: readonly unknown[]): void
}

/** Silence while the market trades after which a stream counts as dead. */
const SILENT_MS: Readonly<Record<StreamKind, number>> = { bars: 30_000, ticks: 120_000 }
const CHECK_MS = 2_500
const REOPEN = { firstMs: 5_000, maxMs: 300_000 }

/**
 * The data of one symbol: opened, watched, and opened again under a new id when it ends, when the gateway lost it, or
 * when it is silent while the market trades.
 */
export class MarketStream {
  readonly #session: TwsSession
  readonly #options: StreamOptions
  readonly #calendar: TradingCalendar
  #stop: (() => void) | undefined
  #closed = false
  #kind: StreamKind = 'bars'
  #lastAt: EpochMs = NaN
  #openedAt: EpochMs = NaN
  /** Arrival of the last data before a check that found silence. */
  #suspectedAt: EpochMs | undefined
  #failures = 0
  /** TWS refused for good: no permission, no such data. */
  #refused = false
  #cancelReopen: (() => void) | undefined
  readonly #restored: { unsubscribe(): void }
  readonly #states: { unsubscribe(): void }

  constructor(session: TwsSession, options: StreamOptions) {
    this.#session = session
    this.#options = options
    this.#calendar = calendar(options.resolved.instrument.calendar)
    this.#restored = session.restored.subscribe(({ dataLost, reconnected }) => {
      if (reconnected) return
      if (dataLost) this.#open()
      else if (this.#stop !== undefined) this.#options.began(this.#kind) // it goes on, with a hole
    })
    this.#states = session.states.subscribe(({ kind }) => {
      if (kind === 'online' && this.#stop === undefined && this.#cancelReopen === undefined) this.#open()
    })
    this.#watch()
  }

  /** Arrival of the last data; NaN before the first. */
  get lastAt(): EpochMs {
    return this.#lastAt
  }

  /** True unless data come as they should; a closed market is no reason. */
  get stale(): boolean {
    if (this.#session.state.kind !== 'online' || Number.isNaN(this.#lastAt) || this.#refused) return true
    return this.#isSilent(this.#session.now())
  }

  close(): void {
    this.#closed = true
    this.#restored.unsubscribe()
    this.#states.unsubscribe()
    this.#cancelReopen?.()
    this.#stop?.()
    this.#stop = undefined
  }

  #open(): void {
    if (this.#closed || this.#session.state.kind !== 'online') return
    this.#cancelReopen?.()
    this.#cancelReopen = undefined
    this.#stop?.()
    const kind = this.#options.kind()
    this.#kind = kind
    this.#openedAt = this.#session.now()
    this.#refused = false
    this.#options.began(kind)
    this.#stop = this.#session.stream({
      what: `the data of ${this.#options.symbol}`,
      send: (api, id) => this.#send(api, id, kind),
      cancel: (api, id) => void (kind === 'bars' ? api.cancelRealTimeBars(id) : api.cancelMktData(id)),
      event: (name, args) => {
        this.#lastAt = this.#session.now()
        this.#failures = 0
        this.#options.event(kind, name, args)
      },
      ended: (code, text) => this.#ended(code, text),
    })
  }

  #send(api: IBApi, id: number, kind: StreamKind): void {
    const { contract } = this.#options.resolved
    if (kind === 'ticks') api.reqMktData(id, contract, TRADES_TICK, false, false)
    else api.reqRealTimeBars(id, contract, 5, WhatToShow.TRADES, this.#options.hours === 'regular')
  }

  #ended(code: number | undefined, text: string): void {
    this.#stop = undefined
    if (code === undefined || this.#closed) return // the link is gone; it comes back with `restored`
    const verdict = classifyRequest(code, text)
    const retry = verdict === 'pacing' || verdict === 'retry' || codeEntry(code)?.handling === 'retry'
    const { symbol } = this.#options
    this.#session.notify(retry ? 'info' : 'warning', `ibkr.${code}`, `The data of ${symbol} ended: ${text.trim()}`)
    this.#refused = !retry
    if (retry) this.#reopenLater(code === 10225 ? 0 : undefined)
  }

  #reopenLater(ms = backOffMs(this.#failures++, this.#session.timing.random(), REOPEN)): void {
    this.#cancelReopen?.()
    this.#cancelReopen = this.#session.timing.after(ms, () => {
      this.#cancelReopen = undefined
      this.#open()
    })
  }

  #watch(): void {
    this.#session.timing.after(CHECK_MS, () => {
      if (this.#closed) return
      if (this.#isDead()) {
        this.#session.notify(
          'warning',
          'ibkr.silent',
          `The data of ${this.#options.symbol} is silent; asked for again.`,
        )
        this.#stop?.()
        this.#stop = undefined
        this.#reopenLater()
      }
      this.#watch()
    })
  }

  /**
   * Silent at two checks in a row. What a process that stood still, or whose time was moved on, finds silent at first has
   * its data waiting in the socket.
   */
  #isDead(): boolean {
    const waits = this.#refused || this.#cancelReopen !== undefined || this.#session.state.kind !== 'online'
    const silent = !waits && this.#isSilent(this.#session.now())
    const before = this.#suspectedAt
    this.#suspectedAt = silent ? this.#lastAt : undefined
    return silent && Object.is(before, this.#lastAt)
  }

  /** Silent for too long, of which only the time counts in which the market trades. */
  #isSilent(now: EpochMs): boolean {
    const open = this.#tradingSince(now)
    if (open === undefined) return false
    const since = Math.max(open, this.#openedAt, Number.isNaN(this.#lastAt) ? -Infinity : this.#lastAt)
    return now - since > SILENT_MS[this.#kind]
  }

  #tradingSince(now: EpochMs): EpochMs | undefined {
    const session = this.#calendar.sessionOf(now)
    if (session !== undefined || this.#options.hours === 'regular') return session?.open
    // Outside regular hours trades are rare: silence proves nothing.
    return undefined
  }
}
