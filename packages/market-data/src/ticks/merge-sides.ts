import type { QuoteSeries } from '@onetape/core'

type QuoteColumns = QuoteSeries['columns']

/**
 * Quotes with both sides from rows that may speak of one only (price 0: not of this side). A bid row followed by an ask
 * row of the same time is one quote, as Lean stores ticks. States that repeat the last one, lack a side or have the bid
 * above the ask make no quote: nobody could trade on the last two.
 */
export function mergeSides(rows: QuoteColumns): QuoteColumns {
  const count = rows.time.length
  const out = {
    time: new Float64Array(count),
    bid: new Float64Array(count),
    ask: new Float64Array(count),
    bidSize: new Float64Array(count),
    askSize: new Float64Array(count),
  }
  let n = 0
  let [bid, bidSize, ask, askSize] = [0, 0, 0, 0]
  for (let i = 0; i < count; i++) {
    if (rows.bid[i]! > 0) {
      bid = rows.bid[i]!
      bidSize = rows.bidSize[i]!
    }
    if (rows.ask[i]! > 0) {
      ask = rows.ask[i]!
      askSize = rows.askSize[i]!
    }
    if (isFirstHalf(rows, i) || !(bid > 0 && ask > 0 && bid <= ask)) continue
    const same = n > 0 && out.bid[n - 1] === bid && out.ask[n - 1] === ask
    if (same && out.bidSize[n - 1] === bidSize && out.askSize[n - 1] === askSize) continue
    out.time[n] = rows.time[i]!
    out.bid[n] = bid
    out.ask[n] = ask
    out.bidSize[n] = bidSize
    out.askSize[n++] = askSize
  }
  return {
    time: out.time.slice(0, n),
    bid: out.bid.slice(0, n),
    ask: out.ask.slice(0, n),
    bidSize: out.bidSize.slice(0, n),
    askSize: out.askSize.slice(0, n),
  }
}

function isFirstHalf(rows: QuoteColumns, i: number): boolean {
  const next = i + 1
  return rows.ask[i] === 0 && rows.time[next] === rows.time[i] && rows.bid[next] === 0 && rows.ask[next]! > 0
}
