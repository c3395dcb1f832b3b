import { Booking, type Engine } from '@onetape/engine'
import { type Open, type OpenPosition, type TradeResult, closed, scale } from './trades.ts'

/** One fill's shares that are still held: a trade of their own once others of the opposite side have closed them. */
type Lot = Open

/**
 * Trades by lots, first in, first out: each part of a fill that a later one closes is a trade, and the fee of either side
 * is split by quantity. Splits change quantities and prices of lots, dividends that are reinvested add one.
 */
export function lotsOf(engine: Engine): {
  readonly trades: readonly TradeResult[]
  readonly open: readonly OpenPosition[]
} {
  const { log } = engine.ledger
  const { table } = engine.flow
  const width = engine.instruments.length
  const held: Lot[][] = Array.from({ length: engine.ledger.held.length }, () => [])
  const trades: TradeResult[] = []
  for (let row = 0; row < log.count; row++) {
    const instrument = log.instrument[row]!
    if (instrument === -1) continue
    const strategy = log.strategy[row]!
    const slot = strategy * width + instrument
    const lots = held[slot]!
    const kind = log.kind[row]!
    const quantity = Math.abs(log.quantity[row]!)
    const price = log.price[row]!
    if (kind === Booking.split) for (const lot of lots) scale(lot, log.quantity[row]!, log.time[row]!)
    else if (kind === Booking.reinvest) lots.push(lotOf(engine, row, 1, quantity, 0, undefined))
    else if (kind === Booking.splitCash) close(lots, quantity, price, 0, row)
    else if (kind === Booking.fill) {
      const side = log.quantity[row]! > 0 ? 1 : -1
      const feePerShare = log.fee[row]! / quantity
      const rest =
        lots[0] !== undefined && lots[0].side !== side ? close(lots, quantity, price, feePerShare, row) : quantity
      if (!(rest > 1e-9 * quantity)) continue
      const order = log.order[row]!
      const tag = order === -1 ? undefined : table.extrasOf(order)?.tag
      lots.push(lotOf(engine, row, side, rest, rest * feePerShare, tag))
    }
  }
  return { trades, open: held.flatMap((lots, slot) => position(engine, slot, lots)) }

  /** Closes up to `quantity` shares, the oldest first. Gives what is left of it. */
  function close(lots: Lot[], quantity: number, price: number, feePerShare: number, row: number): number {
    let rest = quantity
    while (rest > 1e-9 * quantity && lots[0] !== undefined) {
      const lot = lots[0]
      const part = rest >= lot.quantity * (1 - 1e-9) ? lot.quantity : rest
      const share = part / lot.quantity
      const instrument = log.instrument[row]!
      const { multiplier } = engine.instruments[instrument]!
      const value = lot.entryValue * share
      const done: Lot = {
        ...lot,
        quantity: 0,
        peak: part,
        entryQuantity: part,
        entryValue: value,
        exitQuantity: part,
        exitValue: part * price,
        realized: (part * price - value) * lot.side * multiplier,
        fees: lot.fees * share + part * feePerShare,
        splits: [...lot.splits],
      }
      trades.push(closed(engine, instrument, log.strategy[row]!, done, log.time[row]!, log.barTime[row]!))
      if (part === lot.quantity) lots.shift()
      else {
        lot.entryValue -= value
        lot.fees *= 1 - share
        lot.quantity -= part
        lot.entryQuantity = lot.quantity
        lot.peak = lot.quantity
      }
      rest -= part
    }
    return rest
  }
}

function lotOf(
  { ledger: { log } }: Engine,
  row: number,
  side: 1 | -1,
  quantity: number,
  fees: number,
  tag: string | undefined,
): Lot {
  return {
    side,
    entryTime: log.time[row]!,
    entryBar: log.barTime[row]!,
    quantity,
    peak: quantity,
    entryQuantity: quantity,
    entryValue: quantity * log.price[row]!,
    exitQuantity: 0,
    exitValue: 0,
    realized: 0,
    fees,
    splits: [],
    tag,
  }
}

/** What is left at the end as one position, at the mean price of its lots. */
function position(engine: Engine, slot: number, lots: readonly Lot[]): readonly OpenPosition[] {
  const [first] = lots
  if (first === undefined) return []
  const width = engine.instruments.length
  const { id, symbol, multiplier } = engine.instruments[slot % width]!
  const sum = (of: (lot: Lot) => number): number => lots.reduce((total, lot) => total + of(lot), 0)
  const quantity = sum((lot) => lot.quantity)
  const averageCost = sum((lot) => lot.entryValue) / quantity
  const mark = engine.ledger.mark[id]!
  return [
    {
      symbol,
      strategy: engine.hosts[Math.floor(slot / width)]!.id,
      side: first.side > 0 ? 'long' : 'short',
      quantity,
      averageCost,
      mark,
      unrealized: first.side * quantity * multiplier * (mark - averageCost),
      entryTime: first.entryTime,
      fees: sum((lot) => lot.fees),
    },
  ]
}
