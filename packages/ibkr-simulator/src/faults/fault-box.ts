import { calendar } from '@onetape/calendar'
import { MS_PER_DAY, type Random } from '@onetape/core'
import type { Timeline } from '../clock/timeline.ts'
import type { OrderDesk } from '../exchange/order-desk.ts'
import type { ClientSession } from '../session/client-session.ts'
import type { Connection } from '../session/connection.ts'
import type { CallbackKind, Fault, FaultScript } from './fault.ts'

/** What faults take hold of. */
export interface FaultGrip {
  readonly timeline: Timeline
  readonly desk: OrderDesk
  readonly random: Random
  connections(): Iterable<Connection>
  sessions(): Iterable<ClientSession>
  /** An error that is no answer to a request, to every client. */
  notice(id: number, code: number, text: string): void
  happened(fault: Fault): void
  /** An order that somebody enters in TWS. */
  manualOrder(order: Extract<Fault, { kind: 'manual-order' }>): void
}

type CallbackFault = Extract<Fault, { kind: 'callbacks' }>

interface CallbackRule {
  readonly fault: CallbackFault
  readonly ids: ReadonlySet<string>
  left: number
}

const IDS: Readonly<Record<CallbackKind, readonly string[]>> = {
  openOrder: ['5'],
  orderStatus: ['3'],
  execution: ['11'],
  commission: ['59'],
  position: ['61', '71'],
  data: ['1', '2', '45', '46', '50', '90', '99'],
}
const ORDER_KINDS: readonly CallbackKind[] = ['openOrder', 'orderStatus', 'execution', 'commission']
const FARMS = ['usfarm', 'ushmds', 'secdefnj'] as const

/** Applies faults, by call or by script, and stands in the way of every message that a client is sent. */
export class FaultBox {
  readonly #grip: FaultGrip
  readonly #rules: CallbackRule[] = []
  /** A message that waits for the next one to overtake it, per client. */
  readonly #overtaken: Map<ClientSession, readonly string[]> = new Map()
  #mute: number = 0
  #refuse: number = 0
  #inUse: { readonly clientId: number | undefined }[] = []
  #linkDown: number = 0
  #competing: number = 0
  #pacing: number = 0
  #quoteCap: number = Infinity

  constructor(grip: FaultGrip) {
    this.#grip = grip
  }

  /** True while new connections get no answer to their handshake. */
  get mutesHandshake(): boolean {
    return this.#mute > 0
  }

  /** True while new connections are refused. */
  get refuses(): boolean {
    return this.#refuse > 0
  }

  get linkUp(): boolean {
    return this.#linkDown === 0
  }

  /** The most shares that a quote may show. */
  get quoteCap(): number {
    return this.#quoteCap
  }

  idInUse(clientId: number): boolean {
    return this.#inUse.some((rule) => rule.clientId === undefined || rule.clientId === clientId)
  }

  dataFault(): { readonly code: number; readonly text: string } | undefined {
    return this.#competing > 0 ? { code: 10_197, text: 'No market data during competing live session' } : undefined
  }

