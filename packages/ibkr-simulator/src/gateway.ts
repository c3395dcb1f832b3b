import { type EpochMs, InputError, isInputError, seededRandom } from '@onetape/core'
import { calendar } from '@onetape/calendar'
import { ibkrFixedFee } from '@onetape/costs'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Timeline } from './clock/timeline.ts'
import { Account, type AccountFigures } from './exchange/account.ts'
import { CAPTURED_IDS, idsFrom, OrderDesk } from './exchange/order-desk.ts'
import type { ExecutionRecord, OrderRecord } from './exchange/order-record.ts'
import type { Fault } from './faults/fault.ts'
import { FaultBox } from './faults/fault-box.ts'
import { checkOptions, type GatewayOptions } from './gateway-options.ts'
import { type Listing, Listings } from './market/listing.ts'
import type { Market } from './market/market.ts'
import { MarketDriver } from './market/market-driver.ts'
import { recordedMarket } from './market/recorded-market.ts'
import { seededMarket } from './market/seeded-market.ts'
import { tickMarket } from './market/tick-market.ts'
import { AccountRequests } from './session/account-requests.ts'
import { ClientSession } from './session/client-session.ts'
import { Connection } from './session/connection.ts'
import type { GatewayContext, GatewayLimits } from './session/context.ts'
import { DataRequests } from './session/data-requests.ts'
import { HistoryRequests } from './session/history-requests.ts'
import { OrderBroadcast } from './session/order-broadcast.ts'
import { OrderRequests } from './session/order-requests.ts'
import { ReferenceRequests } from './session/reference-requests.ts'
import { RequestRouter } from './session/request-router.ts'
import { readState, restoreState, StateWriter } from './state/state-file.ts'
import { message } from './wire/messages.ts'
import { type ClientMessage, framed } from './wire/frame.ts'
import { dayText, NEW_YORK, type NamedZone, UTC, zonedText } from './wire/time-text.ts'

/** Lowest server version that is spoken. */
const LEAST_VERSION = 157
const MOST_ID = 2_147_483_646
/** Messages of a client that asked to be slowed down which wait here; all further ones wait with the client. */
const MOST_QUEUED = 1000
const DEFAULT_LIMITS: GatewayLimits = { marketDataLines: 100, tickByTick: 5, realTimeBars: 60, clients: 32 }

/** What happens at a gateway, for tests and logs. */
export type GatewayEvent =
  | { readonly kind: 'connected'; readonly clientId: number; readonly serverVersion: number }
  | { readonly kind: 'disconnected'; readonly clientId: number }
  | { readonly kind: 'request'; readonly clientId: number; readonly fields: readonly string[] }
  /** Bytes that are no frame, or a frame that does not fit its layout; `hex` are its first bytes. */
  | { readonly kind: 'bad-frame'; readonly clientId: number; readonly reason: string; readonly hex: string }
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** Something inside failed; the gateway goes on. */
  | { readonly kind: 'failure'; readonly error: unknown }

/** What a gateway holds, as plain data. */
export interface GatewayState {
  readonly time: EpochMs
  readonly clients: readonly number[]
  readonly accounts: readonly {
    readonly id: string
    readonly figures: AccountFigures
    readonly positions: readonly { readonly symbol: string; readonly quantity: number; readonly averageCost: number }[]
  }[]
  readonly orders: readonly {
    readonly orderId: number
    readonly clientId: number
    readonly permId: number
    readonly symbol: string
    readonly status: string
    readonly quantity: number
    readonly filled: number
    readonly orderRef: string
  }[]
  readonly executions: readonly {
    readonly execId: string
    readonly permId: number
    readonly orderRef: string
    readonly symbol: string
    readonly side: 1 | -1
    readonly shares: number
    readonly price: number
    readonly time: EpochMs
    readonly commission: number
  }[]
  /** Messages sent, and data left out for clients that do not read, over all connections that are open. */
  readonly sent: number
  readonly dropped: number
}

