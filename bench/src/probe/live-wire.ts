// What the live probes share: the Gateway's process, the socket seen from outside, and a trader made of packages.
import {
  barSeries,
  type BrokerEvent,
  type RunId,
  type Strategy,
  TimeInForceCode,
  type BarInterval,
  type InstrumentSpec,
} from '@onetape/core'
import { ibkrFixedFee } from '@onetape/costs'
import { basicGate, Engine, LiveSession } from '@onetape/engine'
import type { Ibkr } from '@onetape/ibkr'
import type { GatewayOptions } from '@onetape/ibkr-simulator'
import { type ChildProcess, fork } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { fdatasync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayAnswer, GatewayAsk } from './live-gateway.ts'

export const SYMBOLS: readonly string[] = Array.from({ length: 100 }, (_, i) => `S${i}`)

/** A Gateway in another process. */
export class Peer {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(options: GatewayOptions): Promise<Peer> {
    const child = fork(join(import.meta.dirname, 'live-gateway.ts'), [JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [{ port }] = (await once(child, 'message')) as [GatewayAnswer]
    return new Peer(child, port)
  }

  /** One question at a time. */
  async ask(ask: GatewayAsk): Promise<GatewayAnswer> {
    const answer = once(this.#child, 'message')
    this.#child.send(ask)
    return ((await answer) as [GatewayAnswer])[0]
  }

  end(): void {
    this.#child.disconnect()
  }
}

/** Sees the bytes of the only socket that this process opens, in and out; times are those of `performance.now()`. */
export class WireTap {
  /** Whole messages that came in. */
  frames = 0
  /** When the bytes in hand came in. */
  arrivedAt: number = NaN
  /** When each message had been written. */
  readonly written: number[] = []
  /** Called when an order had been written. */
  onOrder: (at: number) => void = () => undefined
  #head = 0
  #length = 0
  #body = 0

  constructor() {
    subscribe('net.client.socket', (message) => this.#attach((message as { readonly socket: Socket }).socket))
  }

  #attach(socket: Socket): void {
    // Listens before the client does.
    socket.on('data', (data: Buffer) => {
      this.arrivedAt = performance.now()
      this.#count(data)
    })
    // `connect` of the socket takes any other `write` off it.
    socket.once('connect', () => {
      const write = socket.write.bind<(data: Buffer) => boolean>(socket)
      socket.write = (data: unknown) => {
        const taken = write(data as Buffer)
        const at = performance.now()
        this.written.push(at)
        // placeOrder is message 3; four bytes of length stand before it.
        if (Buffer.isBuffer(data) && data[4] === 0x33 && data[5] === 0) this.onOrder(at)
        return taken
      }
    })
  }

  /** A message is four bytes of length and so many more. */
  #count(data: Buffer): void {
    for (let at = 0; at < data.length;) {
      if (this.#body === 0) {
        this.#length = this.#length * 256 + data[at++]!
        if (++this.#head < 4) continue
        this.#body = this.#length
        this.#head = 0
        this.#length = 0
        continue
      }
      const taken = Math.min(this.#body, data.length - at)
      at += taken
      this.#body -= taken
      if (this.#body === 0) this.frames++
    }
  }

  /** The most messages written in any second. */
  get mostInASecond(): number {
    let most = 0
    for (let first = 0, last = 0; last < this.written.length; last++) {
      while (this.written[first]! <= this.written[last]! - 1000) first++
      most = Math.max(most, last - first + 1)
    }
    return most
  }
}

/** A tape as the trader keeps it: JSON lines in one piece, on the disk before orders leave, and a part of them ahead. */
class Tape {
  /** How long the disk has taken so far, milliseconds. */
  diskMs = 0
  #waiting = ''
  #ahead = 0
  #syncing = false
  readonly #folder = mkdtempSync(join(tmpdir(), 'onetape-bench-'))
  readonly #file = openSync(join(this.#folder, 'tape.ndjson'), 'w')

  append(line: object): void {
    this.#waiting += `${JSON.stringify(line)}\n`
  }

  commit(leaving: boolean): void {
    if (this.#waiting === '') return
    this.#ahead += writeSync(this.#file, this.#waiting)
    this.#waiting = ''
    if (leaving) this.#sync()
    else if (this.#ahead >= 4_096 && !this.#syncing) this.#syncAhead()
  }

  #sync(): void {
    const began = performance.now()
    fdatasyncSync(this.#file)
    this.diskMs += performance.now() - began
    this.#ahead = 0
  }

  #syncAhead(): void {
    this.#syncing = true
    this.#ahead = 0
    fdatasync(this.#file, (error) => {
      if (error !== null) throw error
      this.#syncing = false
    })
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}

/** What is traded. */
export interface TraderOptions {
  readonly strategy: Strategy
  readonly instruments: readonly InstrumentSpec[]
  readonly interval: BarInterval
}

/** Feed → session with a tape → engine → broker, as a trader composes them. */
export class Trader {
  readonly session: LiveSession
  /** Ids of the executions that the broker told of, and of those with a commission. */
  readonly executions: Set<string> = new Set()
  readonly commissions: Set<string> = new Set()
  /** When the last bar was handed to the session, and when the bytes that held its end had come in. */
  barAt: number = NaN
  barArrivedAt: number = NaN
  readonly #tape = new Tape()

  constructor({ feed, broker }: Ibkr, tap: WireTap, { strategy, instruments, interval }: TraderOptions) {
    const none = new Float64Array(0)
    const columns = { time: none, end: none, open: none, high: none, low: none, close: none, volume: none }
    const engine = new Engine({
      run: 'bench' as RunId,
      series: instruments.map((instrument) => barSeries({ instrument, interval, columns, source: 'none' })),
      from: Infinity,
      strategies: [{ id: strategy.name, strategy, params: {}, allocation: 1 }],
      cash: 1e9,
      rules: {
        leverage: 1,
        account: 'margin',
        shortSelling: false,
        creditSells: true,
        rejectAtFill: false,
        collar: 0.02,
      },
      sizing: {
        buffer: 0.0025,
        minChange: 0.005,
        sizeAt: 'decision',
        tif: TimeInForceCode.day,
        costRate: () => 0,
      },
      fees: ibkrFixedFee({ lastRatesUntil: '2035-12-31' }),
      gate: basicGate(),
      seed: 1,
      dividends: 'ignore',
    })
    this.session = new LiveSession({
      engine,
      broker,
      clock: { now: () => Date.now() },
      record: (record) => this.#tape.append(record),
      commit: (leaving) => this.#tape.commit(leaving),
      run: 'bench',
      graceMs: 60_000,
    })
    const known = new Set(instruments.map(({ symbol }) => symbol))
    broker.events.subscribe({
      next: (event) => {
        this.#remember(event)
        this.session.push({ kind: 'broker', event })
      },
    })
    feed.events.subscribe({
      next: (event) => {
        if (event.kind !== 'bar' || event.bar.late || !known.has(event.symbol)) return
        const { time, end, open, high, low, close, volume } = event.bar
        this.barArrivedAt = tap.arrivedAt
        this.barAt = performance.now()
        this.session.push({
          kind: 'bar',
          symbol: event.symbol,
          interval: event.interval,
          bar: { time, end, open, high, low, close, volume },
        })
      },
    })
  }

  /** How long the tape has waited for the disk so far, milliseconds. */
  get diskMs(): number {
    return this.#tape.diskMs
  }

  /** Orders that have not ended. */
  get open(): number {
    const { table } = this.session.engine.flow
    let count = 0
    for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) count++
    return count
  }

  get orders(): number {
    return this.session.engine.flow.table.count
  }

  end(): void {
    this.#tape.remove()
  }

  #remember(event: BrokerEvent): void {
    if (event.kind === 'filled') this.executions.add(event.executionId)
    else if (event.kind === 'commission') this.commissions.add(event.executionId)
  }
}

/** @throws {Error} when `condition` does not hold within a minute */
export async function until(what: string, condition: () => boolean, everyMs = 0): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Expected ${what} within a minute, found none`)
    if (everyMs > 0) await sleep(everyMs)
    else await new Promise((resolve) => void setImmediate(resolve))
  }
}

/** Waits for every symbol's first whole bar; `meanwhile` is called again and again. */
export async function firstBars(
  { feed }: Ibkr,
  symbols: readonly string[],
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const waiting = new Set(symbols)
  const subscription = feed.events.subscribe({
    next: (event) => {
      if (event.kind === 'bar' && !event.bar.late) waiting.delete(event.symbol)
    },
  })
  const deadline = performance.now() + 60_000
  while (waiting.size > 0) {
    if (performance.now() > deadline)
      throw new Error(`Expected bars of all symbols, found none of ${[...waiting].join(', ')}`)
    await meanwhile()
  }
  subscription.unsubscribe()
}

/** Fails on whatever the session has to warn of: a figure of a run that went wrong says nothing. */
export function failOnWarnings({ session }: Ibkr): void {
  session.notices.subscribe({
    next: ({ severity, code, message }) => {
      if (severity !== 'info') throw new Error(`Expected a session without warnings, found ${code}: ${message}`)
    },
  })
}

/** The value below which a part of all lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!
}
