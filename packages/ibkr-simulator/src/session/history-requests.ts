import { civilFromDays, type EpochMs, MS_PER_DAY } from '@onetape/core'
import { asKind, isBarKind } from '../market/bar-kind.ts'
import { FIVE_SECONDS, type MarketBar, secondsOf } from '../market/five-seconds.ts'
import type { Listing } from '../market/listing.ts'
import { quoteAround, type StandingQuote } from '../market/quote.ts'
import { message } from '../wire/messages.ts'
import { numberText } from '../wire/number-text.ts'
import type { Request } from '../wire/request.ts'
import { clockText, dayText, parseTime, utcText, zonedText } from '../wire/time-text.ts'
import type { ClientSession, UpdatingHistory } from './client-session.ts'
import { type GatewayContext, NO_CONTRACT } from './context.ts'

type HistoricalRequest = Extract<Request, { kind: 'historicalData' }>

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Bar sizes and their lengths; a week and a month are counted in sessions. */
const BAR_SIZES: Readonly<Record<string, number>> = {
  '1 secs': SECOND,
  '5 secs': 5 * SECOND,
  '10 secs': 10 * SECOND,
  '15 secs': 15 * SECOND,
  '30 secs': 30 * SECOND,
  '1 min': MINUTE,
  '2 mins': 2 * MINUTE,
  '3 mins': 3 * MINUTE,
  '5 mins': 5 * MINUTE,
  '10 mins': 10 * MINUTE,
  '15 mins': 15 * MINUTE,
  '20 mins': 20 * MINUTE,
  '30 mins': 30 * MINUTE,
  '1 hour': HOUR,
  '2 hours': 2 * HOUR,
  '3 hours': 3 * HOUR,
  '4 hours': 4 * HOUR,
  '8 hours': 8 * HOUR,
  '1 day': MS_PER_DAY,
  '1 week': 7 * MS_PER_DAY,
  '1 month': 30 * MS_PER_DAY,
}
/** Other spellings that TWS takes. */
const SPELLINGS: Readonly<Record<string, string>> = {
  '1 sec': '1 secs',
  '1 mins': '1 min',
  '1 hours': '1 hour',
  '1 days': '1 day',
  '1D': '1 day',
  '1W': '1 week',
  '1M': '1 month',
  '1 weeks': '1 week',
  '1 months': '1 month',
}
/** The most of a unit of duration, and what is to be asked for instead. */
const TOO_LONG: Readonly<Partial<Record<Duration['unit'], readonly [most: number, advice: string]>>> = {
  S: [86_400, '86400 seconds must be made in days'],
  D: [365, '365 days must be made in years'],
  W: [52, '52 weeks must be made in years'],
  M: [12, '12 months must be made in years'],
}
/** Kinds of bars that TWS has and this market has nothing of. */
const ELSEWHERE = /^(HISTORICAL_VOLATILITY|OPTION_IMPLIED_VOLATILITY|FEE_RATE|YIELD_(BID|ASK|BID_ASK|LAST))$/
/** Bars that one answer may hold. */
const MOST_BARS = 60_000
const SMALL_BAR = 30 * SECOND

/** Answers requests for bars and ticks of the past, and keeps those up to date that ask for it. */
export class HistoryRequests {
  readonly #context: GatewayContext

  constructor(context: GatewayContext) {
    this.#context = context
  }