/** A running gateway. */
export interface Gateway {
  readonly port: number
  /** The gateway's time. */
  now(): EpochMs
  /** On simulated time: moves it on, and resolves when all that was sent is with the operating system. */
  advance(ms: number): Promise<void>
  /** As {@link advance}, to a time. */
  advanceTo(time: EpochMs): Promise<void>
  /** When something happens next by itself; Infinity for never. */
  nextTime(): EpochMs
  /** Makes one thing go wrong, now. */
  fault(fault: Fault): void
  /** Ends all faults of callbacks. */
  clearFaults(): void
  state(): GatewayState
  /** @returns a function that ends the subscription */
  onEvent(listener: (event: GatewayEvent) => void): () => void
  close(): Promise<void>
}

/**
 * Starts an IB Gateway to test against: it speaks the TWS protocol on a TCP port, as text, at the server versions 157
 * to 193, and has an exchange inside.
 *
 * @throws {InputError} `simulator.*` for options, recordings, faults or a state file that cannot be; rejects with the
 * system's error when the port cannot be had
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  checkOptions(options)
  const running = new RunningGateway(options)
  await running.listen()
  return running
}

class RunningGateway implements Gateway {
  readonly #options: GatewayOptions
  readonly #server: Server
  readonly #timeline: Timeline
  readonly #accounts: ReadonlyMap<string, Account>
  readonly #desk: OrderDesk
  readonly #faults: FaultBox
  readonly #driver: MarketDriver
  readonly #router: RequestRouter
  readonly #orderRequests: OrderRequests
  readonly #context: GatewayContext
  readonly #connections: Set<Connection> = new Set()
  readonly #sessions: Map<number, ClientSession> = new Map()
  readonly #listeners: Set<(event: GatewayEvent) => void> = new Set()
  readonly #maxVersion: number
  readonly #stateWriter: StateWriter | undefined
  #dirty: boolean = false

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#maxVersion = options.serverVersion ?? 193
    const seed = options.seed ?? 1
    const market = marketOf(options, seed)
    const { stateFile } = options
    const saved = stateFile === undefined ? undefined : readState(stateFile)
    this.#stateWriter = stateFile === undefined ? undefined : new StateWriter(stateFile)
    const speed = options.speed ?? 1
    // Wall time goes on by itself over a restart; a time of the gateway's own does not.
    const own = speed === 0 || market.start !== undefined
    const given = options.start ?? (own ? (saved?.time ?? market.start) : undefined)
    const start = given ?? Date.now()
    this.#timeline = new Timeline(start, speed, (error) => this.#failed(error))
    const listings = new Listings(market.listings)
    const zone: NamedZone = options.timeZone === 'UTC' ? UTC : NEW_YORK
    const random = seededRandom(seed)
    this.#accounts = new Map(
      (options.accounts ?? [{ id: 'DU1234567', cash: 1_000_000 }]).map(({ id, cash }) => [
        id,
        new Account(id, cash, () => this.#desk.venue.lastPrice),
      ]),
    )
    const broadcast = new OrderBroadcast({
      zone,
      masterClientId: options.masterClientId,
      sessions: () => this.#sessions.values(),
      hears: () => this.#faults.linkUp,
      positionChanged: (account, listing) => accountRequests.positionChanged(account, listing),
      arrived: (listing) => this.#driver.arrived(listing),
    })
    this.#desk = new OrderDesk(
      {
        accounts: this.#accounts,
        listings,
        fees: options.fees ?? ibkrFixedFee({ lastRatesUntil: '2035-12-31' }),
        random,
        timeline: this.#timeline,
        zone,
        venue: { random: seededRandom(seed + 1), ...options.venue },
        crossClientCancel: options.crossClientCancel ?? false,
        repeats: options.repeats ?? true,
        firstIds: given === undefined ? idsFrom(start) : CAPTURED_IDS,
        snapFills: (options.matching ?? market.matching) === 'ticks',
        changed: () => {
          this.#dirty = true
        },
      },
      broadcast,
    )
    this.#faults = new FaultBox({
      timeline: this.#timeline,
      desk: this.#desk,
      random: seededRandom(seed + 2),
      connections: () => this.#connections,
      sessions: () => this.#sessions.values(),
      notice: (id, code, text) => {
        for (const session of this.#sessions.values()) this.#error(session, id, code, text)
      },
      happened: (fault) => this.#emit({ kind: 'fault', fault }),
      manualOrder: ({ symbol, action, quantity, limit }) => {
        const listing = listings.all.find((l) => l.symbol === symbol)
        if (listing === undefined) return
        this.#driver.follow(listing)
        this.#desk.placeManual(listing, action, quantity, limit)
      },
    })
    this.#context = {
      timeline: this.#timeline,
      market,
      listings,
      accounts: this.#accounts,
      desk: this.#desk,
      zone,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      paced: options.paced ?? speed > 0,
      subscriptions: options.subscriptions ?? 'live',
      sessions: this.#sessions,
      dataFault: () => this.#faults.dataFault(),
      takePacingFault: () => this.#faults.takePacing(),
      error: (session, id, code, text) => this.#error(session, id, code, text),
      priceOf: (listing) => this.#driver.priceOf(listing),
      follow: (listing) => this.#driver.follow(listing),
      now: () => this.#timeline.now(),
    }
    const data = new DataRequests(this.#context, () => this.#driver)
    const history = new HistoryRequests(this.#context)
    const accountRequests = new AccountRequests(this.#context)
    this.#orderRequests = new OrderRequests(this.#context, options.readOnly ?? false, options.orderPrecautions ?? false)
    this.#driver = new MarketDriver(market, options.matching ?? market.matching, this.#timeline, this.#desk, {
      bar: (listing, bar) => data.bar(listing, bar),
      barsDone: (time) => history.update(time),
      tick: (listing, trade, quote, time) => data.tick(listing, trade, quote, time),
      quoteCap: () => this.#faults.quoteCap,
    })
    this.#router = new RequestRouter({
      context: this.#context,
      accounts: accountRequests,
      data,
      history,
      orders: this.#orderRequests,
      reference: new ReferenceRequests(this.#context),
      brokerAway: () => !this.#faults.linkUp,
      failed: (error) => this.#failed(error),
      badFrame: (session, payload, reason) =>
        this.#emit({ kind: 'bad-frame', clientId: session.clientId, reason, hex: hexOf(framed(payload)) }),
    })
    if (saved !== undefined) this.#restore(saved, listings)
    this.#scheduleDay()
    // A time of the gateway's own goes on from where it was last written.
    if (own && stateFile !== undefined)
      this.#timeline.every(60_000, () => {
        this.#dirty = true
        this.#save()
      })
    this.#faults.run(options.faults ?? {})
    this.#server = createServer({ noDelay: true }, (socket) => {
      if (this.#faults.refuses || this.#connections.size >= this.#context.limits.clients) {
        socket.on('error', () => socket.destroy())
        socket.resetAndDestroy()
        return
      }
      this.#connections.add(
        new Connection(socket, {
          hello: (connection, text) => this.#hello(connection, text),
          message: (connection, sent) => this.#message(connection, sent),
          badBytes: (connection, error) =>
            this.#emit({
              kind: 'bad-frame',
              clientId: connection.clientId,
              reason: error.message,
              hex: hexOf(error.bytes),
            }),
          closed: (connection) => this.#closed(connection),
          beforeWrite: () => this.#save(),
        }),
      )
    })
  }

  #restore(saved: NonNullable<ReturnType<typeof readState>>, listings: Listings): void {
    const touched = new Set<Listing>()
    for (const { symbol } of [...saved.orders, ...saved.accounts.flatMap((a) => a.positions)]) {
      const listing = listings.all.find((l) => l.symbol === symbol)
      if (listing !== undefined) touched.add(listing)
    }
    for (const listing of touched) this.#driver.follow(listing)
    restoreState(saved, this.#desk, this.#accounts, listings)
    if (saved.day !== this.#day()) this.#desk.startDay()
  }

  /** Executions and profits are of one day; a new one begins at midnight in New York. */
  #scheduleDay(): void {
    const newYork = calendar('XNYS')
    const now = this.#timeline.now()
    const midnight = newYork.toUtc(newYork.dateOf(newYork.toUtc(newYork.dateOf(now), '12:00') + 86_400_000), '00:00')
    this.#timeline.at(midnight, () => {
      this.#desk.startDay()
      this.#dirty = true
      this.#scheduleDay()
    })
  }

  #day(): string {
    return dayText(this.#timeline.now(), NEW_YORK.zone)
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port ?? 0, this.#options.host ?? '127.0.0.1', () => {
        this.#server.off('error', reject)
        this.#server.on('error', (error) => this.#failed(error))
        resolve()
      })
    })
  }

  // ----------------------------------------------------------------------------------------------- connections

  /** The version frame goes out alone; everything else waits for startApi. */
  #hello(connection: Connection, text: string): void {
    if (this.#faults.mutesHandshake) return
    // A client of one version names it alone.
    const found = /^v(\d{1,4})(?:\.\.(\d{1,4}))?(?: (.*))?$/.exec(text)
    const version = found === null ? 0 : Math.min(Number(found[2] ?? found[1]), this.#maxVersion)
    if (version < LEAST_VERSION || Number(found![1]) > version) {
      this.#emit({
        kind: 'bad-frame',
        clientId: -1,
        reason: `Expected a version range that meets ${LEAST_VERSION} to ${this.#maxVersion}`,
        hex: hexOf(Buffer.from(text)),
      })
      connection.drop('fin')
      return
    }
    connection.serverVersion = version
    connection.pacing = (found?.[3] ?? '').includes('+PACEAPI')
    connection.send([String(version), zonedText(this.#timeline.now(), this.#context.zone)])
  }

  #message(connection: Connection, sent: ClientMessage): void {
    if (connection.serverVersion === 0) return // the handshake is being muted
    const session = this.#sessions.get(connection.clientId)
    if (session?.connection !== connection) return this.#start(connection, sent)
    if (this.#context.paced && !this.#admit(session, sent)) return
    this.#handle(session, sent)
  }

  #handle(session: ClientSession, sent: ClientMessage): void {
    this.#timeline.catchUp()
    this.#emit({ kind: 'request', clientId: session.clientId, fields: sent.fields })
    this.#router.route(session, sent)
  }

  /** Counts a message against the rate. With `+PACEAPI` one too many waits, else it is refused. */
  #admit(session: ClientSession, sent: ClientMessage): boolean {
    const { connection } = session
    if (connection.pacing) {
      const wait = session.queue.length > 0 ? 1 : session.rate.wait(performance.now())
      if (wait === 0) return session.rate.verdict(performance.now()) !== 'refuse'
      session.queue.push(sent)
      if (session.queue.length >= MOST_QUEUED) connection.queueFull = true
      if (session.queue.length === 1) setTimeout(() => this.#drain(session), wait)
      return false
    }
    const verdict = session.rate.verdict(performance.now())
    if (verdict === 'warn') this.#error(session, -1, 0, 'Warning: Approaching max rate of 50 messages per second (44)')
    if (verdict === 'refuse' || verdict === 'disconnect')
      this.#error(session, -1, 100, 'Max rate of messages per second has been exceeded: max=50 rec=51')
    if (verdict === 'disconnect') connection.drop('fin')
    return verdict === 'take' || verdict === 'warn'
  }

  #drain(session: ClientSession): void {
    while (session.queue.length > 0 && !session.connection.closed) {
      const wait = session.rate.wait(performance.now())
      if (wait > 0) {
        setTimeout(() => this.#drain(session), wait)
        return
      }
      session.rate.verdict(performance.now())
      this.#handle(session, session.queue.shift()!)
      if (session.queue.length < MOST_QUEUED) session.connection.queueFull = false
    }
  }

  /** The first message must be startApi. Its answer: own open orders, accounts, the next id, the farms. */
  #start(connection: Connection, { fields, payload }: ClientMessage): void {
    const clientId = /^\d{1,10}$/.test(fields[2] ?? '') ? Number(fields[2]) : Number.NaN
    if (fields[0] !== '71' || !(clientId <= MOST_ID)) {
      this.#emit({
        kind: 'bad-frame',
        clientId: -1,
        reason: 'Expected startApi before anything else',
        hex: hexOf(framed(payload)),
      })
      connection.drop('fin')
      return
    }
    if (this.#sessions.has(clientId) || this.#faults.idInUse(clientId)) {
      connection.send(
        message.error(
          -1,
          326,
          'Unable to connect as the client id is already in use. Retry with a unique client id.',
          connection.serverVersion,
        ),
      )
      connection.drop('fin')
      return
    }
    connection.clientId = clientId
    const session = new ClientSession(connection, clientId, (to, out) => this.#faults.deliver(to, out))
    this.#sessions.set(clientId, session)
    this.#emit({ kind: 'connected', clientId, serverVersion: connection.serverVersion })
    this.#orderRequests.greet(session)
    session.send(message.managedAccounts([...this.#accounts.keys()]))
    session.send(message.nextValidId(this.#desk.nextId(clientId)))
    if (!this.#faults.linkUp)
      return this.#error(session, -1, 1100, 'Connectivity between IBKR and Trader Workstation has been lost.')
    for (const farm of ['usfarm', 'usfuture', 'cashfarm', 'usopt'])
      this.#error(session, -1, 2104, `Market data farm connection is OK:${farm}`)
    this.#error(session, -1, 2106, 'HMDS data farm connection is OK:ushmds')
    this.#error(session, -1, 2158, 'Sec-def data farm connection is OK:secdefnj')
  }

  #closed(connection: Connection): void {
    this.#connections.delete(connection)
    if (this.#sessions.get(connection.clientId)?.connection !== connection) return
    this.#sessions.delete(connection.clientId)
    this.#emit({ kind: 'disconnected', clientId: connection.clientId })
  }

  #error(session: ClientSession, id: number, code: number, text: string): void {
    session.send(message.error(id, code, text, session.connection.serverVersion))
  }

  // ---------------------------------------------------------------------------------------------------- control

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  now(): EpochMs {
    return this.#timeline.now()
  }

  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#timeline.now() + ms)
  }

  async advanceTo(time: EpochMs): Promise<void> {
    if (this.#timeline.speed > 0)
      throw new InputError('simulator.time', 'Expected simulated time to advance, found wall time.', {
        hint: 'Start the gateway with speed 0.',
      })
    this.#timeline.advanceTo(time)
    await Promise.all([...this.#connections].map(async (connection) => await connection.flushed()))
  }

  nextTime(): EpochMs {
    return this.#timeline.nextTime()
  }

  fault(fault: Fault): void {
    this.#faults.apply(fault)
  }

  clearFaults(): void {
    this.#faults.clear()
  }

  state(): GatewayState {
    let sent = 0
    let dropped = 0
    for (const connection of this.#connections) {
      sent += connection.sent
      dropped += connection.dropped
    }
    return {
      time: this.#timeline.now(),
      clients: [...this.#sessions.keys()],
      accounts: [...this.#accounts.values()].map((account) => ({
        id: account.id,
        figures: account.figures(),
        positions: [...account.positions.values()].map((p) => ({
          symbol: p.listing.symbol,
          quantity: p.quantity,
          averageCost: p.averageCost,
        })),
      })),
      orders: [...this.#desk.orders.values()].map(plainOrder),
      executions: this.#desk.executions.map(plainExecution),
      sent,
      dropped,
    }
  }

  onEvent(listener: (event: GatewayEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#timeline.close()
    this.#save()
    for (const connection of this.#connections) connection.drop('fin')
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      setTimeout(() => {
        for (const connection of this.#connections) connection.socket.destroy()
      }, 200).unref()
    })
  }

  /** Nothing is told to a client before it is remembered. */
  #save(): void {
    if (!this.#dirty) return
    this.#dirty = false
    try {
      this.#stateWriter?.write(this.#desk, this.#accounts, this.#timeline.now(), this.#day())
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#emit({ kind: 'failure', error: isInputError(error) ? error.message : error })
  }

  #emit(event: GatewayEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

function marketOf({ ticks, series, symbols }: GatewayOptions, seed: number): Market {
  if (ticks !== undefined) return tickMarket(ticks)
  return series === undefined ? seededMarket({ seed, symbols }) : recordedMarket(series, seed)
}

function plainOrder(order: OrderRecord): GatewayState['orders'][number] {
  const { orderId, clientId, permId, status, quantity, filled, listing, text } = order
  return {
    orderId,
    clientId,
    permId,
    symbol: listing.symbol,
    status,
    quantity,
    filled,
    orderRef: text['orderRef'] ?? '',
  }
}

function plainExecution(execution: ExecutionRecord): GatewayState['executions'][number] {
  const { execId, permId, orderRef, listing, side, shares, price, time, commission } = execution
  return { execId, permId, orderRef, symbol: listing.symbol, side, shares, price, time, commission }
}

/** The first bytes, enough to find the mistake. */
function hexOf(bytes: Buffer): string {
  return bytes.subarray(0, 256).toString('hex')
}
