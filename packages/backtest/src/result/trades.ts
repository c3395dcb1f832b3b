import type { TradeRecord } from '@onetape/analytics'
import type { EpochMs, Shares, Usd, UsdPerShare } from '@onetape/core'
import { Booking, type Engine, type Stream, StreamKind } from '@onetape/engine'

/** One round trip of a run. */
export interface TradeResult extends TradeRecord {
  /** Tag of the order that opened it. */
  readonly tag: string | undefined
}

/** A position at the end of a run. */
export interface OpenPosition {
  readonly symbol: string
  readonly strategy: string
  readonly side: 'long' | 'short'
  readonly quantity: Shares
  readonly averageCost: UsdPerShare
  readonly mark: UsdPerShare
  readonly unrealized: Usd
  readonly entryTime: EpochMs
  readonly fees: Usd
}

/** A round trip in the making; prices on the basis after its last split. */
export interface Open {
  side: 1 | -1
  entryTime: EpochMs
  entryBar: EpochMs
  quantity: Shares
  peak: Shares
  entryQuantity: Shares
  entryValue: number
  exitQuantity: Shares
  exitValue: number
  realized: Usd
  fees: Usd
  /** Splits while it was open: prices from before count for 1 / `ratio` on today's basis. */
  splits: { readonly time: EpochMs; readonly ratio: number }[]
  tag: string | undefined
}

/**
 * Round trips from the ledger's log: from flat to flat, or through zero, per instrument and strategy; the fee of a fill
 * through zero is split by quantity. Splits in between change quantities and prices, not the trade.
 */
export function tradesOf(engine: Engine): {
  readonly trades: readonly TradeResult[]
  readonly open: readonly OpenPosition[]
} {
  const { log } = engine.ledger
  const { table } = engine.flow
  const width = engine.instruments.length
  const open: (Open | undefined)[] = []
  const trades: TradeResult[] = []
  for (let row = 0; row < log.count; row++) {
    const instrument = log.instrument[row]!
    if (instrument === -1) continue
    const slot = log.strategy[row]! * width + instrument
    const kind = log.kind[row]!
    if (kind === Booking.split) scale(open[slot], log.quantity[row]!, log.time[row]!)
    else if (kind === Booking.reinvest) grow(open[slot], log.quantity[row]!, log.price[row]!)
    else if (kind === Booking.splitCash) {
      const trade = open[slot]
      if (trade !== undefined) {
        const shares = Math.abs(log.quantity[row]!)
        trade.exitQuantity += shares
        trade.exitValue += shares * log.price[row]!
        trade.quantity -= shares
        trade.realized += log.realized[row]!
        // The whole position was less than a lot.
        if (trade.quantity <= 1e-9 * trade.peak) {
          trades.push(closed(engine, instrument, log.strategy[row]!, trade, log.time[row]!, log.barTime[row]!))
          open[slot] = undefined
        }
      }
    } else if (kind === Booking.fill) {
      const order = log.order[row]!
      const tag = order === -1 ? undefined : table.extrasOf(order)?.tag
      const signed = log.quantity[row]!
      const side = signed > 0 ? 1 : -1
      let rest = Math.abs(signed)
      const feePerShare = log.fee[row]! / rest
      const price = log.price[row]!
      const current = open[slot]
      if (current !== undefined && current.side !== side) {
        const closing = Math.min(rest, current.quantity)
        current.exitQuantity += closing
        current.exitValue += closing * price
        current.fees += closing * feePerShare
        current.realized += log.realized[row]!
        current.quantity -= closing
        rest -= closing
        if (current.quantity <= 1e-9 * current.peak) {
          trades.push(closed(engine, instrument, log.strategy[row]!, current, log.time[row]!, log.barTime[row]!))
          open[slot] = undefined
        }
        if (rest <= 1e-9 * Math.abs(signed)) continue
      }
      const trade = (open[slot] ??= {
        side,
        entryTime: log.time[row]!,
        entryBar: log.barTime[row]!,
        quantity: 0,
        peak: 0,
        entryQuantity: 0,
        entryValue: 0,
        exitQuantity: 0,
        exitValue: 0,
        realized: 0,
        fees: 0,
        splits: [],
        tag,
      })
      grow(trade, rest, price)
      trade.fees += rest * feePerShare
    }
  }
  return { trades, open: openPositions(engine, open) }
}

