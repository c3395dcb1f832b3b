import { type EpochMs, type Random, snapToTick } from '@onetape/core'

/** One bar of five seconds (or of what is made of them): figures of trades. `time` is its start. */
export interface MarketBar {
  time: EpochMs
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export const FIVE_SECONDS = 5000

/**
 * A recorded bar as bars of five seconds whose aggregate has the very same open, high, low, close and volume, bit for
 * bit. What happens inside is made up: a path from open over the two extremes (the nearer one to the open's side
 * first) to the close.
 */
export function splitBar(bar: Readonly<MarketBar>, intervalMs: number, tick: number, random: Random): MarketBar[] {
  const n = Math.max(1, Math.round(intervalMs / FIVE_SECONDS))
  const { open, high, low, close } = bar
  if (n === 1) return [{ ...bar }]
  const lowFirst = close > open || (close === open && random.next() < 0.5)
  const first = random.int(0, Math.floor((n - 1) / 2))
  const second = random.int(Math.min(n - 1, first + 1), n - 1)
  const [lowAt, highAt] = lowFirst ? [first, second] : [second, first]
  // Corners of the path: the value at the end of the bar in which an extreme falls lies on the way to the next corner.
  const corners: [at: number, price: number][] = [
    [0, open],
    [lowFirst ? lowAt + 0.5 : highAt + 0.5, lowFirst ? low : high],
    [lowFirst ? highAt + 0.5 : lowAt + 0.5, lowFirst ? high : low],
    [n, close],
  ]
  const inside = (price: number): number => Math.min(high, Math.max(low, snapToTick(price, tick)))
  const ends: number[] = []
  for (let k = 1; k < n; k++) ends.push(inside(along(corners, k) + (random.next() - 0.5) * (high - low) * 0.1))
  ends.push(close)
  const whole = Math.floor(bar.volume)
  const share = Math.floor(whole / n)
  const bars: MarketBar[] = []
  for (let k = 0; k < n; k++) {
    const from = k === 0 ? open : ends[k - 1]!
    const to = ends[k]!
    bars.push({
      time: bar.time + k * FIVE_SECONDS,
      open: from,
      high: k === highAt ? high : Math.max(from, to),
      low: k === lowAt ? low : Math.min(from, to),
      close: to,
      // Whole shares first; the last bar takes what is left, which is exact.
      volume: k < n - 1 ? share : bar.volume - share * (n - 1),
    })
  }
  return bars
}

function along(corners: readonly (readonly [number, number])[], at: number): number {
  for (let i = 1; i < corners.length; i++) {
    const [x0, y0] = corners[i - 1]!
    const [x1, y1] = corners[i]!
    if (at <= x1) return x1 > x0 ? y0 + ((y1 - y0) * (at - x0)) / (x1 - x0) : y1
  }
  return corners.at(-1)![1]
}

/** A trade inside a five-second bar; `at` is milliseconds after its start. */
export interface InnerTrade {
  readonly at: number
  readonly price: number
  readonly size: number
}

/** When the trades of a five-second bar happen, milliseconds after its start. */
const TRADE_TIMES: readonly number[] = [0, 1250, 2500, 3750]

/** The four trades of a five-second bar: their open, extremes, close and volume are the bar's. None without volume. */
export function tradesOf(bar: Readonly<MarketBar>): InnerTrade[] {
  if (!(bar.volume > 0)) return []
  const up = bar.close >= bar.open
  const prices = [bar.open, up ? bar.low : bar.high, up ? bar.high : bar.low, bar.close]
  // Quarters are exact in binary, so that thin volume still sums up to the bar's.
  const share = bar.volume >= 8 ? Math.floor(bar.volume / 4) : bar.volume / 4
  return prices.map((price, i) => ({
    at: TRADE_TIMES[i]!,
    price,
    size: i < 3 ? share : bar.volume - 3 * share,
  }))
}

/** The five bars of one second that a bar of five seconds is made of; seconds without a trade stand still. */
export function secondsOf(bar: Readonly<MarketBar>): MarketBar[] {
  const trades = tradesOf(bar)
  let last = bar.open
  return Array.from({ length: 5 }, (_, second) => {
    const trade = trades.find((t) => Math.floor(t.at / 1000) === second)
    last = trade?.price ?? last
    const volume = trade?.size ?? 0
    return { time: bar.time + second * 1000, open: last, high: last, low: last, close: last, volume }
  })
}