  bars(session: ClientSession, request: HistoricalRequest): void {
    const { reqId, contract, whatToShow } = request
    const fail = (code: number, text: string): void => this.#context.error(session, reqId, code, text)
    const size = SPELLINGS[request.barSize] ?? request.barSize
    const intervalMs = Object.hasOwn(BAR_SIZES, size) ? BAR_SIZES[size]! : Number.NaN
    if (Number.isNaN(intervalMs))
      return fail(321, `Error validating request.-'bS' : cause - Invalid bar size "${request.barSize}"`)
    const duration = readDuration(request.duration)
    if (duration === undefined)
      return fail(321, `Error validating request.-'bS' : cause - Invalid duration "${request.duration}"`)
    const tooLong = TOO_LONG[duration.unit]
    if (tooLong !== undefined && duration.count > tooLong[0])
      return fail(
        321,
        `Error validating request.-'bS' : cause - Historical data requests for durations longer than ${tooLong[1]}.`,
      )
    const schedule = whatToShow === 'SCHEDULE'
    if (!isBarKind(whatToShow) && !schedule && !ELSEWHERE.test(whatToShow))
      return fail(321, `Error validating request.-'bS' : cause - Invalid what to show "${whatToShow}"`)
    if (schedule && size !== '1 day')
      return fail(321, "Error validating request.-'bS' : cause - Only 1 day bars are allowed for SCHEDULE")
    if (request.keepUpToDate && intervalMs < FIVE_SECONDS)
      return fail(321, "Error validating request.-'bS' : cause - Bars kept up to date must be of 5 secs or more")
    if (session.hasTicker(reqId)) return fail(322, "Error processing request.-'bO' : cause - Duplicate ticker id")
    const listing = this.#context.listings.find(contract)
    if (listing === undefined) return fail(200, NO_CONTRACT)
    const end = this.#endOf(session, request)
    if (end === undefined) return
    if (this.#tooFast(session, request, intervalMs))
      return fail(162, 'Historical Market Data Service error message:Historical data request pacing violation')
    this.#context.follow(listing)
    if (ELSEWHERE.test(whatToShow)) return this.#noData(session, request, listing)
    if (schedule) return this.#sendSchedule(session, reqId, listing, duration.startOf(end), end)
    this.#sendBars(session, request, listing, size, duration, end)
  }

  /** The end of the range; undefined after an error was told. */
  #endOf(session: ClientSession, request: HistoricalRequest): EpochMs | undefined {
    const { reqId, endDateTime, keepUpToDate, whatToShow } = request
    const now = this.#context.now()
    if (endDateTime === '') return now
    if (keepUpToDate || whatToShow === 'ADJUSTED_LAST') {
      this.#context.error(
        session,
        reqId,
        321,
        `Error validating request.-'bS' : cause - End date not supported with ${keepUpToDate ? 'keepUpToDate' : 'adjusted last'}`,
      )
      return undefined
    }
    const end = parseTime(endDateTime, this.#context.zone.zone)
    if (end === undefined) {
      this.#context.error(
        session,
        reqId,
        10_314,
        'End Date/Time: The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss ' +
          'xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 US/Eastern',
      )
      return undefined
    }
    if (!end.zoned)
      this.#context.error(
        session,
        reqId,
        2174,
        'Warning: You submitted request with date-time attributes without explicit time zone. Please switch to use ' +
          'yyyymmdd-hh:mm:ss in UTC or use instrument time zone, like US/Eastern.',
      )
    return Math.min(end.time, now)
  }

  /** IBKR's limits for bars of 30 seconds and less. */
  #tooFast(session: ClientSession, request: HistoricalRequest, intervalMs: number): boolean {
    if (this.#context.takePacingFault()) return true
    if (!this.#context.paced || intervalMs > SMALL_BAR) return false
    const now = performance.now()
    const { contract, whatToShow, endDateTime, barSize, duration } = request
    const name = `${contract.conId}/${contract.symbol}/${contract.exchange}/${whatToShow}`
    const key = [name, endDateTime, barSize, duration, request.useRth].join('|')
    const recent = session.historyRequests.filter((r) => r.at > now - 600_000)
    session.historyRequests.splice(0, Infinity, ...recent)
    const weight = whatToShow === 'BID_ASK' ? 2 : 1
    const violates =
      recent.some((r) => r.key === key && r.at > now - 15_000) ||
      recent.filter((r) => r.contract === name && r.at > now - 2000).length >= 5 ||
      recent.reduce((sum, r) => sum + r.weight, weight) > 60
    session.historyRequests.push({ at: now, key, contract: name, weight })
    return violates
  }

  #sendBars(
    session: ClientSession,
    request: HistoricalRequest,
    listing: Listing,
    size: string,
    duration: Duration,
    end: EpochMs,
  ): void {
    const { reqId, useRth, whatToShow, formatDate, keepUpToDate } = request
    const from = this.#startOf(listing, duration, end)
    const bars = this.#load(listing, size, from, end, useRth)
    if (bars.length === 0 && !keepUpToDate) return this.#noData(session, request, listing)
    session.send(
      message.historicalData(
        reqId,
        zonedText(from, this.#context.zone),
        zonedText(end, this.#context.zone),
        bars.map((bar) => [this.#dateText(listing, bar.time, size, formatDate), asKind(bar, whatToShow, listing, end)]),
      ),
    )
    if (keepUpToDate)
      session.histories.set(reqId, { reqId, listing, whatToShow, useRth, barSize: size, formatDate, silent: false })
  }

  #noData(session: ClientSession, { reqId, contract, whatToShow }: HistoricalRequest, listing: Listing): void {
    this.#context.error(
      session,
      reqId,
      162,
      `Historical Market Data Service error message:HMDS query returned no data: ${listing.symbol}@${contract.exchange} ${titled(whatToShow)}`,
    )
  }

  /** Where a range begins: days are counted in sessions where there are any, all else on the clock. */
  #startOf(listing: Listing, duration: Duration, end: EpochMs): EpochMs {
    if (duration.unit !== 'D' || listing.calendar.name === '24/7') return duration.startOf(end)
    const { calendar } = listing
    let session = calendar.sessionOf(end - 1) ?? calendar.previous(end)
    for (let left = duration.count - 1; left > 0; left--) session = calendar.previous(session.open)
    return calendar.extendedHours(session).open
  }

  #load(listing: Listing, size: string, from: EpochMs, to: EpochMs, useRth: boolean): MarketBar[] {
    const { market } = this.#context
    const intervalMs = BAR_SIZES[size]!
    if (intervalMs < FIVE_SECONDS)
      return market.bars(listing, FIVE_SECONDS, from, to, useRth, MOST_BARS / 5).flatMap((bar) => secondsOf(bar))
    if (intervalMs < MS_PER_DAY) return market.bars(listing, intervalMs, from, to, useRth, MOST_BARS)
    const days = market.dailyBars(listing, from, to)
    return size === '1 day' ? days : joinDays(days, listing, size)
  }

  /** The start of a bar: of a day's or longer one its date, of others a time or epoch seconds. */
  #dateText(listing: Listing, time: EpochMs, size: string, formatDate: number): string {
    if (BAR_SIZES[size]! >= MS_PER_DAY) return dayText(time, listing.calendar.timeZone)
    return formatDate === 2 ? String(time / 1000) : zonedText(time, this.#context.zone)
  }

  #sendSchedule(session: ClientSession, reqId: number, listing: Listing, from: EpochMs, end: EpochMs): void {
    const { calendar } = listing
    const zone = calendar.timeZone
    const at = (t: EpochMs): string => `${dayText(t, zone)}-${clockText(t, zone)}`
    const sessions = calendar.sessions(from, Math.max(from, end))
    session.send(
      message.historicalSchedule(
        reqId,
        at(sessions[0]?.open ?? from),
        at(sessions.at(-1)?.close ?? end),
        zone === 'UTC' ? 'UTC' : 'US/Eastern',
        sessions.map((s) => [at(s.open), at(s.close), s.date.replaceAll('-', '')]),
      ),
    )
  }

  /** Sends the bar in progress of every history that is kept up to date. */
  update(time: EpochMs): void {
    for (const session of this.#context.sessions.values())
      for (const history of session.histories.values()) if (!history.silent) this.#sendUpdate(session, history, time)
  }

  #sendUpdate(session: ClientSession, history: UpdatingHistory, time: EpochMs): void {
    const { listing, whatToShow, barSize, formatDate, reqId, useRth } = history
    if (this.#context.market.fiveSeconds(listing, time - FIVE_SECONDS) === undefined) return
    const intervalMs = BAR_SIZES[barSize]!
    const back = intervalMs < MS_PER_DAY ? intervalMs : intervalMs + 8 * MS_PER_DAY
    const bar = this.#load(listing, barSize, time - back, time, useRth).at(-1)
    if (bar === undefined || (useRth && !listing.calendar.isOpen(time - 1))) return
    session.send(
      message.historicalDataUpdate(
        reqId,
        this.#dateText(listing, bar.time, barSize, formatDate),
        asKind(bar, whatToShow, listing, time),
      ),
    )
  }

  cancel(session: ClientSession, reqId: number): void {
    if (session.histories.delete(reqId))
      this.#context.error(
        session,
        reqId,
        162,
        `Historical Market Data Service error message:API historical data query cancelled: ${reqId}`,
      )
    else this.#context.error(session, reqId, 366, `No historical data query found for ticker id:${reqId}`)
  }

  headTimestamp(session: ClientSession, request: Extract<Request, { kind: 'headTimestamp' }>): void {
    const listing = this.#context.listings.find(request.contract)
    if (listing === undefined) return this.#context.error(session, request.reqId, 200, NO_CONTRACT)
    const time = this.#context.market.earliest(listing)
    session.send(message.headTimestamp(request.reqId, request.formatDate === 2 ? String(time / 1000) : utcText(time)))
  }

  histogram(session: ClientSession, request: Extract<Request, { kind: 'histogram' }>): void {
    const listing = this.#context.listings.find(request.contract)
    if (listing === undefined) return this.#context.error(session, request.reqId, 200, NO_CONTRACT)
    const [count = '', unit = ''] = request.period.trim().split(' ')
    const days = Number(count) * ({ d: 1, w: 7, m: 30, y: 365 }[unit.charAt(0).toLowerCase()] ?? Number.NaN)
    if (!(days > 0))
      return this.#context.error(
        session,
        request.reqId,
        321,
        `Error validating request.-'bS' : cause - Invalid time period "${request.period}"`,
      )
    const now = this.#context.now()
    const volumes = new Map<number, number>()
    for (const bar of this.#context.market.bars(listing, MINUTE, now - days * MS_PER_DAY, now, true, 10_000))
      volumes.set(bar.close, (volumes.get(bar.close) ?? 0) + bar.volume)
    const rows = [...volumes].toSorted((a, b) => a[0] - b[0])
    session.send(message.histogram(request.reqId, rows))
  }

  ticks(session: ClientSession, request: Extract<Request, { kind: 'historicalTicks' }>): void {
    const { reqId, whatToShow } = request
    const fail = (code: number, text: string): void => this.#context.error(session, reqId, code, text)
    const listing = this.#context.listings.find(request.contract)
    if (listing === undefined) return fail(200, NO_CONTRACT)
    if (!['TRADES', 'BID_ASK', 'MIDPOINT'].includes(whatToShow))
      return fail(321, `Error validating request.-'bW' : cause - Invalid what to show "${whatToShow}"`)
    const { zone } = this.#context.zone
    const [start, end] = [parseTime(request.start, zone)?.time, parseTime(request.end, zone)?.time]
    if ((start === undefined) === (end === undefined))
      return fail(321, "Error validating request.-'bW' : cause - Exactly one of start and end time must be given")
    const count = Math.min(Math.max(request.count, 0), 1000)
    const found = start === undefined ? this.#ticksBefore(listing, end!, count) : this.#ticksFrom(listing, start, count)
    const rows = found.map(([time, { price, size }, q]): readonly string[] => {
      const seconds = String(Math.floor(time / 1000))
      if (whatToShow === 'MIDPOINT') return [seconds, '0', numberText((q.bid + q.ask) / 2), '0']
      if (whatToShow === 'BID_ASK')
        return [seconds, '0', numberText(q.bid), numberText(q.ask), numberText(q.bidSize), numberText(q.askSize)]
      return [seconds, '0', numberText(price), numberText(size), listing.primaryExchange, '']
    })
    const id = whatToShow === 'MIDPOINT' ? '96' : whatToShow === 'BID_ASK' ? '97' : '98'
    session.send(message.historicalTicks(id, reqId, rows))
  }

  #ticksFrom(listing: Listing, start: EpochMs, count: number): PastTick[] {
    const found: PastTick[] = []
    const { market } = this.#context
    const now = this.#context.now()
    for (let t = market.nextStep(Math.max(start, market.earliest(listing)) - 4999); t < now && found.length < count;) {
      for (const { at, trade, quote } of market.ticks(listing, t))
        if (trade !== undefined && t + at >= start && t + at <= now)
          found.push([t + at, trade, quote ?? quoteAround(listing, trade.price, t + at)])
      t = market.nextStep(t + 1)
    }
    return found.slice(0, count)
  }

  #ticksBefore(listing: Listing, end: EpochMs, count: number): PastTick[] {
    const found: PastTick[] = []
    const last = Math.min(end, this.#context.now())
    const { market } = this.#context
    const bars = market.bars(listing, FIVE_SECONDS, last - 5 * MS_PER_DAY, last + 4999, false, count)
    for (const bar of bars)
      for (const { at, trade, quote } of market.ticks(listing, bar.time))
        if (trade !== undefined && bar.time + at < last)
          found.push([bar.time + at, trade, quote ?? quoteAround(listing, trade.price, bar.time + at)])
    return found.slice(-count)
  }
}

