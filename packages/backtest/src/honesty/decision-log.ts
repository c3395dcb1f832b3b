import {
  type EpochMs,
  type IndicatorHandle,
  type Instrument,
  type OrderEvent,
  type OrderNumber,
  type Orders,
  type Strategy,
  type StrategyContext,
  type StrategyHandlers,
  type StrategySetup,
  defineStrategy,
  isStrategy,
} from '@onetape/core'
import type { BacktestOptions, StrategyEntry } from '../options.ts'
import type { Mask } from './market-tape.ts'

/** What a strategy asked for (order, cancel, modify, timer, log) or was told (fill, denial, state), or that it threw. */
export type DecisionKind = 'order' | 'cancel' | 'modify' | 'timer' | 'log' | 'fill' | 'denial' | 'state' | 'error'

/** One thing that a strategy did, or that happened to one of its orders. */
export interface Decision {
  /** Knowable time of the event in hand; −Infinity inside `create`. */
  readonly time: EpochMs
  readonly strategy: string
  /** Handler in which it was done or told: `onBar`, `onTimer`, … */
  readonly handler: string
  readonly kind: DecisionKind
  /** Instrument that it concerns, or whose event was in hand. */
  readonly symbol: string | undefined
  readonly text: string
}

/** Ends a run whose outcome is known; never seen outside of this folder. */
export const STOP: unique symbol = Symbol('stop')

/** End of the text of a target that needed no order. */
export const NOTHING_SENT = ': nothing to send'

/** Two runs part here: one side is missing where a run did nothing more. */
export interface Divergence {
  readonly expected: Decision | undefined
  readonly found: Decision | undefined
}

/**
 * Takes the decisions of a run. With an expected list it compares instead of keeping them, and ends the run by throwing
 * {@link STOP} as soon as a decision differs or the clock is past `until`.
 */
export class DecisionLog {
  readonly decisions: Decision[] = []
  /** Times at which a handler ran, without repeats. */
  readonly moments: EpochMs[] = []
  divergence: Divergence | undefined
  readonly #expected: readonly Decision[] | undefined
  readonly #until: EpochMs
  #matched = 0

  constructor(expected?: readonly Decision[], until: EpochMs = Infinity) {
    this.#expected = expected
    this.#until = until
  }