function grow(trade: Open | undefined, quantity: Shares, price: UsdPerShare): void {
  if (trade === undefined) return
  trade.quantity += quantity
  trade.entryQuantity += quantity
  trade.entryValue += quantity * price
  trade.peak = Math.max(trade.peak, trade.quantity)
}

export function scale(trade: Open | undefined, ratio: number, time: EpochMs): void {
  if (trade === undefined) return
  trade.splits.push({ time, ratio })
  trade.quantity *= ratio
  trade.peak *= ratio
  trade.entryQuantity *= ratio
  trade.exitQuantity *= ratio
}

export function closed(
  engine: Engine,
  instrument: number,
  strategy: number,
  trade: Open,
  exitTime: EpochMs,
  exitBar: EpochMs,
): TradeResult {
  const { multiplier, symbol } = engine.instruments[instrument]!
  const stream = engine.matchingStream(instrument)
  const entryPrice = trade.entryValue / trade.entryQuantity
  const excursion = excursions(stream, trade, exitBar, entryPrice, multiplier)
  // With ticks a fill has no bar; the finest bars loaded are counted.
  const bars =
    stream.kind === StreamKind.bar
      ? stream
      : engine.streams.find((s) => s.instrument.id === instrument && s.kind === StreamKind.bar && s.primary)
  return {
    symbol,
    strategy: engine.hosts[strategy]!.id,
    side: trade.side > 0 ? 'long' : 'short',
    entryTime: trade.entryTime,
    exitTime,
    quantity: trade.peak,
    entryPrice,
    exitPrice: trade.exitValue / trade.exitQuantity,
    pnl: trade.realized - trade.fees,
    fees: trade.fees,
    multiplier,
    bars:
      bars === undefined ? undefined : indexAt(bars.columns.time, exitBar) - indexAt(bars.columns.time, trade.entryBar),
    mae: excursion.worst,
    mfe: excursion.best,
    tag: trade.tag,
  }
}

/** Index of the first bar that begins at `time` or later, by binary search. */
function indexAt(times: Float64Array, time: EpochMs): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Worst and best open P&L of the largest quantity, from the highs and lows of the bars held (from the marks where orders
 * match on quotes or trades), all on the basis of prices after the last split. The bar of the exit counts up to the
 * exit's price only.
 */
function excursions(
  stream: Stream,
  trade: Open,
  exitBar: EpochMs,
  entryPrice: UsdPerShare,
  multiplier: number,
): { worst: Usd; best: Usd } {
  let high = trade.exitValue / trade.exitQuantity
  let low = high
  const { time, close } = stream.columns
  const { high: highs, low: lows } = stream.kind === StreamKind.bar ? stream.columns : { high: close, low: close }
  const to = indexAt(time, exitBar)
  let basis = trade.splits.reduce((product, { ratio }) => product * ratio, 1)
  let next = 0
  for (let i = indexAt(time, trade.entryBar); i < to; i++) {
    for (; next < trade.splits.length && trade.splits[next]!.time <= time[i]!; next++)
      basis /= trade.splits[next]!.ratio
    // A quote with one side has no mark: NaN loses both comparisons.
    if (highs[i]! / basis > high) high = highs[i]! / basis
    if (lows[i]! / basis < low) low = lows[i]! / basis
  }
  const size = trade.peak * multiplier
  const up = (high - entryPrice) * size
  const down = (low - entryPrice) * size
  return trade.side > 0
    ? { worst: Math.min(0, down), best: Math.max(0, up) }
    : { worst: Math.min(0, -up), best: Math.max(0, -down) }
}

function openPositions(engine: Engine, open: readonly (Open | undefined)[]): readonly OpenPosition[] {
  const width = engine.instruments.length
  const { ledger } = engine
  return open.flatMap((trade, slot) => {
    if (trade === undefined) return []
    const instrument = engine.instruments[slot % width]!
    const held = ledger.held[slot]!
    const mark = ledger.mark[instrument.id]!
    const averageCost = ledger.averageCost[slot]!
    return [
      {
        symbol: instrument.symbol,
        strategy: engine.hosts[Math.floor(slot / width)]!.id,
        side: held > 0 ? ('long' as const) : ('short' as const),
        quantity: Math.abs(held),
        averageCost,
        mark,
        unrealized: held * instrument.multiplier * (mark - averageCost),
        entryTime: trade.entryTime,
        fees: trade.fees,
      },
    ]
  })
}
