import { calendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarSeries,
  type BarValues,
  type EpochMs,
  InputError,
  type InstrumentSpec,
  type OrderEvent,
  type Strategy,
  formatInstant,
  intervalMs,
} from '@onetape/core'
import type { EngineResult } from '@onetape/engine'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LiveConfig } from '../config/live-config.ts'
import type { BrokerLink } from '../link/broker-link.ts'
import type { LiveLog } from '../log/live-log.ts'
import type { FileTape } from '../tape/file-tape.ts'
import { type BarRow, type RunHeader, type RunRules, rowOf } from '../tape/tape-line.ts'
import type { TraderStatus, View } from '../view/console-view.ts'
import { LiveRun, historyOf } from './live-run.ts'
import { describeDiscrepancy, reconcileRun } from './reconcile-run.ts'
import { runEngine } from './run-engine.ts'
import { LiveGate } from './live-gate.ts'
import { inWindow } from './restart-window.ts'

export interface TraderOptions {
  readonly config: LiveConfig
  readonly strategy: Strategy
  readonly params: Readonly<Record<string, unknown>>
  readonly interval: BarInterval
  readonly link: BrokerLink
  readonly tape: FileTape
  readonly folder: string
  readonly log: LiveLog
  readonly view: View
}

type Reason = 'link' | 'books' | 'stale' | 'window' | 'clock' | 'shutdown'

/** Clocks that differ by more make the age of data and the hours of trading a guess. */
const MOST_DRIFT_MS = 5_000

/** USD below which a difference in cash is rounding. */
const LEAST_CASH = 1
const CASH_LAG_MS = 180_000
const PERIODIC_CHECK_MS = 300_000
const RETRY_MS = 5_000
/** How long a stream may take until its first data. */
const FIRST_DATA_MS = 60_000
const SETTLE_MS = 10_000

/** The trader of one run: starts in a fixed order, watches, and stops as its policy says. */
export class Trader {
  readonly #options: TraderOptions
  readonly #timers: NodeJS.Timeout[] = []
  readonly #subscriptions: { unsubscribe(): void }[] = []
  /** Why entries are denied now, if they are. */
  readonly #reasons = new Set<Reason>()
  #run!: LiveRun
  #lastBar: EpochMs = NaN
  #online = true
  #clockAt = -Infinity
  #lastFill: EpochMs = -Infinity
  #startedAt: EpochMs = -Infinity
  /** By symbol whose data seem silent: when the last of them came. */
  readonly #suspects = new Map<string, EpochMs>()
  /** USD by which the account's cash has moved without us, as far as it was told. */
  #cashGap = 0
  /** What the last comparison of books found. */
  #differences: ReadonlySet<string> = new Set()
  #reconciling: Promise<void> | undefined
  #failure: unknown
  #onFailure: (error: unknown) => void = () => undefined
  #stopping = false

  private constructor(options: TraderOptions) {
    this.#options = options
  }

  /**
   * Accounts are known and the link is up when this is called. Then: positions, open and completed orders, executions →
   * reconciliation → warm-up history → subscriptions → the strategy starts.
   * @throws {InputError} `live.*`, `tape.*`
   */
  static async start(options: TraderOptions): Promise<Trader> {
    const trader = new Trader(options)
    try {
      await trader.#start()
    } catch (error) {
      trader.#release()
      throw error
    }
    return trader
  }

  get run(): LiveRun {
    return this.#run
  }