/** A trade of the past with the quote around it. */
type PastTick = readonly [time: EpochMs, trade: { readonly price: number; readonly size: number }, quote: StandingQuote]

interface Duration {
  readonly count: number
  readonly unit: 'S' | 'D' | 'W' | 'M' | 'Y'
  startOf(end: EpochMs): EpochMs
}

/** `600 S`, `2 D`, `1 W`, `3 M`, `1 Y`; undefined for anything else. */
function readDuration(text: string): Duration | undefined {
  const found = /^([1-9]\d{0,5}) ?([SDWMY])$/i.exec(text.trim())
  if (found === null) return undefined
  const count = Number(found[1])
  const unit = found[2]!.toUpperCase() as Duration['unit']
  const ms = { S: SECOND, D: MS_PER_DAY, W: 7 * MS_PER_DAY, M: 30 * MS_PER_DAY, Y: 365 * MS_PER_DAY }[unit]
  // No history is longer than a human life; the clock's table of time zones begins in 1967.
  return { count, unit, startOf: (end) => Math.max(end - count * ms, 0) }
}

/** Weeks from Monday, months of the calendar. */
function joinDays(days: readonly MarketBar[], listing: Listing, size: string): MarketBar[] {
  const joined: MarketBar[] = []
  let last: number | undefined
  for (const day of days) {
    const number = Math.floor(listing.calendar.toUtc(listing.calendar.dateOf(day.time), '12:00') / MS_PER_DAY)
    const { year, month } = civilFromDays(number)
    const period = size === '1 week' ? Math.floor((number + 3) / 7) : year * 12 + month
    const open = joined.at(-1)
    if (open === undefined || period !== last) {
      joined.push({ ...day })
      last = period
      continue
    }
    open.high = Math.max(open.high, day.high)
    open.low = Math.min(open.low, day.low)
    open.close = day.close
    open.volume += day.volume
  }
  return joined
}

function titled(whatToShow: string): string {
  return whatToShow.charAt(0) + whatToShow.slice(1).toLowerCase()
}