  takePacing(): boolean {
    if (this.#pacing === 0) return false
    this.#pacing--
    return true
  }

  /** Makes one thing go wrong, now. */
  apply(fault: Fault): void {
    this.#grip.happened(fault)
    switch (fault.kind) {
      case 'drop':
        if ((fault.refuseMs ?? 0) > 0) this.#during(fault.refuseMs!, (n) => (this.#refuse += n))
        for (const connection of this.#connections(fault.clientId)) connection.drop(fault.how ?? 'fin')
        return
      case 'half-open':
        for (const connection of this.#connections(fault.clientId)) connection.halfOpen()
        return
      case 'mute-handshake':
        return this.#during(fault.ms, (n) => (this.#mute += n))
      case 'stall-reads':
        for (const connection of this.#connections(fault.clientId)) {
          connection.stallReads(true)
          this.#grip.timeline.after(fault.ms, () => connection.stallReads(false))
        }
        return
      case 'stall-writes':
        for (const connection of this.#connections(fault.clientId)) {
          connection.stallWrites(true)
          this.#grip.timeline.after(fault.ms, () => connection.stallWrites(false))
        }
        return
      case 'broker-link':
        return this.#loseBroker(fault)
      case 'farm':
        return this.#breakFarm(fault.farm ?? 'usfarm', fault.ms, fault.dead ?? false)
      case 'id-roll-back':
        for (const [client, highest] of this.#grip.desk.highestId)
          this.#grip.desk.highestId.set(client, Math.max(0, highest - fault.by))
        return
      case 'client-id-in-use': {
        const rule = { clientId: fault.clientId }
        this.#inUse.push(rule)
        this.#grip.timeline.after(fault.ms, () => {
          this.#inUse = this.#inUse.filter((r) => r !== rule)
        })
        return
      }
      case 'callbacks':
        return this.#addRule(fault)
      case 'correct-execution':
        return this.#correct(fault)
      case 'reject':
        this.#grip.desk.rejections.push({
          on: fault.on ?? 'place',
          code: fault.code ?? 201,
          text: fault.text ?? 'Order rejected - reason:Scripted',
          symbol: fault.symbol,
          advancedReject: fault.advancedReject,
          count: fault.count ?? 1,
        })
        return
      case 'twin-modify':
        this.#grip.desk.twinNextModify = true
        return
      case 'manual-order':
        return this.#grip.manualOrder(fault)
      case 'locate-hold':
        if (fault.ms > 0) this.#grip.desk.locates.set(fault.symbol, fault.ms)
        else this.#grip.desk.locates.delete(fault.symbol)
        return
      case 'partial-fills':
        this.#quoteCap = fault.shares > 0 ? fault.shares : Infinity
        return
      case 'slow-cancels':
        this.#grip.desk.cancelDelayMs = fault.ms
        return
      case 'pacing-violation':
        this.#pacing += fault.count ?? 1
        return
      case 'restart':
      case 'weekly-authentication':
        this.#during(fault.ms, (n) => (this.#refuse += n))
        for (const connection of this.#connections(undefined)) connection.drop('fin')
        return
      case 'competing-session':
        return this.#compete(fault.ms)
      case 'notice':
        return this.#grip.notice(fault.id ?? -1, fault.code, fault.text)
      case 'raw':
        for (const connection of this.#connections(fault.clientId)) connection.sendRaw(Buffer.from(fault.hex, 'hex'))
        return
      default:
        fault satisfies never
    }
  }

  /** Puts the faults of a script on the timeline. */
  run(script: FaultScript): void {
    const { timeline, random } = this.#grip
    for (const { after, at, every, fault } of script.faults ?? []) {
      const first = after === undefined ? this.#nextClock(at!) : timeline.now() + after
      const period = every ?? (at === undefined ? 0 : MS_PER_DAY)
      const turn = (due: number): void => {
        timeline.at(due, () => {
          this.apply(fault)
          if (period > 0) turn(at === undefined ? due + period : this.#nextClock(at))
        })
      }
      turn(first)
    }
    const chaos = script.random
    if (chaos === undefined || chaos.of.length === 0) return
    const draw = (): void => {
      // Evenly spread around the mean distance; no two in the same moment.
      const wait = Math.max(1, (0.5 + random.next()) * (60_000 / chaos.perMinute))
      timeline.after(wait, () => {
        this.apply(chaos.of[random.int(0, chaos.of.length - 1)]!)
        draw()
      })
    }
    draw()
  }

  /** Every message to a client goes through here. */
  deliver(session: ClientSession, fields: readonly string[]): void {
    const rule = this.#rules.find((r) => r.ids.has(fields[0]!))
    const hit = rule !== undefined && this.#grip.random.next() < (rule.fault.probability ?? 1)
    if (rule !== undefined && hit) {
      if (--rule.left <= 0) this.#rules.splice(this.#rules.indexOf(rule), 1)
      const { what, ms } = rule.fault
      if (what === 'lose') return
      if (what === 'late') {
        this.#grip.timeline.after(ms ?? 1000, () => session.connection.send(fields))
        return
      }
      if (what === 'reorder') {
        const waiting = this.#overtaken.get(session)
        this.#overtaken.set(session, fields)
        if (waiting !== undefined) session.connection.send(waiting)
        else this.#grip.timeline.after(ms ?? 1000, () => this.#release(session))
        return
      }
      session.connection.send(fields)
    }
    session.connection.send(fields)
    this.#release(session)
  }

  #release(session: ClientSession): void {
    const waiting = this.#overtaken.get(session)
    if (waiting === undefined) return
    this.#overtaken.delete(session)
    session.connection.send(waiting)
  }

  #addRule(fault: CallbackFault): void {
    const ids = new Set((fault.of ?? ORDER_KINDS).flatMap((kind) => IDS[kind] ?? []))
    this.#rules.push({ fault, ids, left: fault.count ?? Infinity })
  }

  /** Ends all callback faults. */
  clear(): void {
    this.#rules.length = 0
    for (const session of this.#overtaken.keys()) this.#release(session)
  }

  #loseBroker({ ms, data = 'maintained', repeatMs = 5000 }: Extract<Fault, { kind: 'broker-link' }>): void {
    const { timeline, desk } = this.#grip
    const notice = (id: number, code: number, text: string): void => this.#grip.notice(id, code, text)
    if (this.#linkDown++ === 0) desk.setLink(false)
    for (const session of this.#grip.sessions()) for (const stream of session.streams()) stream.silent = true
    const lost = 'Connectivity between IBKR and Trader Workstation has been lost.'
    notice(-1, 1100, lost)
    notice(-1, 2110, 'Connectivity between Trader Workstation and server is broken. It will be restored automatically.')
    notice(-1, 2103, 'Market data farm connection is broken:usfarm')
    notice(-1, 2105, 'HMDS data farm connection is broken:ushmds')
    notice(-1, 2157, 'Sec-def data farm connection is broken:secdefnj')
    const repeat = timeline.every(Math.max(1, repeatMs), () => notice(-1, 1100, lost))
    timeline.after(ms, () => {
      repeat.cancel()
      if (--this.#linkDown > 0) return
      for (const session of this.#grip.sessions()) {
        if (data === 'lost') session.clearStreams()
        else for (const stream of session.streams()) stream.silent = false
      }
      const farms = `All data farms are connected: ${FARMS.join('; ')}.`
      if (data === 'lost')
        notice(-1, 1101, 'Connectivity between IBKR and Trader Workstation has been restored - data lost.')
      else
        notice(
          -1,
          1102,
          `Connectivity between IBKR and Trader Workstation has been restored - data maintained. ${farms}`,
        )
      notice(-1, 2104, 'Market data farm connection is OK:usfarm')
      notice(-1, 2106, 'HMDS data farm connection is OK:ushmds')
      notice(-1, 2158, 'Sec-def data farm connection is OK:secdefnj')
      desk.setLink(true)
    })
  }

  #breakFarm(farm: string, ms: number, dead: boolean): void {
    const { timeline } = this.#grip
    const notice = (id: number, code: number, text: string): void => this.#grip.notice(id, code, text)
    const history = farm.includes('hmds')
    const streams = Array.from(this.#grip.sessions(), (session) => [...session.streams()]).flat()
    if (!history) for (const stream of streams) stream.silent = true
    notice(-1, history ? 2105 : 2103, `${history ? 'HMDS' : 'Market'} data farm connection is broken:${farm}`)
    timeline.after(ms, () => {
      if (!history) notice(-1, 2119, `Market data farm is connecting:${farm}`)
      notice(-1, history ? 2106 : 2104, `${history ? 'HMDS' : 'Market'} data farm connection is OK:${farm}`)
      if (!dead && this.linkUp) for (const stream of streams) stream.silent = false
    })
  }

  #compete(ms: number): void {
    const { timeline } = this.#grip
    for (const session of this.#grip.sessions())
      for (const stream of session.streams()) {
        stream.silent = true
        session.send([
          '4',
          '2',
          String(stream.reqId),
          '10197',
          'No market data during competing live session',
          ...(session.connection.serverVersion >= 166 ? [''] : []),
        ])
      }
    this.#competing++
    timeline.after(ms, () => {
      this.#competing--
    })
  }

  #correct(fault: Extract<Fault, { kind: 'correct-execution' }>): void {
    const { executions } = this.#grip.desk
    const found = fault.execId === undefined ? executions.at(-1) : executions.find((e) => e.execId === fault.execId)
    if (found !== undefined)
      this.#grip.desk.correct(found.execId, fault.price ?? found.price, fault.shares ?? found.shares)
  }

  /** The next time New York's clock shows `HH:MM`, on that day of the week where there is one: `Sun HH:MM`. */
  #nextClock(at: string): number {
    const newYork = calendar('XNYS')
    const now = this.#grip.timeline.now()
    const [clock = '', weekday] = at.split(' ').toReversed()
    for (let day = 0; ; day++) {
      const date = newYork.dateOf(now + day * MS_PER_DAY)
      const time = newYork.toUtc(date, clock)
      if (time > now && (weekday === undefined || weekday === weekdayOf(newYork.toUtc(date, '12:00')))) return time
    }
  }

  #during(ms: number, count: (n: 1 | -1) => void): void {
    count(1)
    this.#grip.timeline.after(ms, () => count(-1))
  }

  #connections(clientId: number | undefined): Connection[] {
    return [...this.#grip.connections()].filter((c) => clientId === undefined || c.clientId === clientId)
  }
}

/** The day of the week at noon of a day in New York, which is the same day in UTC. */
function weekdayOf(noon: number): string {
  // 1 January 1970 was a Thursday.
  return 'Thu Fri Sat Sun Mon Tue Wed'.split(' ')[Math.floor(noon / MS_PER_DAY) % 7]!
}