  /** Rejects when the strategy or the trader fails; never resolves. */
  failed(): Promise<never> {
    return new Promise((_, reject) => {
      if (this.#failure !== undefined) reject(this.#failure)
      this.#onFailure = reject
    })
  }

  get status(): TraderStatus {
    const { ledger, instruments } = this.#run.engine
    const equity = ledger.equity()
    return {
      time: this.#options.link.now(),
      connection: this.#online ? 'connected' : 'DISCONNECTED',
      entries: this.#entries,
      equity,
      profit: equity - ledger.initialCash,
      cash: ledger.cash,
      positions: instruments.map((i) => ({
        symbol: i.symbol,
        quantity: ledger.quantity[i.id]!,
        mark: ledger.mark[i.id]!,
      })),
      openOrders: this.#run.openOrders,
      fills: ledger.log.fills,
      lastBar: this.#lastBar,
    }
  }

  get #entries(): string {
    if (this.#reasons.size > 0) return `denied (${[...this.#reasons].join(', ')})`
    const { silent } = this.#run
    return silent.size === 0 ? 'allowed' : `denied in ${[...silent].join(', ')} (stale)`
  }

  /** Compares the books with the broker's now. */
  async check(): Promise<void> {
    await this.#reconcile('check')
  }

  /** Ends the run by the policy of the configuration; the link stays open. */
  async stop(policy: LiveConfig['shutdown'] = this.#options.config.shutdown): Promise<EngineResult> {
    this.#stopping = true
    if (policy !== 'leave') {
      this.#say(`Shutting down: ${policy === 'cancel' ? 'cancelling orders' : 'cancelling orders, closing positions'}.`)
      this.#setReason('shutdown', true) // the strategy goes on until the end, and must not open anew
      this.#run.cancelAll()
      await this.#settled()
      if (policy === 'flatten') await this.#flatten()
    }
    this.#release()
    const result = this.#run.finish()
    this.#options.tape.append({ kind: 'stopped', time: this.#options.link.now() })
    this.#options.tape.commit(true)
    this.#writeHealth('stopped')
    const open = this.#run.openOrders
    if (open > 0) this.#say(`${open} order${open === 1 ? ' is' : 's are'} left working at the broker.`)
    return result
  }

  /** Lets go of everything without asking the broker for anything: after a failure. */
  abandon(): void {
    this.#release()
    this.#writeHealth('failed')
  }

  #release(): void {
    this.#stopping = true
    for (const timer of this.#timers) clearInterval(timer)
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
  }

  // ── Start ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #start(): Promise<void> {
    const { link, tape } = this.#options
    const bars = this.#collectBars()
    this.#listen()
    const resumed = tape.lines.length > 0
    if (resumed) await this.#resume()
    else await this.#begin()
    for (const symbol of this.#symbols) await link.feed.subscribe(symbol, this.#options.interval)
    // Bars of the meantime come in the order in which they arrived.
    if (!resumed) this.#run.start()
    bars.release()
    this.#startedAt = link.now()
    this.#every(500, () => this.#tick())
    this.#every(this.#options.config.health.everySeconds * 1000, () => this.#health())
    this.#every(PERIODIC_CHECK_MS, () => void this.#reconcile('periodic check'))
    this.#writeHealth('running')
    this.#sayHours()
    this.#say(
      `Trading ${this.#symbols.join(', ')} with ${this.#options.strategy.name} on ${this.#options.interval} bars.`,
    )
  }

  /** Outside the session nothing happens for a while, which should surprise nobody. */
  #sayHours(): void {
    const now = this.#options.link.now()
    const exchange = calendar(this.#run.engine.instruments[0]!.calendar)
    if (!exchange.isOpen(now))
      this.#say(`The market is closed; the next session opens at ${formatInstant(exchange.next(now).open)}.`)
  }

