import { message } from '../wire/messages.ts'

/**
 * Generic ticks that TWS takes for stocks. Those of {@link genericTicks} are made here; of the others this market has
 * nothing.
 */
const KNOWN: ReadonlySet<string> = new Set(
  (
    '100 101 104 105 106 165 166 220 221 225 232 233 236 256 258 292 293 294 295 318 375 381 384 387 388 391 407 411 428 ' +
    '439 456 459 460 499 506 511 512 513 514 515 516 517 576 577 578 584 586 587 588 595 599 608 614 619 621 622 623 mdoff'
  ).split(' '),
)

/** The generic ticks that a client lists, or the part of its list that TWS does not know. */
export function readGenericTicks(list: string): ReadonlySet<string> | { readonly unknown: string } {
  const wanted = list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  // News name their provider: `292:BRFG`.
  const unknown = wanted.find((each) => !KNOWN.has(each.split(':')[0]!))
  return unknown === undefined ? new Set(wanted.map((each) => each.split(':')[0]!)) : { unknown }
}

/** A trade and the day so far, it included. */
export interface TradeOfDay {
  readonly price: number
  /** Shares; 0 when there was no new trade. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly volume: number
  readonly trades: number
  /** Σ price · shares. */
  readonly value: number
}

/** What the generic ticks of a line say after a trade; `first` adds what changes rarely. */
export function genericTicks(reqId: number, wanted: ReadonlySet<string>, t: TradeOfDay, first: boolean): string[][] {
  const out: string[][] = []
  const average = t.volume > 0 ? Math.round((t.value / t.volume) * 1e8) / 1e8 : t.price
  const volumeText = `${t.price};${t.size};${t.time};${t.volume};${average};true`
  if (wanted.has('221') || wanted.has('232')) out.push(message.tickPrice(reqId, 37, t.price, 0, 0))
  if (t.size > 0 && wanted.has('233')) out.push(message.tickString(reqId, 48, volumeText))
  if (t.size > 0 && wanted.has('375')) out.push(message.tickString(reqId, 77, volumeText))
  if (wanted.has('293')) out.push(message.tickGeneric(reqId, 54, t.trades))
  if (wanted.has('318')) out.push(message.tickPrice(reqId, 57, t.price, 0, 0))
  // Above 2.5: at least a thousand shares can be borrowed.
  if (first && wanted.has('236'))
    out.push(message.tickGeneric(reqId, 46, 3), message.tickSize(reqId, 89, SHORTABLE_SHARES))
  return out
}

const SHORTABLE_SHARES = 10_000_000
