import { EventName, type IBApi } from '@stoqey/ib'
import type { ConnectionState, EpochMs, OrderId } from '@onetape/core'
import { BehaviorSubject, distinctUntilChanged, map, type Observable, Subject } from 'rxjs'
import { classifyRequest, codeEntry, saysReadOnly } from '../code/classify.ts'
import type { SessionMeaning } from '../code/code-table.ts'
import { IbkrError } from '../code/ibkr-error.ts'
import { MessagePacer, type Priority } from '../pacing/message-pacer.ts'
import { type BackOffOptions, backOffMs } from './back-off.ts'
import { ClockOffset } from './clock-offset.ts'
import type { BadFrame } from './frame-reader.ts'
import { type Link, openLink } from './guarded-api.ts'
import type { IbkrNotice } from './notice.ts'
import { OrderIdSource, type OrderIdStore } from './order-id-source.ts'
import { REQUEST_IDS, RequestBook } from './request-book.ts'
import { systemTiming, type Timing } from './timing.ts'
import { HUB_EVENTS, REQUEST_EVENTS, type RequestEvent, TwsEventHub, type TwsEvents } from './tws-events.ts'

/** How to reach TWS or Gateway, and how patient to be. */
export interface TwsSessionOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** Usual ports: TWS 7496 live, 7497 paper; Gateway 4001 live, 4002 paper. */
  readonly port: number
  /** Kept for ever: orders belong to the client id that placed them. */
  readonly clientId: number
  /** Where used order ids are kept over restarts; without it only TWS knows them. */
  readonly orderIds?: OrderIdStore | undefined
  /** From the opening of the socket to accounts and order id. Default 10,000 ms. */
  readonly handshakeMs?: number | undefined
  /** Default 15,000 ms between questions for the time, of which none may stay unanswered for `heartbeatDeadlineMs`. */
  readonly heartbeatMs?: number | undefined
  /** Default 10,000 ms. */
  readonly heartbeatDeadlineMs?: number | undefined
  /** Default deadline of a request, 15,000 ms. */
  readonly requestMs?: number | undefined
  /** Messages in any second, at most 50. Default 45. */
  readonly messagesPerSecond?: number | undefined
  readonly backOff?: BackOffOptions | undefined
  readonly timing?: Timing | undefined
}

/** Where a session stands. */
export type SessionState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'connecting' }
  /** Waits for its next attempt. */
  | { readonly kind: 'waiting'; readonly reason: string; readonly retryAt: EpochMs }
  | { readonly kind: 'online'; readonly accounts: readonly string[] }
  /** The gateway is there, but has lost its servers: orders at the venue work on, nothing new is sent. */
  | { readonly kind: 'offline'; readonly reason: string }
  /** It makes no sense to try again. */
  | { readonly kind: 'failed'; readonly reason: string }

/** After a loss everything is to be asked again: fills of the time between are not repeated by themselves. */
export interface Restored {
  /** True when market-data subscriptions are gone. */
  readonly dataLost: boolean
  /** True for a new connection, false when the gateway itself was away. */
  readonly reconnected: boolean
}

/** A question with an id, and how its answer is put together. */
export interface Question<T> {
  /** For messages: `the history of AAPL`. */
  readonly what: string
  readonly timeoutMs?: number | undefined
  send(api: IBApi, id: number): void
  /** Takes the question back after a time-out. */
  cancel?(api: IBApi, id: number): void
  event(name: RequestEvent, args: readonly unknown[], done: (value: T) => void): void
  /** The answer when TWS says that there is no data. */
  readonly empty?: T
}

/** A question without an id: only one of its kind at a time. */
export interface PlainQuestion<T> {
  readonly what: string
  readonly timeoutMs?: number | undefined
  send(api: IBApi): void
  /** Starts to listen; returns how to stop. */
  listen(hub: TwsEventHub, done: (value: T) => void, fail: (code: number, text: string) => void): () => void
}

/** What happens on a stream. */
export interface StreamHandler {
  readonly what: string
  send(api: IBApi, id: number): void
  cancel(api: IBApi, id: number): void
  event(name: RequestEvent, args: readonly unknown[]): void
  /** It has ended, with the message that said so, or because the link was lost (code undefined). */
  ended(code: number | undefined, text: string): void
}