  get #symbols(): readonly string[] {
    return this.#options.config.symbols
  }

  /** Bars that arrive before the strategy starts wait for it. */
  #collectBars(): { release(): void } {
    const { feed } = this.#options.link
    let waiting: (() => void)[] | undefined = []
    const take = (symbol: string, interval: BarInterval, bar: BarValues & { readonly late?: boolean }): void =>
      this.#guard(() => this.#bar(symbol, interval, bar))
    this.#subscriptions.push(
      feed.events.subscribe({
        next: (event) => {
          if (event.kind !== 'bar') return
          const call = (): void => take(event.symbol, event.interval, event.bar)
          if (waiting === undefined) call()
          else waiting.push(call)
        },
      }),
    )
    return {
      release: () => {
        const calls = waiting ?? []
        waiting = undefined
        for (const call of calls) call()
      },
    }
  }

  #listen(): void {
    const { link } = this.#options
    this.#subscriptions.push(
      link.events.subscribe({
        next: (event) => this.#guard(() => this.#run?.push({ kind: 'broker', event })),
      }),
      link.online.subscribe({ next: (online) => this.#guard(() => this.#connection(online)) }),
      link.restored.subscribe({ next: () => void this.#reconcile('connection restored') }),
      link.notices.subscribe({
        next: ({ severity, code, message }) => {
          if (severity === 'info') this.#options.log.info({ code }, message)
          else {
            this.#options.log.warn({ code }, message)
            this.#say(`${code}: ${message}`, severity === 'critical' ? 'bad' : 'plain')
          }
        },
      }),
    )
  }

  /** First start: the account's cash and positions are the run's beginning, history warms up. */
  async #begin(): Promise<void> {
    const { config, link, tape, interval, strategy, params } = this.#options
    const positions = await link.broker.getPositions()
    if (positions.kind === 'unknown') throw unknownError('positions', positions.detail)
    const baseline: Record<string, number> = {}
    for (const { instrument, quantity } of positions.value)
      if (this.#symbols.includes(instrument.symbol) && quantity !== 0) baseline[instrument.symbol] = quantity
    if (config.foreignPositions === 'refuse' && Object.keys(baseline).length > 0)
      throw new InputError(
        'live.positions',
        `Expected no positions in ${this.#symbols.join(', ')} before the first start, found ${Object.entries(baseline)
          .map(([symbol, quantity]) => `${quantity} ${symbol}`)
          .join(', ')}.`,
        { hint: 'Close them, or set foreignPositions: leave to trade beside them.' },
      )
    const accountCash = await this.#accountCash()
    const cash = config.cash ?? spendable(accountCash)
    const instruments: InstrumentSpec[] = []
    for (const symbol of this.#symbols) instruments.push(await link.feed.getTickerInfo(symbol))
    const header: RunHeader = {
      kind: 'run',
      version: 1,
      run: await this.#newRun(),
      strategy: strategy.name,
      params,
      instruments,
      interval,
      account: link.account,
      cash,
      accountCash,
      baseline,
      rules: rulesOf(config),
      startedAt: link.now(),
    }
    const history = await this.#warmUp(header)
    tape.append(header)
    for (const [symbol, bars] of history) tape.append({ kind: 'history', symbol, bars })
    tape.commit(true)
    this.#run = this.#makeRun(header, history)
    this.#follow(this.#run)
    this.#run.connect(link.broker)
    await this.#reconcile('start')
  }

  /** Start on a tape that has lines: the same run goes on. */
  async #resume(): Promise<void> {
    const { link, tape, strategy, interval } = this.#options
    const { header } = tape
    if (header === undefined)
      throw new InputError('tape.damaged', 'Expected a tape that begins with its run.', { place: tape.path })
    this.#checkSame(header)
    const run = this.#makeRun(header, historyOf(tape.lines))
    run.replay(tape.lines)
    this.#run = run
    this.#follow(run)
    tape.append({ kind: 'resumed', time: link.now() })
    tape.commit(true)
    run.connect(link.broker)
    if (!tape.lines.some((line) => line.kind === 'session')) run.start() // it was stopped before it had begun
    this.#say(`Resumed run ${header.run} of ${strategy.name}: ${run.books.orders.length} orders on the tape.`)
    if (run.denied !== null) this.#reasons.add('books')
    this.#applyReasons()
    await this.#reconcile('restart')
    for (const stream of run.engine.streams) {
      const last = stream.length === 0 ? undefined : stream.columns.end[stream.length - 1]
      await this.#fillGap(stream.instrument.symbol, interval, last)
    }
  }

  #checkSame(header: RunHeader): void {
    const { config, strategy, params, interval, link, tape } = this.#options
    const differs = (what: string, was: unknown, is: unknown): void => {
      if (JSON.stringify(was) === JSON.stringify(is)) return
      throw new InputError(
        'tape.other_run',
        `Expected ${what} ${JSON.stringify(was)} as on the tape, found ${JSON.stringify(is)}.`,
        { place: tape.path, hint: 'A changed run is a new run: name another folder.' },
      )
    }
    if (config.run !== undefined) differs('run', header.run, config.run)
    differs('strategy', header.strategy, strategy.name)
    differs('parameters', header.params, JSON.parse(JSON.stringify(params)))
    differs(
      'symbols',
      header.instruments.map((i) => i.symbol),
      config.symbols,
    )
    differs('interval', header.interval, interval)
    differs('account', header.account, link.account)
    differs('settings', header.rules, rulesOf(config))
  }

  #makeRun(header: RunHeader, history: ReadonlyMap<string, readonly BarRow[]>): LiveRun {
    const { strategy, tape, link } = this.#options
    const run = new LiveRun({
      header,
      strategy,
      history,
      write: (line) => tape.append(line),
      commit: (leaving) => tape.commit(leaving),
      clock: { now: () => link.now() },
      corrects: (id, booked) => link.corrects(id, booked),
      onNotice: (code, detail) => {
        this.#options.log.warn({ code }, detail)
        if (code !== 'slice_incomplete' && code !== 'old_bar') this.#say(`${code}: ${detail}`)
      },
    })
    return run
  }

  /** From here on what happens to orders is told; what a replay repeats is not news. */
  #follow(run: LiveRun): void {
    run.engine.flow.onEvent = (event) => this.#orderEvent(event)
  }

  /**
   * A name that the broker has not seen today: an order of before under the same id would be taken for ours.
   * @throws {InputError} `live.run` for a configured name that is taken
   */
  async #newRun(): Promise<string> {
    const { config, link, strategy } = this.#options
    const run = config.run ?? `r${Math.floor(link.now() / 1000).toString(36)}`
    const lists = await Promise.all([link.broker.getOpenOrders(), link.getCompletedOrders(), link.getExecutions()])
    for (const list of lists) {
      if (list.kind === 'unknown') throw unknownError('orders of before', list.detail)
      const taken = list.value.find(({ orderId }) => orderId?.startsWith(`${run}-${strategy.name}-`) === true)
      if (taken !== undefined)
        throw new InputError('live.run', `Expected a run of a new name, found orders of "${run}" at the broker.`, {
          place: taken.orderId,
          hint: 'Go on with the folder of that run, or set run to another name.',
        })
    }
    return run
  }

  async #accountCash(): Promise<number> {
    const cash = await this.#options.link.broker.getCashBalance()
    if (cash.kind === 'unknown') throw unknownError('cash', cash.detail)
    return cash.value
  }

  /** As many bars as the strategy's indicators need, of finished bars only. */
  async #warmUp(header: RunHeader): Promise<Map<string, readonly BarRow[]>> {
    const { link, strategy, interval } = this.#options
    const probe = runEngine(header, strategy, new Map(), new LiveGate())
    const need = Math.max(0, ...probe.hosts.map((host) => host.warmUp.get(interval) ?? 0))
    const history = new Map<string, readonly BarRow[]>()
    for (const spec of header.instruments) {
      if (need === 0) continue
      const from = warmUpFrom(spec, interval, need, link.now())
      const series = await link.feed.getHistoricalData({ symbol: spec.symbol, interval, from, to: link.now() })
      const rows = finished(series, link.now()).slice(-need)
      history.set(spec.symbol, rows)
      if (rows.length < need)
        this.#say(`${spec.symbol}: ${rows.length} of ${need} bars of history; the rest of the warm-up comes live.`)
    }
    return history
  }

  /** Fills what was missed since `last`; indicators follow, and no order is placed on it. */
  async #fillGap(symbol: string, interval: BarInterval, last: EpochMs | undefined): Promise<void> {
    const { link } = this.#options
    if (last === undefined || link.now() - last < intervalMs(interval)) return
    try {
      const series = await link.feed.getHistoricalData({ symbol, interval, from: last, to: link.now() })
      let filled = 0
      for (const [time, end, open, high, low, close, volume] of finished(series, link.now()))
        if (this.#run.late(symbol, { time, end, open, high, low, close, volume })) filled++
      if (filled > 0) this.#say(`${symbol}: ${filled} bars were filled in.`)
    } catch (error) {
      this.#say(`${symbol}: the gap since ${formatInstant(last)} could not be filled (${messageOf(error)}).`, 'bad')
    }
  }

  // ── While it runs ──────────────────────────────────────────────────────────────────────────────────────────────────

  #bar(symbol: string, interval: BarInterval, bar: BarValues & { readonly late?: boolean }): void {
    const { time, end, open, high, low, close, volume } = bar
    const values = { time, end, open, high, low, close, volume }
    if (bar.late === true) {
      this.#run.late(symbol, values)
      return
    }
    this.#lastBar = Number.isNaN(this.#lastBar) ? end : Math.max(this.#lastBar, end)
    this.#setReason('stale', false)
    this.#run.push({ kind: 'bar', symbol, interval, bar: values })
  }

  #tick(): void {
    this.#guard(() => {
      const now = this.#options.link.now()
      // Each push is a line on the tape: held bars want it soon, timers can wait for the second.
      if (!this.#run.session.idle || performance.now() - this.#clockAt >= 1000) {
        this.#clockAt = performance.now()
        this.#run.push({ kind: 'clock', time: now })
      }
      this.#watch(now)
      this.#options.view.status(this.status)
    })
  }

  #watch(now: EpochMs): void {
    const { config, interval } = this.#options
    const [first] = this.#run.engine.instruments
    const length = intervalMs(interval)
    const limit = config.staleBars * length + config.graceMs
    const session = calendar(first!.calendar).sessionOf(now)
    const since = session === undefined ? now : Math.max(this.#lastBar, session.open)
    if (!Number.isNaN(this.#lastBar) && session !== undefined && now - since > limit) this.#setReason('stale', true)
    if (session !== undefined && this.#online) for (const symbol of this.#symbols) this.#watchData(symbol, now)
    // A simulator may run in another time on purpose.
    this.#setReason('clock', config.mode !== 'simulator' && Math.abs(this.#options.link.driftMs()) > MOST_DRIFT_MS)
    this.#setReason('window', config.restartWindow !== undefined && inWindow(config.restartWindow, now))
  }

  /** A symbol is silent at its second look: what waits in the socket is no silence, and a stream begins with some. */
  #watchData(symbol: string, now: EpochMs): void {
    const { receivedAt, stale } = this.#options.link.feed.latest(symbol)
    const before = this.#suspects.get(symbol)
    const suspect = stale && !(Number.isNaN(receivedAt) && now - this.#startedAt < FIRST_DATA_MS)
    if (suspect) this.#suspects.set(symbol, receivedAt)
    else this.#suspects.delete(symbol)
    const silent = suspect && Object.is(before, receivedAt)
    if (silent === this.#run.silent.has(symbol) || (suspect && !silent)) return
    this.#run.data(symbol, silent)
    if (silent) this.#say(`No data of ${symbol} arrive: entries in it are denied.`, 'bad')
    else this.#say(`Data of ${symbol} arrive again.`, 'good')
  }

  #connection(online: boolean): void {
    if (online === this.#online) return
    this.#online = online
    this.#say(
      online ? 'Connected.' : 'Connection lost: nothing is sent until it is back and the books agree.',
      online ? 'good' : 'bad',
    )
    this.#options.log.warn({ code: 'live.connection', online }, online ? 'connected' : 'disconnected')
    if (!online) this.#setReason('link', true)
  }

  /** One at a time; entries stay denied until an answer shows that the books agree. */
  #reconcile(why: string): Promise<void> {
    this.#reconciling ??= this.#reconcileNow(why).finally(() => {
      this.#reconciling = undefined
    })
    return this.#reconciling
  }

  async #reconcileNow(why: string): Promise<void> {
    const run = this.#run
    if (run === undefined || this.#stopping) return
    try {
      let result = await reconcileRun(run, this.#options.link)
      // A fill may be on its way while positions are read: what differs is asked again before it counts.
      for (let again = 0; !result.agreed && result.unknown.length === 0 && again < 3; again++) {
        await new Promise((resolve) => setTimeout(resolve, 300))
        result = await reconcileRun(run, this.#options.link)
      }
      for (const found of result.discrepancies) {
        const what = describeDiscrepancy(found)
        const bad = found.kind === 'position' || found.kind === 'doubled'
        // What stays as it is was said.
        if (!this.#differences.has(what)) this.#say(`${why}: ${what}`, bad ? 'bad' : 'plain')
        this.#options.log[bad ? 'error' : 'warn']({ code: `live.${found.kind}` }, `${why}: ${what}`)
      }
      this.#differences = new Set(result.discrepancies.map(describeDiscrepancy))
      if (result.unknown.length > 0) {
        this.#options.log.warn({ code: 'live.unknown' }, `${why}: no answer about ${result.unknown.join(', ')}`)
        this.#setReason('books', true)
        this.#after(RETRY_MS, () => void this.#reconcile(why))
        return
      }
      this.#setReason('books', !result.agreed)
      if (!result.agreed) this.#after(RETRY_MS, () => void this.#reconcile(why))
      if (this.#online) this.#setReason('link', false)
      if (result.agreed) await this.#compareCash(why)
    } catch (error) {
      this.#options.log.error({ code: 'live.reconcile' }, messageOf(error))
      this.#setReason('books', true)
      this.#after(RETRY_MS, () => void this.#reconcile(why))
    }
  }

  /**
   * Cash moves by more than fills: other orders, deposits, interest, dividends. It is told and denies nothing. TWS brings
   * its figures up to date every three minutes.
   */
  async #compareCash(why: string): Promise<void> {
    const { header, engine } = this.#run
    const { link } = this.#options
    if (header.accountCash === undefined || link.now() - this.#lastFill < CASH_LAG_MS) return
    const answer = await link.broker.getCashBalance()
    if (answer.kind === 'unknown') return
    const theirs = answer.value - header.accountCash
    const ours = engine.ledger.cash - header.cash
    const gap = theirs - ours
    if (Math.abs(gap - this.#cashGap) < LEAST_CASH) return
    this.#cashGap = gap
    const text = `the account's cash has moved by ${theirs.toFixed(2)} USD since the run began, ours by ${ours.toFixed(2)}`
    this.#say(`${why}: ${text}; the rest is not of this run.`)
    this.#options.log.warn({ code: 'live.cash', ours, theirs }, `${why}: ${text}`)
  }

  #setReason(reason: Reason, on: boolean): void {
    if (this.#reasons.has(reason) === on) return
    if (on) this.#reasons.add(reason)
    else this.#reasons.delete(reason)
    if (reason === 'stale')
      this.#say(on ? 'No bars arrive: entries are denied.' : 'Bars arrive again.', on ? 'bad' : 'good')
    if (reason === 'clock' && on)
      this.#say(
        `The gateway's clock is ${Math.round(this.#options.link.driftMs() / 1000)} s off ours: entries are denied.`,
        'bad',
      )
    this.#applyReasons()
  }

  #applyReasons(): void {
    const reasons = this.#reasons
    this.#run.entries(
      reasons.has('link') || reasons.has('books')
        ? 'broker_link'
        : reasons.has('stale')
          ? 'stale_data'
          : reasons.has('window') || reasons.has('clock') || reasons.has('shutdown')
            ? 'halted'
            : null,
    )
  }

  #orderEvent(event: OrderEvent): void {
    const { order, time, kind } = event
    const what = `${order.side} ${order.quantity} ${order.instrument.symbol} ${order.type}`
    this.#options.log.info({ code: `order.${kind}`, orderId: order.id, at: time }, what)
    if (kind === 'filled') {
      const { fill } = event
      this.#lastFill = this.#options.link.now()
      this.#say(
        `FILL ${fill.side} ${fill.quantity} ${order.instrument.symbol} at ${fill.price} (fee ${fill.fee.toFixed(2)}, ${order.id})`,
        'good',
        time,
      )
    } else if (kind === 'denied') this.#say(`${what}: denied, ${event.code}`, 'bad', time)
    else if (kind === 'rejected') this.#say(`${what}: rejected, ${event.code} ${event.detail}`, 'bad', time)
    else if (kind === 'unknown') this.#say(`${what}: no answer, ${event.detail}`, 'bad', time)
    else if (kind === 'submitting' || kind === 'cancelled' || kind === 'expired')
      this.#say(`${what}: ${kind} (${order.id})`, 'plain', time)
  }

  #health(): void {
    this.#writeHealth('running')
    const { time, connection, equity, openOrders, entries } = this.status
    this.#options.log.info({ code: 'live.health', at: time, connection, equity, openOrders, entries }, 'health')
    this.#say(`health: ${connection}, entries ${entries}, equity ${equity.toFixed(2)}, open orders ${openOrders}`)
  }

  /** For whoever watches the process from outside: a file that is old or says `stopped` is reason for an alarm. */
  #writeHealth(state: 'running' | 'stopped' | 'failed'): void {
    const path = join(this.#options.folder, 'health.json')
    const health = {
      state,
      pid: process.pid,
      writtenAt: new Date().toISOString(),
      everySeconds: this.#options.config.health.everySeconds,
      ...this.status,
      tapeLines: this.#options.tape.lines.length + this.#options.tape.written,
    }
    try {
      writeFileSync(`${path}.new`, `${JSON.stringify(health, null, 2)}\n`)
      renameSync(`${path}.new`, path)
    } catch (error) {
      // A file that grows old says it, too; trading goes on.
      this.#options.log.error({ code: 'live.health' }, messageOf(error))
    }
  }

  /** Once more for a fill that came after the cancellation of its order. */
  async #flatten(): Promise<void> {
    for (let round = 0; round < 3 && this.#run.holds; round++) {
      this.#run.flatten()
      await this.#settled()
    }
  }

  async #settled(): Promise<void> {
    const until = Date.now() + SETTLE_MS
    while (this.#run.openOrders > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  #say(text: string, kind: 'plain' | 'good' | 'bad' = 'plain', time: EpochMs = this.#options.link.now()): void {
    this.#options.view.line(time, text, kind)
  }

  #every(ms: number, call: () => void): void {
    this.#timers.push(setInterval(call, ms))
  }

  #after(ms: number, call: () => void): void {
    setTimeout(call, ms).unref()
  }

  /** A strategy that threw ends the run: nothing it would do next can be trusted. */
  #guard(call: () => void): void {
    if (this.#failure !== undefined) return
    try {
      call()
    } catch (error) {
      this.#failure = error
      this.#onFailure(error)
    }
  }
}

