import { type Contract, type ContractDetails, SecType } from '@stoqey/ib'
import { InputError, instrument, type InstrumentSpec } from '@onetape/core'

/** How TWS shall find an instrument, where its symbol as a US stock does not say it. */
export interface ContractSpec {
  /** TWS' own number; alone it suffices. */
  readonly conId?: number | undefined
  /** Default: the symbol with a blank for a class of shares (`BRK B`). */
  readonly symbol?: string | undefined
  /** `STK` (default), `FUT`, `CASH`, `IND`, `CRYPTO`, … */
  readonly secType?: `${SecType}` | undefined
  /** Default `SMART`. */
  readonly exchange?: string | undefined
  readonly primaryExchange?: string | undefined
  /** Default `USD`. */
  readonly currency?: string | undefined
  /** The exchange's name of one contract, `ESZ6`. */
  readonly localSymbol?: string | undefined
  /** `YYYYMM` or `YYYYMMDD`. */
  readonly expiry?: string | undefined
  readonly multiplier?: number | undefined
  readonly tradingClass?: string | undefined
}

/**
 * What to ask TWS for. Without a primary exchange: one that is wrong finds nothing.
 *
 * @throws {InputError} `ibkr.contract` for a kind of instrument that TWS does not know
 */
export function contractQuery(symbol: string, spec: ContractSpec = {}): Contract {
  const query: Contract = {
    symbol: spec.localSymbol === undefined ? (spec.symbol ?? twsSymbol(symbol)) : (spec.symbol ?? ''),
    secType: secTypeOf(spec.secType ?? 'STK'),
    exchange: spec.exchange ?? 'SMART',
    currency: spec.currency ?? 'USD',
  }
  if (spec.conId !== undefined) query.conId = spec.conId
  if (spec.primaryExchange !== undefined) query.primaryExch = spec.primaryExchange
  if (spec.localSymbol !== undefined) query.localSymbol = spec.localSymbol
  if (spec.expiry !== undefined) query.lastTradeDateOrContractMonth = spec.expiry
  if (spec.multiplier !== undefined) query.multiplier = spec.multiplier
  if (spec.tradingClass !== undefined) query.tradingClass = spec.tradingClass
  return query
}

/** The one of several answers that is meant: by contract id, primary exchange, or because it is the only one. */
export function chooseDetails(
  answers: readonly ContractDetails[],
  spec: ContractSpec,
  exchange: string | undefined,
): ContractDetails | undefined {
  const distinct = [...new Map(answers.map((details) => [details.contract.conId, details])).values()]
  if (spec.conId !== undefined) return distinct.find(({ contract }) => contract.conId === spec.conId)
  if (distinct.length === 1) return distinct[0]
  const wanted = spec.primaryExchange ?? exchange
  const there = distinct.filter(({ contract }) => exchangeName(contract.primaryExch) === exchangeName(wanted))
  return there.length === 1 ? there[0] : undefined
}

/** The contract as orders and data requests name it: by its id, with what gateways of all ages want to see beside it. */
export function tradedContract(details: ContractDetails, query: Contract): Contract {
  const found = details.contract
  const contract: Contract = {
    symbol: found.symbol ?? query.symbol ?? '',
    secType: found.secType ?? query.secType ?? SecType.STK,
    exchange: query.exchange === '' || query.exchange === undefined ? (found.exchange ?? 'SMART') : query.exchange,
    currency: found.currency ?? query.currency ?? 'USD',
  }
  if (found.conId !== undefined) contract.conId = found.conId
  if (found.primaryExch) contract.primaryExch = found.primaryExch
  if (found.localSymbol) contract.localSymbol = found.localSymbol
  if (found.tradingClass) contract.tradingClass = found.tradingClass
  if (found.multiplier) contract.multiplier = found.multiplier
  if (found.lastTradeDateOrContractMonth && found.secType !== SecType.STK)
    contract.lastTradeDateOrContractMonth = found.lastTradeDateOrContractMonth
  return contract
}

/** What TWS tells about an instrument, as a run knows instruments. */
export interface SpecOptions {
  /** Trade fractions of shares where TWS states a step below 1. Default false: most accounts may not (code 10243). */
  readonly fractional?: boolean | undefined
  /** Fields that replace what was found. */
  readonly fields?: Partial<Omit<InstrumentSpec, 'symbol'>> | undefined
}

/** An instrument of ours from the details of a contract. */
export function instrumentSpec(symbol: string, details: ContractDetails, options: SpecOptions = {}): InstrumentSpec {
  const { contract } = details
  const future = contract.secType === SecType.FUT || contract.secType === SecType.CONTFUT
  const usStock = contract.secType === SecType.STK && contract.currency === 'USD'
  const exchange = exchangeName(contract.primaryExch || contract.exchange)
  const step = positive(details.sizeIncrement) ?? 1
  const found: Partial<Omit<InstrumentSpec, 'symbol'>> = {
    kind: future ? 'future' : 'stock',
    calendar: neverCloses(details) ? '24/7' : exchange === 'NASDAQ' ? 'XNAS' : 'XNYS',
    exchange,
    tick: usStock ? 0 : (positive(details.minTick) ?? 0.01),
    lot: options.fractional === true || contract.secType === SecType.CRYPTO ? step : Math.max(1, step),
    multiplier: positive(contract.multiplier) ?? 1,
    hasVolume: contract.secType !== SecType.IND && contract.secType !== SecType.CASH,
  }
  return instrument(symbol, { ...found, ...options.fields })
}

/** `BRK B` of `BRK.B`, as TWS names classes of shares. */
export function twsSymbol(symbol: string): string {
  return /^[A-Z]+[.-][A-Z]$/.test(symbol) ? symbol.replace(/[.-]/, ' ') : symbol
}

/** `BRK.B` of `BRK B`. */
export function ourSymbol(contract: Contract): string {
  if (contract.secType !== SecType.STK && contract.localSymbol) return contract.localSymbol
  return (contract.symbol ?? '').replace(' ', '.')
}

function secTypeOf(name: string): SecType {
  const found = new Map<string, SecType>(Object.values(SecType).map((type) => [type, type])).get(name)
  if (found !== undefined) return found
  throw new InputError('ibkr.contract', `Expected a secType like STK, FUT or CASH, found "${name}".`)
}

/** `NASDAQ` also under its older names. */
function exchangeName(name: string | undefined): string {
  const first = (name ?? '').split(/[. ]/)[0]!.toUpperCase()
  return first === 'ISLAND' || first === 'XNAS' ? 'NASDAQ' : first === 'XNYS' ? 'NYSE' : first
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 && value < Infinity ? value : undefined
}

/** Trading hours without a closed day, of which each lasts all day: `20261119:0000-20261120:0000;…`. */
function neverCloses(details: ContractDetails): boolean {
  const days = (details.liquidHours || details.tradingHours || '').split(';').filter((day) => day !== '')
  return days.length > 0 && days.every(lastsAllDay)
}

function lastsAllDay(day: string): boolean {
  const match = /^(\d{8}):(\d{4})-(\d{8}):(\d{4})$/.exec(day)
  if (match === null || match[2] !== '0000') return false
  return match[4] === '2359' || match[4] === '2400' || (match[4] === '0000' && match[3]! > match[1]!)
}
