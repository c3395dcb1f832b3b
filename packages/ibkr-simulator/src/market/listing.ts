import type { InstrumentSpec } from '@onetape/core'
import type { TradingCalendar } from '@onetape/calendar'
import type { ContractQuery } from '../wire/contract-query.ts'
import type { WireContract } from '../wire/messages.ts'

/** A stock that the gateway knows. */
export interface Listing extends WireContract {
  /** Dense, in order of registration; the id of its instrument at the venue. */
  readonly index: number
  readonly longName: string
  readonly industry: string
  readonly category: string
  readonly spec: InstrumentSpec
  readonly calendar: TradingCalendar
}

/** What is known of a symbol beyond its name: contract id, exchange, name, sector, a price to begin with. */
interface Known {
  readonly conId: number
  readonly exchange: string
  readonly name: string
  readonly industry: string
  readonly price: number
}

const KNOWN: Readonly<Record<string, Known>> = {
  AAPL: { conId: 265_598, exchange: 'NASDAQ', name: 'APPLE INC', industry: 'Technology', price: 230 },
  MSFT: { conId: 272_093, exchange: 'NASDAQ', name: 'MICROSOFT CORP', industry: 'Technology', price: 420 },
  AMZN: { conId: 3_691_937, exchange: 'NASDAQ', name: 'AMAZON.COM INC', industry: 'Communications', price: 200 },
  NVDA: { conId: 4_815_747, exchange: 'NASDAQ', name: 'NVIDIA CORP', industry: 'Technology', price: 140 },
  TSLA: { conId: 76_792_991, exchange: 'NASDAQ', name: 'TESLA INC', industry: 'Consumer, Cyclical', price: 320 },
  META: { conId: 107_113_386, exchange: 'NASDAQ', name: 'META PLATFORMS INC', industry: 'Communications', price: 560 },
  GOOG: { conId: 208_813_720, exchange: 'NASDAQ', name: 'ALPHABET INC-CL C', industry: 'Communications', price: 175 },
  GOOGL: { conId: 208_813_719, exchange: 'NASDAQ', name: 'ALPHABET INC-CL A', industry: 'Communications', price: 174 },
  NFLX: { conId: 15_124_833, exchange: 'NASDAQ', name: 'NETFLIX INC', industry: 'Communications', price: 880 },
  AMD: { conId: 4_391, exchange: 'NASDAQ', name: 'ADVANCED MICRO DEVICES', industry: 'Technology', price: 140 },
  INTC: { conId: 270_639, exchange: 'NASDAQ', name: 'INTEL CORP', industry: 'Technology', price: 24 },
  IBM: { conId: 8_314, exchange: 'NYSE', name: 'INTL BUSINESS MACHINES CORP', industry: 'Technology', price: 215 },
  JPM: { conId: 1_520_593, exchange: 'NYSE', name: 'JPMORGAN CHASE & CO', industry: 'Financial', price: 240 },
  KO: { conId: 8_894, exchange: 'NYSE', name: 'COCA-COLA CO/THE', industry: 'Consumer, Non-cyclical', price: 62 },
  DIS: { conId: 6_459, exchange: 'NYSE', name: 'WALT DISNEY CO/THE', industry: 'Communications', price: 112 },
  BAC: { conId: 10_098, exchange: 'NYSE', name: 'BANK OF AMERICA CORP', industry: 'Financial', price: 46 },
  SPY: { conId: 756_733, exchange: 'ARCA', name: 'SPDR S&P 500 ETF TRUST', industry: 'Funds', price: 590 },
  QQQ: { conId: 320_227_571, exchange: 'NASDAQ', name: 'INVESCO QQQ TRUST SERIES 1', industry: 'Funds', price: 505 },
  IWM: { conId: 9_579_970, exchange: 'ARCA', name: 'ISHARES RUSSELL 2000 ETF', industry: 'Funds', price: 235 },
}

/** The symbols of the seeded market when none are named. */
export const SEEDED_SYMBOLS: readonly string[] = Object.keys(KNOWN)

/** FNV-1a, 32 bits: the same number for the same text everywhere. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** A price that a made-up history of the symbol may begin with, USD. */
export function startPrice(symbol: string): number {
  return KNOWN[symbol]?.price ?? 20 + (textHash(symbol) % 30_000) / 100
}

export function makeListing(index: number, spec: InstrumentSpec, calendar: TradingCalendar): Listing {
  const known = Object.hasOwn(KNOWN, spec.symbol) ? KNOWN[spec.symbol] : undefined
  const exchange = known?.exchange ?? spec.exchange
  return {
    index,
    conId: known?.conId ?? 400_000_000 + (textHash(spec.symbol) % 300_000_000),
    symbol: spec.symbol,
    primaryExchange: exchange,
    currency: 'USD',
    localSymbol: spec.symbol,
    tradingClass: exchange === 'NASDAQ' ? 'NMS' : spec.symbol,
    longName: known?.name ?? `${spec.symbol} INC`,
    industry: known?.industry ?? 'Industrial',
    category: known?.industry ?? 'Industrial',
    spec,
    calendar,
  }
}

/** The stocks of the gateway, found as a client names them. */
export class Listings {
  readonly all: readonly Listing[]
  readonly #bySymbol: ReadonlyMap<string, Listing>
  readonly #byConId: ReadonlyMap<number, Listing>

  constructor(all: readonly Listing[]) {
    this.all = all
    this.#bySymbol = new Map(all.map((l) => [l.symbol, l]))
    this.#byConId = new Map(all.map((l) => [l.conId, l]))
  }

  /** The stock that a query means, undefined when there is none or the query contradicts itself. */
  find(query: ContractQuery): Listing | undefined {
    const symbol = query.symbol === '' ? query.localSymbol : query.symbol
    const found = query.conId > 0 ? this.#byConId.get(query.conId) : this.#bySymbol.get(symbol)
    if (found === undefined) return undefined
    if (query.secType !== '' && query.secType !== 'STK') return undefined
    if (query.currency !== '' && query.currency !== found.currency) return undefined
    if (query.conId > 0 && query.symbol !== '' && query.symbol !== found.symbol) return undefined
    const place = query.exchange
    if (place !== '' && place !== 'SMART' && !exchangesOf(found).includes(place)) return undefined
    return found
  }

  byConId(conId: number): Listing | undefined {
    return this.#byConId.get(conId)
  }

  /** Whose symbol begins with the pattern, then whose name holds it; at most 16. */
  search(pattern: string): Listing[] {
    const wanted = pattern.trim().toUpperCase()
    if (wanted === '') return []
    const bySymbol = this.all.filter((l) => l.symbol.startsWith(wanted))
    const byName = this.all.filter((l) => !bySymbol.includes(l) && l.longName.includes(wanted))
    return [...bySymbol.toSorted((a, b) => a.symbol.length - b.symbol.length), ...byName].slice(0, 16)
  }
}

/** Where orders for a stock can be sent. */
export function exchangesOf(listing: Listing): readonly string[] {
  return [...new Set(['SMART', listing.primaryExchange, 'NYSE', 'ARCA', 'NASDAQ', 'ISLAND', 'BATS', 'IEX'])]
}