function spendable(cash: number): number {
  if (cash > 0) return cash
  throw new InputError('live.cash', `Expected cash in the account, found ${cash} USD.`, {
    hint: 'Set cash to what the strategy may use.',
  })
}

function rulesOf(config: LiveConfig): RunRules {
  const { seed, leverage, shortSelling, fees, slippageBps, hold, graceMs } = config
  return { seed, leverage, shortSelling, fees, slippageBps, hold, graceMs }
}

function unknownError(what: string, detail: string): InputError {
  return new InputError('live.unknown', `Expected the account's ${what}, found no answer: ${detail}.`, {
    hint: 'Nothing was traded. Look whether TWS is logged in, and start again.',
  })
}

function finished(series: BarSeries, now: EpochMs): BarRow[] {
  const { columns } = series
  return Array.from({ length: series.length }, (_, i) =>
    rowOf({
      time: columns.time[i]!,
      end: columns.end[i]!,
      open: columns.open[i]!,
      high: columns.high[i]!,
      low: columns.low[i]!,
      close: columns.close[i]!,
      volume: columns.volume[i]!,
    }),
  ).filter((row) => row[1] <= now)
}

/** Far enough back to hold `need` bars, over nights and holidays. */
function warmUpFrom(spec: InstrumentSpec, interval: BarInterval, need: number, now: EpochMs): EpochMs {
  const length = intervalMs(interval)
  const exchange = calendar(spec.calendar)
  let missing = need + 1
  let session = exchange.sessionFor(now)
  let from = now
  for (let back = 0; back < 1000; back++) {
    const end = Math.min(session.close, now)
    const bars = length >= 86_400_000 ? 1 : Math.floor(Math.max(0, end - session.open) / length)
    if (bars >= missing) return length >= 86_400_000 ? session.open : end - missing * length
    missing -= bars
    from = session.open
    session = exchange.previous(session.open)
  }
  return from
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
