import type { OrderType } from '@onetape/core'

/** One order of the slow matcher. Missing prices are undefined. */
export interface SlowOrder {
  readonly n: number
  readonly side: 'buy' | 'sell'
  readonly type: OrderType
  readonly quantity: number
  readonly limit?: number | undefined
  readonly stop?: number | undefined
  readonly trail?: number | undefined
  readonly offset?: number | undefined
  readonly tif: 'gtc' | 'ioc' | 'fok'
  readonly oca?: number | undefined
  readonly parent?: number | undefined
  /** It is sent before the bar of this index. */
  readonly before: number
}

export interface SlowBar {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

export interface SlowOptions {
  /** Infinity = off. */
  readonly participation: number
  readonly touch: boolean
  readonly exits: 'pessimistic' | 'optimistic' | 'path'
  readonly slippageBps: number
  readonly tick: number
}

interface State {
  readonly order: SlowOrder
  filled: number
  /** Total it may become, less what its group took. */
  quantity: number
  /** What its parent has given it so far, less what its group took. */
  allowed: number
  given: number
  awake: boolean
  over: boolean
  as: 'market' | 'limit' | 'waiting'
  limit: number
  level: number
  /** Rank among its equals: acceptance. */
  place: number
}

interface Hit {
  readonly state: State
  readonly when: 'open' | 'inside'
  /** In the order's own view: a buy. Sells live in a mirrored world where all prices are negative. */
  readonly price: number
  /** Smaller = earlier. */
  readonly urgency: number
  readonly fires: boolean
  readonly fills: boolean
  readonly slips: boolean
  readonly isStop: boolean
}

/**
 * The rules for fills on bars once more, as plainly as they are written: one instrument, whole shares, no calendar.
 * Every sell is turned into a buy in a mirrored market, so each rule stands here once. Slow on purpose.
 *
 * @returns `bar index: order quantity @ price` for every fill, in order
 */
export function slowMatch(orders: readonly SlowOrder[], bars: readonly SlowBar[], options: SlowOptions): string[] {
  const out: string[] = []
  const states: State[] = []
  let position = 0
  let places = 0

  for (const [index, bar] of bars.entries()) {
    for (const order of orders)
      if (order.before === index) {
        const state = newState(order, places++, index === 0 ? Number.NaN : bars[index - 1]!.close)
        const parent = states.find((other) => other.order.n === order.parent)
        if (order.parent !== undefined && (parent === undefined || parent.over)) continue
        if (parent !== undefined) {
          state.awake = false
          state.allowed = 0
          give(parent, state)
        }
        states.push(state)
      }
    playBar(index, bar)
  }
  return out

  function playBar(index: number, bar: SlowBar): void {
    let left = options.participation === Infinity ? Infinity : Math.floor(bar.volume * options.participation + 1e-9)
    const halted = !(bar.volume > 0)
    const working = states.filter((s) => s.awake && !s.over)
    if (!halted) {
      const hits = bestOfGroups(
        working.filter((s) => open(s) > 0).flatMap((s) => hitBy(s, bar, options)),
        bar,
        options.exits,
      ).toSorted(byPriority)
      const shares = hits.map((hit) => {
        if (!hit.fills) return 0
        const want = open(hit.state)
        const share =
          hit.state.order.tif === 'fok' && (want > left || want < hit.state.quantity - hit.state.filled)
            ? 0
            : Math.min(want, left)
        left -= share
        return share
      })
      const done = new Set<Hit>()
      for (const reducing of [true, false])
        for (const [k, hit] of hits.entries())
          if (!done.has(hit) && !hit.state.over && (!reducing || position * sign(hit.state) < 0)) {
            done.add(hit)
            book(index, bar, hit, shares[k]!)
          }
    }
    for (const s of working) if (!s.over && s.order.tif !== 'gtc') end(s)
    for (const s of states)
      if (s.awake && !s.over && !working.includes(s) && s.order.tif !== 'gtc' && wokenByOpen.has(s)) end(s)

    function book(at: number, inBar: SlowBar, hit: Hit, share: number): void {
      const s = hit.state
      if (hit.fires && s.as === 'waiting') {
        s.as = hasLimit(s.order.type) ? 'limit' : 'market'
        if (s.order.type === 'trailing-stop-limit') s.limit = plain(s.level + s.order.offset!)
      }
      if (share <= 0) return
      const slipped = hit.slips ? hit.price + Math.abs(hit.price) * (options.slippageBps / 10_000) : hit.price
      const paid = hasLimit(s.order.type) || s.order.type === 'limit' ? Math.min(slipped, s.limit) : slipped
      s.filled += share
      position += sign(s) * share
      out.push(`${at}: ${s.order.n} ${share} @ ${Math.abs(paid).toFixed(9)}`)
      const complete = s.filled >= s.quantity
      if (s.order.oca !== undefined)
        for (const other of states)
          if (other !== s && !other.over && other.order.oca === s.order.oca) {
            if (complete || other.quantity - share <= other.filled) end(other)
            else {
              other.quantity -= share
              other.allowed -= share
            }
          }
      const children = states.filter((c) => c.order.parent === s.order.n && !c.over)
      const woken = children.filter((c) => !c.awake)
      for (const child of children) give(s, child)
      const now = woken.filter((c) => c.awake)
      if (now.length > 0) {
        const mirroredFrom = hit.price
        for (const child of now) {
          startLevel(child, sign(child) === sign(s) ? mirroredFrom : -mirroredFrom)
          if (hit.when === 'open') wokenByOpen.add(child)
        }
        const found = now.flatMap((c) =>
          hit.when === 'open'
            ? hitBy(c, inBar, options)
            : hitAfter(c, inBar, sign(c) === sign(s) ? mirroredFrom : -mirroredFrom),
        )
        const chosen = bestOfGroups(found, inBar, hit.when === 'open' ? options.exits : 'pessimistic').toSorted(
          byPriority,
        )
        const parts = chosen.map((h) => {
          if (!h.fills) return 0
          const want = open(h.state)
          const part =
            h.state.order.tif === 'fok' && (want > left || want < h.state.quantity - h.state.filled)
              ? 0
              : Math.min(want, left)
          left -= part
          return part
        })
        for (const [k, h] of chosen.entries()) if (!h.state.over) book(at, inBar, h, parts[k]!)
      }
      if (complete) end(s)
    }
  }

  function end(s: State): void {
    if (s.over) return
    s.over = true
    for (const child of states)
      if (child.order.parent === s.order.n && !child.over) {
        if (!child.awake || child.filled >= child.allowed) end(child)
        else child.quantity = Math.min(child.quantity, child.allowed)
      }
  }
}

const wokenByOpen = new WeakSet<State>()

function sign(s: State): number {
  return s.order.side === 'buy' ? 1 : -1
}

function open(s: State): number {
  return Math.min(s.quantity, s.allowed) - s.filled
}

function give(parent: State, child: State): void {
  const total = Math.floor((child.order.quantity / parent.order.quantity) * parent.filled + 1e-9)
  const more = total - child.given
  if (more <= 0) return
  child.given = total
  child.allowed += more
  child.awake = true
}

function newState(order: SlowOrder, place: number, lastPrice: number): State {
  const mirror = order.side === 'buy' ? 1 : -1
  const waits = order.type !== 'market' && order.type !== 'limit'
  const state: State = {
    order,
    filled: 0,
    quantity: order.quantity,
    allowed: Infinity,
    given: 0,
    awake: true,
    over: false,
    as: waits ? 'waiting' : order.type === 'market' ? 'market' : 'limit',
    limit: order.limit === undefined ? Infinity : mirror * order.limit,
    level: Number.NaN,
    place,
  }
  if (order.parent === undefined) startLevel(state, mirror * lastPrice)
  return state
}

function startLevel(s: State, price: number): void {
  if (s.order.trail === undefined) return
  s.level = s.order.stop === undefined ? plain(price + s.order.trail) : sign(s) * s.order.stop
}

function isTouch(type: OrderType): boolean {
  return type === 'market-if-touched' || type === 'limit-if-touched'
}

/** Decimal prices without the noise of binary sums. */
function plain(price: number): number {
  return Number(price.toFixed(6))
}

function hasLimit(type: OrderType): boolean {
  return type === 'stop-limit' || type === 'limit-if-touched' || type === 'trailing-stop-limit'
}

function view(bar: SlowBar, s: State): SlowBar {
  if (sign(s) > 0) return bar
  return { open: -bar.open, high: -bar.low, low: -bar.high, close: -bar.close, volume: bar.volume }
}

/** What a whole bar does to a buy. */
function hitBy(s: State, real: SlowBar, options: SlowOptions): Hit[] {
  const bar = view(real, s)
  const immediate = s.order.tif !== 'gtc'
  if (s.as === 'market') return [hitOf(s, bar, 'open', bar.open, true, false)]
  if (s.as === 'limit') {
    if (bar.open <= s.limit) return [{ ...hitOf(s, bar, 'open', bar.open, false, false), urgency: bar.open - s.limit }]
    const needed = options.touch ? s.limit : s.limit - options.tick
    return !immediate && bar.low <= needed + 1e-7 ? [hitOf(s, bar, 'inside', s.limit, false, false)] : []
  }
  const inside = (price: number): Hit[] => (immediate ? [] : fire(s, bar, 'inside', price))
  const stop = s.order.stop === undefined ? Number.NaN : sign(s) * s.order.stop
  const { type } = s.order
  if (type === 'stop' || type === 'stop-limit') {
    if (bar.open >= stop) return fire(s, bar, 'open', bar.open)
    return bar.high >= stop ? inside(stop) : []
  }
  if (isTouch(type)) {
    if (bar.open <= stop) return fire(s, bar, 'open', bar.open)
    return bar.low <= stop ? inside(stop) : []
  }
  const trail = s.order.trail!
  const lower = (level: number): void => {
    if (!(s.level <= level)) s.level = level
  }
  if (bar.open >= s.level) return fire(s, bar, 'open', bar.open)
  lower(plain(bar.open + trail))
  if (bar.high >= s.level) return inside(s.level)
  lower(plain(bar.low + trail))
  return bar.close >= s.level ? inside(s.level) : []
}

/** What is left of a bar does to a buy that woke inside of it, when its parent filled at `from`. */
function hitAfter(s: State, real: SlowBar, from: number): Hit[] {
  if (s.order.tif !== 'gtc') return []
  const bar = view(real, s)
  if (s.as === 'market') return []
  if (s.as === 'limit') {
    if (from <= s.limit) return [hitOf(s, bar, 'inside', from, false, false)]
    return bar.close <= s.limit ? [hitOf(s, bar, 'inside', s.limit, false, false)] : []
  }
  const stop = s.order.stop === undefined ? Number.NaN : sign(s) * s.order.stop
  const reach = (level: number): Hit[] => {
    if (from >= level) return fire(s, bar, 'inside', from)
    return bar.high >= level ? fire(s, bar, 'inside', level) : []
  }
  const { type } = s.order
  if (type === 'stop' || type === 'stop-limit') return reach(stop)
  if (isTouch(type)) {
    if (from <= stop) return fire(s, bar, 'inside', from)
    return bar.close <= stop ? fire(s, bar, 'inside', stop) : []
  }
  const hits = reach(s.level)
  if (hits.length === 0) s.level = Math.min(s.level, plain(bar.close + s.order.trail!))
  return hits
}

function fire(s: State, bar: SlowBar, when: 'open' | 'inside', price: number): Hit[] {
  const found = { ...hitOf(s, bar, when, price, true, !isTouch(s.order.type)), fires: true }
  if (!hasLimit(s.order.type)) return [found]
  const limit = s.order.type === 'trailing-stop-limit' ? plain(s.level + s.order.offset!) : s.limit
  if (price > limit) return [{ ...found, fills: false, urgency: Infinity }]
  return [when === 'open' ? { ...found, urgency: price - limit } : found]
}

function hitOf(s: State, bar: SlowBar, when: 'open' | 'inside', price: number, slips: boolean, isStop: boolean): Hit {
  const urgency = when === 'open' ? -Infinity : Math.abs(price - bar.open)
  return { state: s, when, price, urgency, fires: false, fills: true, slips, isStop }
}

function byPriority(a: Hit, b: Hit): number {
  if (a.when !== b.when) return a.when === 'open' ? -1 : 1
  if (a.urgency !== b.urgency) return a.urgency < b.urgency ? -1 : 1
  return a.state.place - b.state.place
}

/** One fill per group and bar. */
function bestOfGroups(hits: readonly Hit[], bar: SlowBar, exits: SlowOptions['exits']): Hit[] {
  const before = (a: Hit, b: Hit): boolean => {
    if (a.when !== b.when) return a.when === 'open'
    if (a.when === 'inside' && exits === 'path') {
      const first = legOf(a, bar)
      const second = legOf(b, bar)
      if (first !== second) return first < second
    }
    if (a.isStop !== b.isStop) return exits === 'optimistic' ? b.isStop : a.isStop
    return a.urgency === b.urgency ? a.state.place < b.state.place : a.urgency < b.urgency
  }
  return hits.filter(
    (a) =>
      !a.fills ||
      a.state.order.oca === undefined ||
      !hits.some((b) => b !== a && b.fills && b.state.order.oca === a.state.order.oca && before(b, a)),
  )
}

function legOf(h: Hit, bar: SlowBar): number {
  const up = bar.high - bar.open
  const down = bar.open - bar.low
  if (up === down) return 0
  const above = Math.abs(h.price) > bar.open
  return above === up < down ? 0 : 1
}
