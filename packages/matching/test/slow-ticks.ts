/** A tick of the market: a quote with both sides, or a trade. */
export type SlowTick =
  | {
      readonly kind: 'quote'
      readonly bid: number
      readonly ask: number
      readonly bidSize: number
      readonly askSize: number
    }
  | { readonly kind: 'trade'; readonly price: number; readonly size: number }

export interface SlowTickOrder {
  readonly n: number
  readonly side: 'buy' | 'sell'
  readonly type: 'market' | 'limit' | 'stop'
  readonly quantity: number
  readonly limit: number
  readonly stop: number
  readonly ioc: boolean
  /** It is sent before the tick of this index. */
  readonly before: number
}

interface Working {
  readonly order: SlowTickOrder
  left: number
  fired: boolean
  /** No tick has been seen since it was sent. */
  fresh: boolean
  over: boolean
}

/**
 * Rule 17 as it is written, for quotes and trades of one instrument in regular hours, whole shares: displayed size
 * once, 10 % of the traded volume, stops on trades (on quotes while no trade is known).
 *
 * @returns `tick index: order quantity @ price` for every fill, in order
 */
export function slowTicks(orders: readonly SlowTickOrder[], ticks: readonly SlowTick[], tick: number): string[] {
  const out: string[] = []
  const working: Working[] = []
  let bid = { price: Number.NaN, size: 0, left: 0 }
  let ask = { price: Number.NaN, size: 0, left: 0 }
  let traded = false
  let volume = 0 // of trades while anything works, less what fills took of it, times ten
  for (const [index, event] of ticks.entries()) {
    for (const order of orders)
      if (order.before === index) {
        if (working.every((w) => w.over)) volume = 0
        working.push({ order, left: order.quantity, fired: order.type !== 'stop', fresh: true, over: false })
      }
    if (event.kind === 'quote') {
      if (event.bid !== bid.price || event.bidSize !== bid.size)
        bid = { price: event.bid, size: event.bidSize, left: event.bidSize }
      if (event.ask !== ask.price || event.askSize !== ask.size)
        ask = { price: event.ask, size: event.askSize, left: event.askSize }
    } else {
      traded = true
      volume += event.size
    }
    const half = ask.price > bid.price ? (ask.price - bid.price) / 2 : 0
    const wants: { w: Working; price: number; eagerness: number; fires: boolean; share: number }[] = []
    for (const w of working) {
      if (w.over) continue
      const { order } = w
      const buys = order.side === 'buy'
      const seen = event.kind === 'trade' ? event.price : buys ? ask.price : bid.price
      const cost = event.kind === 'trade' ? (buys ? event.price + half : event.price - half) : seen
      if (Number.isNaN(seen)) continue
      if (!w.fired) {
        if (event.kind === 'quote' && traded) continue
        const fires = buys ? seen >= order.stop : seen <= order.stop
        if (fires) wants.push({ w, price: cost, eagerness: Infinity, fires, share: 0 })
      } else if (order.type !== 'limit') wants.push({ w, price: cost, eagerness: Infinity, fires: false, share: 0 })
      else if (w.fresh || order.ioc) {
        const better = buys ? order.limit - cost : cost - order.limit
        if (better >= 0) wants.push({ w, price: cost, eagerness: better, fires: false, share: 0 })
      } else {
        const beyond = buys ? order.limit - seen : seen - order.limit
        const enough = event.kind === 'quote' ? beyond >= 0 : beyond > tick / 2
        if (enough) wants.push({ w, price: order.limit, eagerness: beyond, fires: false, share: 0 })
      }
    }
    wants.sort((a, b) => (a.eagerness === b.eagerness ? a.w.order.n - b.w.order.n : b.eagerness > a.eagerness ? 1 : -1))
    for (const want of wants) {
      if (event.kind === 'quote') {
        const side = want.w.order.side === 'buy' ? ask : bid
        want.share = Math.min(want.w.left, side.left)
        side.left -= want.share
      } else {
        want.share = Math.min(want.w.left, Math.floor(volume / 10 + 1e-9))
        volume -= want.share * 10
      }
    }
    let position = 0
    for (const line of out) {
      const [, n, quantity] = line.split(' ')
      position += (orders.find((o) => o.n === Number(n))!.side === 'buy' ? 1 : -1) * Number(quantity)
    }
    const booked = new Set<unknown>()
    for (const reducing of [true, false])
      for (const want of wants) {
        const sign = want.w.order.side === 'buy' ? 1 : -1
        if (booked.has(want) || (reducing && position * sign >= 0)) continue
        booked.add(want)
        want.w.fired = true
        if (want.share === 0) continue
        want.w.left -= want.share
        position += sign * want.share
        out.push(`${index}: ${want.w.order.n} ${want.share} @ ${want.price.toFixed(6)}`)
      }
    for (const w of working) {
      w.fresh = false
      if (w.left === 0 || w.order.ioc) w.over = true
    }
  }
  return out
}