interface Connection {
  readonly link: Link
  accounts: readonly string[] | undefined
  orderId: number | undefined
  ready: boolean
  /** Why the gateway will close or has closed it, when it said so. */
  reason: string | undefined
  clientIdTaken: boolean
  unsupported: boolean
  deadline: () => void
  heartbeat: () => void
  /** Questions for the time under way, in order: answers carry no id. */
  readonly clocks: ((seconds: number) => void)[]
}

const CLIENT_ID_WAIT: BackOffOptions = { firstMs: 5_000, maxMs: 60_000 }
const MARKET_FARM_UP = 2104
const TROUBLE: ReadonlySet<SessionMeaning> = new Set(['offline', 'farm-down', 'client-id', 'reconnect', 'slow-down'])
/** How long 1100 must have been silent, with farms good again, to count as over without 1101 or 1102. */
const OFFLINE_PROBATION_MS = 30_000

/**
 * One connection to TWS or Gateway, opened again whenever it is lost, always under the same client id. It owns ids,
 * pacing, deadlines and the heartbeat; what is sent while it is not online is refused, never kept for later.
 */
export class TwsSession {
  readonly timing: Timing
  readonly orderIds: OrderIdSource
  readonly hub: TwsEventHub
  readonly restored: Observable<Restored>
  readonly notices: Observable<IbkrNotice>
  readonly #options: TwsSessionOptions
  readonly #state = new BehaviorSubject<SessionState>({ kind: 'stopped' })
  readonly #restored = new Subject<Restored>()
  readonly #notices = new Subject<IbkrNotice>()
  readonly #pacer: MessagePacer
  readonly #requests: RequestBook
  readonly #clock = new ClockOffset()
  readonly #farmsDown = new Set<string>()
  readonly #alone = new Map<string, Promise<unknown>>()
  readonly #plain = new Set<() => void>()
  #connection: Connection | undefined
  #cancelRetry: (() => void) | undefined
  #cancelProbation: (() => void) | undefined
  #attempt = 0
  #everOnline = false
  #readOnly = false

  constructor(options: TwsSessionOptions) {
    this.#options = options
    this.timing = options.timing ?? systemTiming
    this.orderIds = new OrderIdSource(options.orderIds)
    this.hub = new TwsEventHub((error) =>
      this.notify('critical', 'ibkr.listener', `A listener threw: ${String(error)}`),
    )
    this.#pacer = new MessagePacer(this.timing, Math.min(options.messagesPerSecond ?? 45, 50))
    this.#requests = new RequestBook(this.timing.random())
    this.restored = this.#restored.asObservable()
    this.notices = this.#notices.asObservable()
  }

  get clientId(): number {
    return this.#options.clientId
  }

  get state(): SessionState {
    return this.#state.value
  }

  /** Emits the state at subscription and every change. */
  get states(): Observable<SessionState> {
    return this.#state.asObservable()
  }

  /** The three words that the port knows. A gateway without its servers counts as disconnected. */
  get connection(): Observable<ConnectionState> {
    return this.#state.pipe(map(connectionOf), distinctUntilChanged())
  }

  /** Accounts of the login; empty before the first connection. */
  get accounts(): readonly string[] {
    return this.#connection?.accounts ?? []
  }

  /** Version that both sides speak; 0 while not connected. */
  get serverVersion(): number {
    return this.#connection?.ready === true ? this.#connection.link.api.serverVersion : 0
  }

  /** True when TWS said that its API is read-only. */
  get readOnly(): boolean {
    return this.#readOnly
  }

