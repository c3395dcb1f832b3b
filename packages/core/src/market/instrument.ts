import { InputError } from '../errors/input-error.ts'
import type { Brand } from '../brand.ts'

/** Dense index of an instrument in one run: 0, 1, 2, … in order of registration. */
export type InstrumentId = Brand<number, 'InstrumentId'>

export type InstrumentKind = 'stock' | 'future'

/** What is traded, as data and configuration describe it. A run gives it an `id` and makes it an {@link Instrument}. */
export interface InstrumentSpec {
  readonly symbol: string
  /**
   * `stock`: a trade pays its value in cash. `future`: a trade pays nothing but fees, profit and loss are settled in
   * cash when a position is reduced, and margin is held back.
   */
  readonly kind: InstrumentKind
  /** Name of the trading calendar: `XNYS`, `XNAS`, `24/7`. */
  readonly calendar: string
  /** Primary exchange where it matters for auctions: `NYSE`, `NASDAQ`, `ARCA`. */
  readonly exchange: string
  /** Smallest price step, USD per share. `0` stands for the dated, price-banded table of US equities. */
  readonly tick: number
  /** Smallest quantity step; 1 for whole shares, 0.0001 for fractional trading. */
  readonly lot: number
  /** USD of value per unit of price and quantity: 1 for stocks, 50 for the ES future. */
  readonly multiplier: number
  /** False for instruments whose data carries no volume (an index, some FX): participation limits are then off for it. */
  readonly hasVolume: boolean
  /** USD held back per unit of quantity (futures). */
  readonly initialMargin: number
  /** USD per unit of quantity below which a margin call starts (futures). */
  readonly maintenanceMargin: number
}

/** An instrument inside a run: one interned object per run, comparable by identity. */
export interface Instrument extends InstrumentSpec {
  readonly id: InstrumentId
}

/**
 * A US stock by default (calendar XNYS, tick from the US table, whole shares); fields given replace the defaults.
 * @throws {InputError} `instrument.field` for a number that is not finite or not positive where it must be
 */
export function instrument(symbol: string, fields: Partial<Omit<InstrumentSpec, 'symbol'>> = {}): InstrumentSpec {
  const spec: InstrumentSpec = {
    symbol,
    kind: 'stock',
    calendar: 'XNYS',
    exchange: 'NYSE',
    tick: 0,
    lot: 1,
    multiplier: 1,
    hasVolume: true,
    initialMargin: 0,
    maintenanceMargin: 0,
    ...fields,
  }
  if (symbol.trim() === '') throw new InputError('instrument.field', 'Expected a symbol, found an empty text.')
  for (const key of ['lot', 'multiplier'] as const)
    if (!(spec[key] > 0 && Number.isFinite(spec[key])))
      throw new InputError('instrument.field', `Expected ${key} > 0, found ${spec[key]}.`, { place: symbol })
  for (const key of ['tick', 'initialMargin', 'maintenanceMargin'] as const)
    if (!(spec[key] >= 0 && Number.isFinite(spec[key])))
      throw new InputError('instrument.field', `Expected ${key} >= 0, found ${spec[key]}.`, { place: symbol })
  return spec
}
