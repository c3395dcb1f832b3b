import { calendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarSeries,
  barSeries,
  type BarValues,
  type EpochMs,
  formatInstant,
  type HistoryRequest,
  isSessionInterval,
} from '@onetape/core'
import { WhatToShow } from '@stoqey/ib'
import { classifyRequest } from '../code/classify.ts'
import { IbkrError, isIbkrError } from '../code/ibkr-error.ts'
import type { ContractBook, ResolvedContract } from '../contract/contract-book.ts'
import { HistoryPacer } from '../pacing/history-pacer.ts'
import type { TwsSession } from '../session/tws-session.ts'
import { parseTwsDate, parseTwsTime, utcText } from '../time/tws-time.ts'
import { BarBuilder } from './bar-builder.ts'
import { barSize, type BarSize } from './bar-size.ts'
import { BarSpans, type TradingHours } from './bar-span.ts'

/** How far a download has come; history is read backwards. */
export interface HistoryProgress {
  readonly symbol: string
  readonly interval: BarInterval
  /** Rows received so far, of the length in which TWS was asked. */
  readonly rows: number
  readonly from: EpochMs
  readonly to: EpochMs
  /** The earliest time received so far. */
  readonly reached: EpochMs
}

/** What historical bars are made of. Splits are taken out of `TRADES`, dividends are not. */
export type HistoryKind = 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK'

/** How history is asked for. */
export interface HistoryOptions {
  readonly hours: TradingHours
  readonly show: HistoryKind
  /** Deadline of one request, milliseconds. */
  readonly timeoutMs: number
  /** Zone of times without one. */
  readonly zone: string
  readonly onProgress: ((progress: HistoryProgress) => void) | undefined
}

const PACING_WAIT_MS = 15_000
const ATTEMPTS = 3
/** Requests in a row without data after which there is none further back. */
const EMPTY_MOST = 4

/** Reads bars of the past in chunks that TWS takes and that keep the event loop free. */
export class HistoryReader {
  readonly #session: TwsSession
  readonly #contracts: ContractBook
  readonly #options: HistoryOptions
  readonly #pacer: HistoryPacer

  constructor(session: TwsSession, contracts: ContractBook, options: HistoryOptions) {
    this.#session = session
    this.#contracts = contracts
    this.#options = options
    this.#pacer = new HistoryPacer(session.timing)
    session.states.subscribe(({ kind }) => {
      if (kind === 'waiting' || kind === 'stopped' || kind === 'failed') this.#pacer.clear()
    })
  }

  /**
   * Finished bars of one symbol. Without `from` all that TWS has.
   *
   * @param passed a time that the gateway is known to have passed: its clock is known here within a second only
   * @throws {IbkrError} of the contract, the request or the link
   * @throws {InputError} `ibkr.interval`
   */
  async read(request: HistoryRequest, passed: EpochMs = -Infinity): Promise<BarSeries> {
    const resolved = await this.#contracts.resolve(request.symbol)
    const { instrument } = resolved
    const trading = calendar(instrument.calendar)
    const spans = new BarSpans(request.interval, trading, this.#options.hours)
    const size = barSize(request.interval, trading, this.#options.hours)
    const now = Math.max(this.#session.now(), passed)
    const to = Math.min(request.to ?? now, now)
    const from = request.from ?? (await this.firstTime(request.symbol))
    const rows = await this.#rows(resolved, request, size, from, to)
    const bars = isSessionInterval(request.interval) ? daily(rows, spans, now) : intraday(rows, spans, size, now)
    const kept = bars.filter(({ time, end }) => time >= from && time < (request.to ?? Infinity) && end <= now)
    const column = (key: keyof BarValues): Float64Array => Float64Array.from(kept, (bar) => bar[key])
    return barSeries({
      instrument,
      interval: request.interval,
      columns: {
        time: column('time'),
        end: column('end'),
        open: column('open'),
        high: column('high'),
        low: column('low'),
        close: column('close'),
        volume: column('volume'),
      },
      prices: 'split-adjusted',
      source: `ibkr ${this.#options.show} ${request.symbol}`,
    })
  }

  /** When TWS' data of a symbol begins. */
  async firstTime(symbol: string): Promise<EpochMs> {
    const { contract } = await this.#contracts.resolve(symbol)
    const { show, hours, zone } = this.#options
    const text = await this.#session.ask<string>({
      what: `the beginning of the data of ${symbol}`,
      send: (api, id) => void api.reqHeadTimestamp(id, contract, WhatToShow[show], hours === 'regular', 2),
      cancel: (api, id) => void api.cancelHeadTimestamp(id),
      event: (name, args, done) => {
        if (name === 'headTimestamp') done(String(args[0]))
      },
    })
    const time = parseTwsTime(text, zone)
    if (!Number.isNaN(time)) return time
    throw IbkrError.own('input', `Expected the time at which ${symbol} begins, found "${text}".`)
  }

  /** Backwards from `to`, until `from` or until there is no more. */
  async #rows(
    resolved: ResolvedContract,
    { symbol, interval }: HistoryRequest,
    size: BarSize,
    from: EpochMs,
    to: EpochMs,
  ): Promise<readonly Row[]> {
    const chunks: (readonly Row[])[] = []
    let reached = to
    let rows = 0
    let empty = 0
    while (reached > from && empty < EMPTY_MOST) {
      const chunk = await this.#chunk(resolved, symbol, size, reached)
      const older = chunk.filter(({ time }) => time < reached)
      if (older.length === 0) {
        empty++
        reached = this.#before(reached, size, resolved)
        continue
      }
      empty = 0
      chunks.unshift(older)
      rows += older.length
      reached = older[0]!.time
      this.#options.onProgress?.({ symbol, interval, rows, from, to, reached })
    }
    return chunks.flat()
  }