  /** Farms that TWS reports as broken: `usfarm`, `ushmds`, … */
  get farmsDown(): readonly string[] {
    return [...this.#farmsDown].toSorted()
  }

  /** The gateway's clock minus ours, milliseconds. */
  get clockOffsetMs(): number {
    return this.#clock.ms
  }

  /** The gateway's time, within a second. */
  now(): EpochMs {
    return Math.round(this.timing.now()) + this.#clock.ms
  }

  /** Begins to connect, and to connect again whenever the connection is lost, until {@link stop}. */
  start(): void {
    if (this.state.kind !== 'stopped' && this.state.kind !== 'failed') return
    this.#attempt = 0
    this.#connect()
  }

  /**
   * Resolves with the accounts when the session is online.
   *
   * @throws {IbkrError} `ibkr.link` when it is not within `timeoutMs`, with the reason of the last attempt
   */
  online(timeoutMs = 30_000): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      let reason = 'no answer'
      let over = false
      const end = (finish: () => void): void => {
        over = true
        cancel()
        subscription?.unsubscribe()
        finish()
      }
      const fail = (): void => {
        const { host = '127.0.0.1', port } = this.#options
        const text = `Expected TWS or Gateway at ${host}:${port} to let client ${this.clientId} in, found: ${reason}.`
        end(() => reject(IbkrError.own('link', text)))
      }
      const cancel = this.timing.after(timeoutMs, fail)
      let subscription: { unsubscribe(): void } | undefined
      subscription = this.#state.subscribe((state) => {
        if (over) return
        if ('reason' in state) ({ reason } = state)
        if (state.kind === 'online') end(() => resolve(state.accounts))
        if (state.kind === 'failed') fail()
      })
      if (over) subscription.unsubscribe()
    })
  }

  /** Ends the session. What waits for its turn or in the socket is sent first, for up to `graceMs`. */
  async stop(graceMs = 2_000): Promise<void> {
    this.#cancelRetry?.()
    const link = this.#connection?.link
    const until = this.timing.now() + graceMs
    const busy = (): boolean => this.#pacer.waiting > 0 || (link?.unsent() ?? 0) > 0
    while (this.#current() !== undefined && busy() && this.timing.now() < until)
      await new Promise<void>((resolve) => void this.timing.after(10, resolve))
    this.#state.next({ kind: 'stopped' })
    this.#drop('stopped')
  }

  /** Gives the connection up and makes a new one at once. */
  reconnect(): void {
    if (this.state.kind === 'stopped') return this.start()
    this.#cancelRetry?.()
    this.#drop('asked to reconnect')
    this.#attempt = 0
    this.#connect()
  }

  /**
   * Sends, or refuses at once when the session is not online.
   *
   * @param dropped called when the link was lost before the message's turn came: it was not sent then, and never will be
   * @returns false when refused: nothing was sent
   */
  send(priority: Priority, sends: readonly ((api: IBApi) => void)[], dropped?: () => void): boolean {
    const connection = this.#current()
    if (connection === undefined) return false
    const { api } = connection.link
    this.#pacer.send(
      priority,
      sends.map((send) => () => send(api)),
      dropped,
    )
    return true
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws {IbkrError} `ibkr.link`, `ibkr.timeout`, or the code of TWS
   */
  ask<T>(question: Question<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    let last = ''
    let again = true
    const open = (): void => {
      const end = (): void => {
        cancelTimer()
        this.#requests.close(id)
      }
      const lost = (): void => {
        end()
        reject(IbkrError.own('link', `Expected an answer to ${question.what}, found the connection lost.`))
      }
      const id = this.#requests.open({
        event: (name, args) =>
          question.event(name, args, (value) => {
            end()
            resolve(value)
          }),
        message: (code, text) => {
          const verdict = classifyRequest(code, text)
          if (verdict === 'info') return
          if (verdict === 'unknown') {
            last = ` The last message was code ${code}: ${text}`
            return this.notifyCode(code, text, question.what)
          }
          end()
          if (verdict === 'empty' && question.empty !== undefined) resolve(question.empty)
          else if (verdict === 'retry' && again) {
            again = false
            open()
          } else reject(IbkrError.ofTws(code, text, question.what))
        },
        lost,
      })
      const cancelTimer = this.timing.after(question.timeoutMs ?? this.#options.requestMs ?? 15_000, () => {
        end()
        if (question.cancel !== undefined) this.send('request', [(api) => question.cancel?.(api, id)])
        reject(IbkrError.own('timeout', `Expected an answer to ${question.what} in time, found none.${last}`))
      })
      if (!this.send('request', [(api) => question.send(api, id)], lost)) lost()
    }
    open()
    return promise
  }

  /**
   * As {@link ask} for questions without an id; those of one kind wait for each other.
   *
   * @throws {IbkrError} `ibkr.link`, `ibkr.timeout`, or the code of TWS
   */
  async askPlain<T>(kind: string, question: PlainQuestion<T>): Promise<T> {
    const before = this.#alone.get(kind)
    const mine = (before ?? Promise.resolve()).then(
      () => this.#askNow(question),
      () => this.#askNow(question),
    )
    this.#alone.set(kind, mine)
    return await mine
  }

  /**
   * Resolves when the gateway has read everything that was sent before, and everything that it had sent until then was
   * read here.
   *
   * @throws {IbkrError} `ibkr.link`
   */
  async settled(): Promise<void> {
    const connection = this.#current()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const lost = (): void => reject(IbkrError.own('link', 'Expected the gateway to settle, found the connection lost.'))
    this.#plain.add(lost)
    if (connection === undefined) lost()
    else this.#askTime(connection, 'request', resolve)
    try {
      await promise
    } finally {
      this.#plain.delete(lost)
    }
  }

  /** Opens a stream; what is returned ends it. Undefined when the session is not online. */
  stream(handler: StreamHandler): (() => void) | undefined {
    if (this.#current() === undefined) return undefined
    const end = (code: number | undefined, text: string): void => {
      this.#requests.close(id)
      handler.ended(code, text)
    }
    const id = this.#requests.open({
      event: (name, args) => handler.event(name, args),
      message: (code, text) => {
        const verdict = classifyRequest(code, text)
        if (verdict === 'info' || verdict === 'unknown') this.notifyCode(code, text, handler.what)
        else end(code, text)
      },
      lost: () => handler.ended(undefined, 'the connection was lost'),
    })
    this.send('request', [(api) => handler.send(api, id)])
    return () => {
      this.#requests.close(id)
      this.send('request', [(api) => handler.cancel(api, id)])
    }
  }

  /** Tells whoever listens to {@link notices}. */
  notify(severity: IbkrNotice['severity'], code: string, message: string, orderId?: OrderId): void {
    this.#notices.next({ time: this.now(), severity, code, message, orderId })
  }

  /** A message of TWS that nobody acts on. */
  notifyCode(code: number, text: string, what: string, orderId?: OrderId): void {
    const entry = codeEntry(code)
    const calm = entry !== undefined && entry.handling !== 'fatal' && !TROUBLE.has(entry.session)
    const severity = calm ? 'info' : 'warning'
    const unknown = entry === undefined ? ' (a code that is not known here)' : ''
    this.notify(severity, `ibkr.${code}`, `${what}: ${text.trim()}${unknown}`, orderId)
  }

  /** The connection that may be written to. */
  #current(): Connection | undefined {
    return this.state.kind === 'online' ? this.#connection : undefined
  }

  async #askNow<T>(question: PlainQuestion<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const fail = (code: 'link' | 'timeout', found: string): void =>
      reject(IbkrError.own(code, `Expected an answer to ${question.what}, found ${found}.`))
    const lost = (): void => fail('link', 'the connection lost')
    const stop = question.listen(this.hub, resolve, (code, text) => reject(IbkrError.ofTws(code, text, question.what)))
    const cancelTimer = this.timing.after(question.timeoutMs ?? this.#options.requestMs ?? 15_000, () =>
      fail('timeout', 'none in time'),
    )
    this.#plain.add(lost)
    if (!this.send('request', [(api) => question.send(api)], lost)) lost()
    try {
      return await promise
    } finally {
      this.#plain.delete(lost)
      cancelTimer()
      stop()
    }
  }

  #connect(): void {
    this.#cancelRetry = undefined
    const { host = '127.0.0.1', port, clientId } = this.#options
    const link = openLink({ host, port, clientId }, (frame) => this.#badFrame(connection, frame))
    const connection: Connection = {
      link,
      accounts: undefined,
      orderId: undefined,
      ready: false,
      reason: undefined,
      clientIdTaken: false,
      unsupported: false,
      heartbeat: () => undefined,
      clocks: [],
      deadline: this.timing.after(this.#options.handshakeMs ?? 10_000, () =>
        this.#lost(connection, 'the handshake was not finished in time'),
      ),
    }
    this.#connection = connection
    this.#state.next({ kind: 'connecting' })
    this.#wire(connection)
    link.api.connect()
  }

  #wire(connection: Connection): void {
    const { api } = connection.link
    // The client's own typing of `on` is a list of overloads that no loop can go through.
    const emitter = api as unknown as { on(name: string, listener: (...args: never[]) => void): void }
    const on = (name: string, listener: (...args: never[]) => void): void =>
      emitter.on(name, (...args) => {
        if (this.#connection === connection) listener(...args)
      })
    on(EventName.connected, () => connection.link.tune())
    on(EventName.disconnected, () => this.#lost(connection, connection.reason ?? 'the gateway closed the connection'))
    on(EventName.info, (text: string, code: number) => this.#sessionMessage(connection, code, text))
    on(EventName.error, (error: Error, code: number, id: number) => this.#message(connection, error.message, code, id))
    on(EventName.currentTime, (seconds: number) => connection.clocks.shift()?.(seconds))
    on(EventName.managedAccounts, (list: string) => {
      connection.accounts = list.split(',').filter((account) => account !== '')
      this.#maybeReady(connection)
    })
    on(EventName.nextValidId, (id: number) => {
      connection.orderId = id
      if (id < REQUEST_IDS) this.orderIds.raise(id)
      this.#maybeReady(connection)
    })
    for (const name of HUB_EVENTS)
      on(name, (...args: unknown[]) => this.hub.emit(name, ...(args as TwsEvents[typeof name])))
    for (const name of REQUEST_EVENTS)
      on(name, (id: number, ...rest: unknown[]) => {
        try {
          this.#requests.deliver(id, name, rest)
        } catch (error) {
          this.notify('critical', 'ibkr.listener', `The reader of ${name} threw: ${String(error)}`)
        }
      })
  }

  #maybeReady(connection: Connection): void {
    if (connection.ready || connection.accounts === undefined || connection.orderId === undefined) return
    connection.ready = true
    connection.deadline()
    this.#attempt = 0
    this.#readOnly = false
    this.#farmsDown.clear()
    const first = !this.#everOnline
    this.#everOnline = true
    this.#beat(connection)
    this.#state.next({ kind: 'online', accounts: connection.accounts })
    if (!first) this.#restored.next({ dataLost: true, reconnected: true })
  }

  /** Asks for the time, now and then. A link that is open and dead shows itself by nothing else. */
  #beat(connection: Connection): void {
    const { heartbeatMs = 15_000, heartbeatDeadlineMs = 10_000 } = this.#options
    const lost = (): void => this.#lost(connection, 'the heartbeat was not answered')
    // In two steps: after the first one a process that stood still reads what has waited in its socket.
    const begun = (): void => {
      connection.heartbeat = this.timing.after(heartbeatDeadlineMs / 2, () => {
        connection.heartbeat = this.timing.after(heartbeatDeadlineMs / 2, lost)
      })
    }
    const answered = (): void => {
      connection.heartbeat()
      connection.heartbeat = this.timing.after(heartbeatMs, () => this.#beat(connection))
    }
    this.#askTime(connection, 'cancel', answered, begun)
  }

  #askTime(connection: Connection, priority: Priority, answered: () => void, begun?: () => void): void {
    this.#pacer.send(priority, [
      () => {
        const sent = this.timing.now()
        begun?.()
        connection.clocks.push((seconds) => {
          this.#clock.add(seconds, sent, this.timing.now())
          answered()
        })
        connection.link.api.reqCurrentTime()
      },
    ])
  }

  #message(connection: Connection, text: string, code: number, id: number): void {
    if (id === -1) {
      if (code === 505) {
        const bytes = connection.link.unreported()
        if (bytes !== undefined) this.notify('warning', 'ibkr.bad_frame', `${text} The message: ${bytes}`)
        return
      }
      if (code === 502 || code === 506 || code === 503) connection.reason = text
      if (code === 506 || code === 503) connection.unsupported = true
      return this.#sessionMessage(connection, code, text)
    }
    if (!this.#requests.message(id, code, text)) this.hub.emit('orderMessage', id, code, text)
  }

  #sessionMessage(connection: Connection, code: number, text: string): void {
    const meaning = codeEntry(code)?.session ?? 'none'
    switch (meaning) {
      case 'offline':
        this.#cancelProbation?.()
        if (connection.ready && this.state.kind === 'online') this.#state.next({ kind: 'offline', reason: text.trim() })
        break
      case 'restored':
      case 'restored-lost':
        this.#backOnline(connection, meaning === 'restored-lost')
        break
      case 'farm-down':
        this.#farmsDown.add(farmOf(text))
        break
      case 'farm-up':
        // What its streams missed is missing, without any 1101.
        if (this.#farmsDown.delete(farmOf(text)) && code === MARKET_FARM_UP && this.state.kind === 'online')
          this.#restored.next({ dataLost: false, reconnected: false })
        this.#probation(connection)
        break
      case 'client-id':
        connection.clientIdTaken = true
        connection.reason = `client id ${this.clientId} is in use by another connection`
        break
      case 'reconnect':
        connection.reason = text.trim()
        break
      case 'slow-down':
        this.#pacer.hold(2_000)
        break
      case 'farm-pending':
      case 'none':
    }
    if (saysReadOnly(code, text)) this.#readOnly = true
    this.notifyCode(code, text, 'TWS')
  }

  #backOnline(connection: Connection, dataLost: boolean): void {
    this.#cancelProbation?.()
    if (!connection.ready || connection.accounts === undefined) return
    if (this.state.kind !== 'online') this.#state.next({ kind: 'online', accounts: connection.accounts })
    this.#restored.next({ dataLost, reconnected: false })
  }

  /** 1100 may be followed by farms that are good again and by nothing else. */
  #probation(connection: Connection): void {
    if (this.state.kind !== 'offline') return
    this.#cancelProbation?.()
    this.#cancelProbation = this.timing.after(OFFLINE_PROBATION_MS, () => {
      if (this.#connection === connection && this.state.kind === 'offline') this.#backOnline(connection, true)
    })
  }

  #badFrame(connection: Connection, frame: BadFrame): void {
    const shown = frame.bytes === '' ? '' : `: ${frame.bytes}`
    this.notify('warning', 'ibkr.bad_frame', `Expected a message of TWS, found ${frame.problem}${shown}`)
    if (frame.fatal) this.#lost(connection, `the gateway sent ${frame.problem}`)
  }

  #lost(connection: Connection, reason: string): void {
    if (this.#connection !== connection) return
    this.#drop(reason)
    if (this.state.kind === 'stopped') return
    if (connection.unsupported) return this.#state.next({ kind: 'failed', reason })
    const options = connection.clientIdTaken ? CLIENT_ID_WAIT : this.#options.backOff
    const wait = backOffMs(this.#attempt++, this.timing.random(), options)
    this.#state.next({ kind: 'waiting', reason, retryAt: this.timing.now() + wait })
    this.#cancelRetry = this.timing.after(wait, () => this.#connect())
  }

  /** Ends the connection at hand: everything that waits for it fails, and nothing of it is ever sent. */
  #drop(reason: string): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#cancelProbation?.()
    if (connection === undefined) return
    connection.deadline()
    connection.heartbeat()
    if (connection.ready && this.state.kind !== 'stopped')
      this.notify('warning', 'ibkr.link', `The connection was lost: ${reason}.`)
    connection.link.api.disconnect()
    // Late events of a dead socket reach nobody; but an 'error' event of it needs someone who listens.
    this.#pacer.clear()
    this.#requests.loseAll()
    for (const lost of this.#plain) lost()
  }
}

function connectionOf(state: SessionState): ConnectionState {
  if (state.kind === 'online') return 'connected'
  return state.kind === 'connecting' ? 'connecting' : 'disconnected'
}

/** `usfarm` of `Market data farm connection is OK:usfarm`. */
function farmOf(text: string): string {
  return /:([^:]*)$/.exec(text.trim())?.[1]?.trim() ?? text.trim()
}
