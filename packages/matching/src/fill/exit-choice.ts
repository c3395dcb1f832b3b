import { type BarColumns, OrderTypeCode, type Shares, type Sign } from '@onetape/core'
import type { VenueOrder } from '../order/venue-order.ts'
import { FillFlag } from '../venue/fill-flag.ts'
import { type BarInHand, Effect, type FillRules, Phase, probeBar } from './bar-fill.ts'

/** Which order of an OCA group fills when one bar reaches several. */
export type ExitChoice = 'pessimistic' | 'optimistic' | 'path' | 'finer'

/**
 * Keeps one order of each OCA group in the plan: the one that the open is at or through already, otherwise the one that
 * `choice` names. Sets `ambiguous` on it when the bar alone does not say which came first.
 *
 * Orders that only reduce, and together more than there is, compete for the position as a group does, though each may get
 * a part: the one that comes first is served first.
 *
 * @param finer shorter bars of the instrument, for `finer`; without them `pessimistic` holds
 * @param held signed position of the account
 * @param touch a limit fills at a touch, in shorter bars as in longer ones
 * @returns how many orders remain
 */
export function chooseExits(
  plan: VenueOrder[],
  count: number,
  bar: BarInHand,
  choice: ExitChoice,
  finer: BarColumns | undefined,
  touch: boolean,
  held: Shares,
): number {
  for (let i = 1; i < count; i++) {
    const a = plan[i]!
    if (!(a.ocaGroup >= 0 || a.reduceOnly) || !isFill(a)) continue
    for (let k = 0; k < i; k++) {
      const b = plan[k]!
      if (b.dropped || !isFill(b)) continue
      if (a.ocaGroup < 0 || b.ocaGroup !== a.ocaGroup) {
        if (a.reduceOnly && b.reduceOnly && a.side === b.side && !isEnough(plan, count, a.side, held))
          serveFirst(a, b, bar, choice, finer, touch)
        continue
      }
      const first = a.phase === b.phase ? comesFirst(a, b, bar, choice, finer, touch) : a.phase < b.phase
      const kept = first ? a : b
      if (a.phase === Phase.inside && b.phase === Phase.inside) kept.flags |= FillFlag.ambiguous
      if (first) b.dropped = true
      else {
        a.dropped = true
        break
      }
    }
  }
  let kept = 0
  for (let i = 0; i < count; i++) if (!plan[i]!.dropped) plan[kept++] = plan[i]!
  return kept
}

/** An order whose level is reached but whose limit is not only triggers: it takes nothing from its group. */
function isFill(order: VenueOrder): boolean {
  return order.rank !== Infinity
}

/** True when the position has enough for all orders of a side that only reduce it. */
function isEnough(plan: readonly VenueOrder[], count: number, side: Sign, held: Shares): boolean {
  let wanted = 0
  for (let i = 0; i < count; i++) {
    const order = plan[i]!
    if (order.reduceOnly && order.side === side && !order.dropped) wanted += order.leaves()
  }
  return wanted <= -held * side
}

/** Of a stop and another exit that are both reached inside the bar, puts the one that comes first before all others. */
function serveFirst(
  a: VenueOrder,
  b: VenueOrder,
  bar: BarInHand,
  choice: ExitChoice,
  finer: BarColumns | undefined,
  touch: boolean,
): void {
  if (a.phase !== Phase.inside || b.phase !== Phase.inside || isStop(a) === isStop(b)) return
  const first = comesFirst(a, b, bar, choice, finer, touch) ? a : b
  first.rank = -Infinity
  first.flags |= FillFlag.ambiguous
}

/** For two orders that fill in the same phase of the bar. */
function comesFirst(
  a: VenueOrder,
  b: VenueOrder,
  bar: BarInHand,
  choice: ExitChoice,
  finer: BarColumns | undefined,
  touch: boolean,
): boolean {
  if (a.phase === Phase.inside) {
    if (choice === 'path') {
      const legs = legOf(a, bar) - legOf(b, bar)
      if (legs !== 0) return legs < 0
    } else if (choice === 'finer' && finer !== undefined) {
      const mine = reachedIn(a, bar, finer, touch)
      const others = reachedIn(b, bar, finer, touch)
      if (mine !== others) return mine < others
    }
  }
  const stops = Number(isStop(b)) - Number(isStop(a))
  if (stops !== 0) return choice === 'optimistic' ? stops > 0 : stops < 0
  return a.rank === b.rank ? a.seq < b.seq : a.rank < b.rank
}

/** True for what limits a loss: stops of all kinds, working as such in this bar. */
function isStop(order: VenueOrder): boolean {
  return (
    order.works === OrderTypeCode.stop ||
    order.works === OrderTypeCode.stopLimit ||
    order.works === OrderTypeCode.trailingStop ||
    order.works === OrderTypeCode.trailingStopLimit
  )
}

/**
 * 0 when the way from the open to the nearer extreme meets the order's price, 1 when the way to the other one does;
 * 0 for both sides when the extremes are equally near, so that the pessimistic choice decides.
 */
function legOf(order: VenueOrder, bar: BarInHand): number {
  const up = bar.high - bar.open
  const down = bar.open - bar.low
  if (up === down) return 0
  return order.fillPrice > bar.open === up < down ? 0 : 1
}

/** The first of the shorter bars inside `bar` that fills the order, and its price there; Infinity when none does. */
function reachedIn(order: VenueOrder, bar: BarInHand, finer: BarColumns, touch: boolean): number {
  const level = order.level
  const { phase, fillPrice, slips, triggers, rank, flags, limit } = order
  let found = Infinity
  const view = new FinerBar(finer, bar)
  for (view.index = firstAt(finer.time, bar.time); view.inside(); view.index++)
    if (probeBar(order, view, touch ? AT_TOUCH : THROUGH) === Effect.fills) {
      found = view.index
      break
    }
  const price = order.fillPrice
  order.level = level
  order.limit = limit
  order.phase = phase
  order.slips = slips
  order.triggers = triggers
  order.rank = rank
  order.flags = flags
  // A shorter bar that opened beyond a stop says where the stop filled.
  order.fillPrice = found === Infinity ? fillPrice : price
  return found
}

/** Chance was drawn for the longer bar. */
const THROUGH: FillRules = {
  touch: false,
  marketAtClose: false,
  limitChance: 1,
  random: { next: () => 0, int: (min) => min },
}
const AT_TOUCH: FillRules = { ...THROUGH, touch: true }

class FinerBar implements BarInHand {
  index: number = 0
  readonly #columns: BarColumns
  readonly #outer: BarInHand

  constructor(columns: BarColumns, outer: BarInHand) {
    this.#columns = columns
    this.#outer = outer
  }

  inside(): boolean {
    return this.index < this.#columns.time.length && this.end <= this.#outer.end
  }
  get time(): number {
    return this.#columns.time[this.index]!
  }
  get end(): number {
    return this.#columns.end[this.index]!
  }
  get open(): number {
    return this.#columns.open[this.index]!
  }
  get high(): number {
    return this.#columns.high[this.index]!
  }
  get low(): number {
    return this.#columns.low[this.index]!
  }
  get close(): number {
    return this.#columns.close[this.index]!
  }
  tick(price: number): number {
    return this.#outer.tick(price)
  }
  official(open: number, opening: boolean): number {
    return this.#outer.official(open, opening)
  }
}

/** Index of the first entry at or after `time`. */
function firstAt(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}