  /** Where to go on when there was nothing before `time`: over a night or a weekend at once. */
  #before(time: EpochMs, size: BarSize, { instrument }: ResolvedContract): EpochMs {
    const trading = calendar(instrument.calendar)
    if (size.spanMs >= 86_400_000) return time - size.spanMs
    const session = trading.sessionOf(time - 1)
    if (session === undefined) return Math.min(time - 1, trading.previous(time).close)
    return time - size.spanMs
  }

  async #chunk(resolved: ResolvedContract, symbol: string, size: BarSize, end: EpochMs): Promise<readonly Row[]> {
    for (let attempt = 1; ; attempt++)
      try {
        return await this.#askChunk(resolved, symbol, size, end)
      } catch (error) {
        if (attempt >= ATTEMPTS || !isIbkrError(error)) throw error
        const pacing = error.ibCode !== undefined && classifyRequest(error.ibCode, error.text) === 'pacing'
        if (!pacing && error.code !== 'ibkr.timeout') throw error
        if (pacing) this.#pacer.pause(PACING_WAIT_MS * attempt)
      }
  }

  async #askChunk(
    { contract }: ResolvedContract,
    symbol: string,
    size: BarSize,
    end: EpochMs,
  ): Promise<readonly Row[]> {
    const { show, hours, timeoutMs, zone } = this.#options
    const endText = utcText(Math.ceil(end / 1000) * 1000)
    const series = `${contract.conId} ${contract.exchange} ${show}`
    if (this.#session.state.kind !== 'online')
      throw IbkrError.own('link', `Expected a connection for the history of ${symbol}, found none.`)
    await this.#pacer.acquire({
      identity: `${series} ${size.setting} ${size.duration} ${hours} ${endText}`,
      series,
      weight: 1,
      small: size.stepMs <= 30_000,
    })
    const rows: Row[] = []
    let bad = 0
    try {
      await this.#session.ask<null>({
        what: `the history of ${symbol} (${size.setting}) up to ${formatInstant(end)}`,
        timeoutMs,
        send: (api, id) =>
          void api.reqHistoricalData(
            id,
            contract,
            endText,
            size.duration,
            size.setting,
            WhatToShow[show],
            hours === 'regular' ? 1 : 0,
            2,
            false,
          ),
        cancel: (api, id) => void api.cancelHistoricalData(id),
        empty: null,
        event(name, args, done) {
          if (name !== 'historicalData') return
          const text = String(args[0])
          if (text.startsWith('finished')) return done(null)
          const row = readRow(text, args, zone)
          if (row === undefined) bad++
          else rows.push(row)
        },
      })
    } finally {
      this.#pacer.done()
    }
    if (bad > 0)
      this.#session.notify('warning', 'ibkr.bad_bar', `${bad} bars of ${symbol} made no sense and were left out.`)
    return rows.toSorted((a, b) => a.time - b.time)
  }
}

interface Row extends Omit<BarValues, 'end'> {
  /** Of daily rows. */
  readonly date: string | undefined
}

/** A row of an answer; undefined when it is no bar. */
function readRow(text: string, args: readonly unknown[], zone: string): Row | undefined {
  const [open, high, low, close, size] = args.slice(1, 6).map(Number) as [number, number, number, number, number]
  const date = parseTwsDate(text)
  const time = date === undefined ? parseTwsTime(text, zone) : Date.parse(`${date}T00:00:00Z`)
  const volume = size >= 0 ? size : 0 // −1 where the kind of data has none
  const fits = low <= open && open <= high && low <= close && close <= high
  if (Number.isNaN(time) || !fits || !(high < Infinity) || !(low > -Infinity) || !(volume < Infinity)) return undefined
  return { date, time, open, high, low, close, volume }
}

/** Bars of rows below a day, which state their start. */
function intraday(rows: readonly Row[], spans: BarSpans, size: BarSize, now: EpochMs): readonly BarValues[] {
  const bars: BarValues[] = []
  const builder = new BarBuilder(spans, (bar) => bars.push(bar))
  for (const { time, open, high, low, close, volume } of rows) {
    const end = Math.min(time + size.stepMs, spans.of(time)?.end ?? Infinity)
    builder.bar({ time, end, open, high, low, close, volume })
  }
  builder.advance(now)
  return bars
}

/** Bars of daily rows, which state their date. */
function daily(rows: readonly Row[], spans: BarSpans, now: EpochMs): readonly BarValues[] {
  const bars: BarValues[] = []
  const builder = new BarBuilder(spans, (bar) => bars.push(bar))
  const day = new BarSpans('1d', spans.calendar, spans.hours)
  for (const { date, open, high, low, close, volume } of rows) {
    const session = date === undefined ? undefined : spans.calendar.sessionOn(date)
    if (session === undefined) continue
    const { start, end } = day.spanOf(session)
    // A piece counts from the regular open, which lies in every span of days.
    builder.bar({ time: Math.max(start, session.open), end, open, high, low, close, volume })
  }
  builder.advance(now)
  return bars
}