  add(decision: Decision): void {
    if (this.#expected === undefined) {
      this.decisions.push(decision)
      return
    }
    if (this.divergence !== undefined || decision.time > this.#until) return
    const expected = this.#expected[this.#matched]
    if (expected !== undefined && same(expected, decision)) this.#matched++
    else this.divergence = { expected: within(expected, this.#until), found: decision }
  }

  /** Before and after each handler. */
  check(now: EpochMs): void {
    if (this.#expected === undefined) {
      if (this.moments.at(-1) !== now) this.moments.push(now)
    } else if (this.divergence !== undefined || now > this.#until) throw STOP
  }

  /** After the run: what was expected and did not come is a difference, too. */
  finish(): Divergence | undefined {
    const missing = within(this.#expected?.[this.#matched], this.#until)
    if (this.divergence === undefined && missing !== undefined)
      this.divergence = { expected: missing, found: undefined }
    return this.divergence
  }
}

function within(decision: Decision | undefined, until: EpochMs): Decision | undefined {
  return decision !== undefined && decision.time <= until ? decision : undefined
}

function same(a: Decision, b: Decision): boolean {
  return (
    a.time === b.time &&
    a.text === b.text &&
    a.kind === b.kind &&
    a.handler === b.handler &&
    a.symbol === b.symbol &&
    a.strategy === b.strategy
  )
}

/** What a watcher may do beside logging. */
export interface WatchOptions {
  /** Name of the strategy in the log; default its own. */
  readonly id?: string
  /** An indicator was registered; `interval` as the strategy names it. */
  readonly onIndicator?: (name: string, handle: IndicatorHandle, interval: string | undefined) => void
  /** Before each handler but `onStart` and `onStop`. */
  readonly before?: (ctx: StrategyContext) => void
  /** While a handler runs, other than `onStop`. */
  readonly mask?: Mask | undefined
}

/** Something the strategy did, not what became of it. */
export function isOwn({ kind }: Decision): boolean {
  return kind === 'order' || kind === 'cancel' || kind === 'modify' || kind === 'timer' || kind === 'log'
}

const HANDLERS = [
  'onStart',
  'onBar',
  'onSlice',
  'onQuote',
  'onTrade',
  'onTimer',
  'onOrderEvent',
  'onFill',
  'onCorporateAction',
] as const satisfies readonly (keyof StrategyHandlers)[]

/**
 * The same strategy, with everything that it does noted in `log`. It cannot tell the difference. What it does in `onStop`
 * is left out: it has no effect, and when the data ends is no decision.
 */
function watched(strategy: Strategy<any>, log: DecisionLog, options: WatchOptions = {}): Strategy<any> {
  return defineStrategy<any>({
    ...strategy,
    create: (setup) => new Watcher(options.id ?? strategy.name, log, options).create(strategy, setup),
  })
}

/** All strategies of a run, watched into one log. */
export function watchedEntries(
  options: BacktestOptions<any>,
  log: DecisionLog,
  watching: Omit<WatchOptions, 'id'> = {},
): BacktestOptions<any>['strategy'] {
  const { strategy } = options
  if (!Array.isArray(strategy))
    return isStrategy(strategy) ? watched(strategy as Strategy<any>, log, watching) : (strategy as Strategy<any>)
  const entries: StrategyEntry[] = []
  for (const entry of strategy as readonly StrategyEntry[]) {
    const id = entry.id ?? entry.strategy.name
    entries.push({ ...entry, id, strategy: watched(entry.strategy, log, { ...watching, id }) })
  }
  return entries
}

class Watcher {
  readonly #id: string
  readonly #log: DecisionLog
  readonly #options: WatchOptions
  #handler = 'create'
  #symbol: string | undefined
  #now: EpochMs = -Infinity
  #context: StrategyContext | undefined

  constructor(id: string, log: DecisionLog, options: WatchOptions) {
    this.#id = id
    this.#log = log
    this.#options = options
  }

  create(strategy: Strategy<any>, setup: StrategySetup<any>): StrategyHandlers {
    const { onIndicator } = this.#options
    const use: StrategySetup<any>['use'] = (spec, options) => {
      const handle = setup.use(spec, options)
      const interval = options?.interval
      onIndicator?.(interval === undefined ? spec.name : `${spec.name} on ${interval}`, handle, interval)
      return handle
    }
    const inner = strategy.create({ ...setup, use, log: this.#talking('log', setup.log) })
    const outer: Record<string, unknown> = {}
    for (const name of HANDLERS) {
      const handler = inner[name] as ((...args: unknown[]) => void) | undefined
      if (handler === undefined && name !== 'onOrderEvent') continue
      outer[name] = (...args: unknown[]) => this.#call(name, args, (called) => handler?.apply(inner, called))
    }
    if (inner.onStop !== undefined) outer['onStop'] = (ctx: StrategyContext) => inner.onStop?.(ctx)
    return outer
  }

  #call(name: string, args: unknown[], handler: (args: unknown[]) => void): void {
    const real = args.at(-1) as StrategyContext
    const [outerHandler, outerSymbol] = [this.#handler, this.#symbol]
    this.#now = real.now
    this.#log.check(real.now)
    this.#handler = name
    this.#symbol = symbolOf(name === 'onStart' ? undefined : args[0])
    if (name !== 'onStart') this.#options.before?.(real)
    if (name === 'onOrderEvent') this.#told(args[0] as OrderEvent)
    const { mask } = this.#options
    mask?.hide(real.now)
    try {
      handler([...args.slice(0, -1), (this.#context ??= this.#watchedContext(real))])
    } catch (error) {
      if (error !== STOP) this.#add('error', this.#symbol, error instanceof Error ? error.message : String(error))
      throw error
    } finally {
      mask?.show()
    }
    this.#handler = outerHandler
    this.#symbol = outerSymbol
    this.#log.check(real.now)
  }

  #add(kind: DecisionKind, symbol: string | undefined, text: string): void {
    this.#log.add({ time: this.#now, strategy: this.#id, handler: this.#handler, kind, symbol, text })
  }

  #told(event: OrderEvent): void {
    const { order } = event
    const symbol = order.instrument.symbol
    const what = `order ${order.number} (${orderText(order)})`
    if (event.kind === 'filled')
      this.#add('fill', symbol, `${what} filled ${event.fill.quantity} at ${event.fill.price}`)
    else if (event.kind === 'denied') this.#add('denial', symbol, `${what} denied: ${event.code}`)
    else this.#add('state', symbol, `${what} ${event.kind}${'code' in event ? `: ${event.code}` : ''}`)
  }

  #watchedContext(real: StrategyContext): StrategyContext {
    const own: Readonly<Record<string, unknown>> = {
      orders: this.#ordering(real.orders),
      timers: this.#talking('timer', real.timers),
      log: this.#talking('log', real.log),
    }
    return new Proxy(real, {
      get: (target, key) => (typeof key === 'string' && own[key]) || Reflect.get(target, key, target),
    })
  }

  /** Notes every call of an object whose methods give nothing back. */
  #talking<T extends object>(kind: 'timer' | 'log', target: T): T {
    return this.#calls(target, (name, args) => this.#add(kind, this.#symbol, [name, ...args.map(shown)].join(' ')))
  }

  #ordering(orders: Orders): Orders {
    return this.#calls(orders, (name, args, result) => {
      if (name === 'get' || name === 'open') return
      const kind = name.startsWith('cancel') ? 'cancel' : name === 'modify' ? 'modify' : 'order'
      const order = kind === 'order' ? undefined : orderIn(orders, args[0])
      const symbol = symbolOf(args[0]) ?? order?.instrument.symbol ?? this.#symbol
      const placed = kind === 'order' && result === undefined ? NOTHING_SENT : placedText(orders, result)
      this.#add(kind, symbol, [name, ...args.map(shown)].join(' ') + placed)
    })
  }

  #calls<T extends object>(target: T, note: (name: string, args: readonly unknown[], result: unknown) => void): T {
    const made = new Map<PropertyKey, unknown>()
    return new Proxy(target, {
      get: (_, key) => {
        const known = made.get(key)
        if (known !== undefined) return known
        const value: unknown = Reflect.get(target, key, target)
        if (typeof value !== 'function') return value
        const calling = (...args: unknown[]): unknown => {
          const result: unknown = value.apply(target, args)
          note(String(key), args, result)
          return result
        }
        made.set(key, calling)
        return calling
      },
    })
  }
}

function orderIn(orders: Orders, number: unknown): ReturnType<Orders['get']> | undefined {
  return typeof number === 'number' ? orders.get(number as OrderNumber) : undefined
}

/** Symbol of a bar, fill, order event or corporate action, of an order request, or of an instrument. */
function symbolOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return undefined
  const { instrument, symbol, order } = value as {
    instrument?: Instrument | string
    symbol?: string
    order?: { instrument?: Instrument }
  }
  if (typeof instrument === 'string') return instrument
  return symbol ?? instrument?.symbol ?? order?.instrument?.symbol
}

function placedText(orders: Orders, result: unknown): string {
  const numbers = (typeof result === 'object' && result !== null ? Object.values(result) : [result]).filter(
    (each): each is OrderNumber => typeof each === 'number',
  )
  return numbers.map((number) => `, order ${number} (${orderText(orders.get(number))})`).join('')
}

function orderText(order: ReturnType<Orders['get']>): string {
  const { side, quantity, instrument, type, limitPrice, stopPrice, tif } = order
  const prices = [
    limitPrice === undefined ? '' : ` limit ${limitPrice}`,
    stopPrice === undefined ? '' : ` stop ${stopPrice}`,
  ]
  return `${side} ${quantity} ${instrument.symbol} ${type}${prices.join('')} ${tif}`
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return String(value)
  const symbol = (value as { symbol?: unknown; id?: unknown }).symbol
  if (typeof symbol === 'string' && 'id' in value) return symbol
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields.map(([name, field]) => `${name}: ${shown(field)}`).join(', ')}}`
}
