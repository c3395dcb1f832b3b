import {
  type BrokerEvent,
  type ExecutionId,
  type IBroker,
  ORDER_STATES,
  type OrderNumber,
  OrderStateCode,
  type Random,
  type RunId,
  type SubmitOutcome,
  barSeries,
  defineStrategy,
  instrument,
  seededRandom,
} from '@onetape/core'
import { percentFee } from '@onetape/costs'
import { expect, test } from 'vitest'
import { basicGate } from '../src/gate/basic-gate.ts'
import { BrokerExecution } from '../src/live/broker-execution.ts'
import { Engine } from '../src/loop/engine.ts'

// What a broker may do to an order and what of it arrives, by chance: late, twice, in any order or not at all. Whatever
// the way, the books must end where the broker's truth is, and a repeat of all of it must change nothing.

const START = Date.parse('2024-01-02T15:00:00Z')
const CASH = 1_000_000_000

/** Answers never by itself: outcomes are part of the histories. */
const silent = {
  executeOrder: () => new Promise<SubmitOutcome>(() => {}),
  modifyOrder: () => new Promise<SubmitOutcome>(() => {}),
  cancelOrder: () => new Promise<SubmitOutcome>(() => {}),
} as unknown as IBroker

/** A live engine with one instrument at 100 USD, whose orders go to the histories below. */
function liveEngine(): { engine: Engine; execution: BrokerExecution } {
  const one = Float64Array.of(100)
  const engine = new Engine({
    run: 'histories' as RunId,
    series: [
      barSeries({
        instrument: instrument('A', { calendar: '24/7', tick: 0.01 }),
        interval: '1m',
        columns: { time: Float64Array.of(START - 60_000), open: one, high: one, low: one, close: one, volume: one },
      }),
    ],
    strategies: [
      { id: 'any', strategy: defineStrategy({ name: 'any', create: () => ({}) }), params: {}, allocation: 1 },
    ],
    cash: CASH,
    rules: { leverage: 1, account: 'margin', shortSelling: true, creditSells: true, rejectAtFill: false, collar: 0.02 },
    sizing: { buffer: 0, minChange: 0, sizeAt: 'decision', tif: 1, costRate: () => 0 },
    fees: percentFee({ percent: 0.1, minimum: 0 }),
    gate: basicGate(),
    seed: 1,
    dividends: 'cash',
  })
  const execution = new BrokerExecution(engine.flow, silent, {
    submitting: () => {},
    asked: () => {},
    outcome: () => {},
  })
  engine.connect(execution)
  engine.begin(START)
  engine.ledger.mark[0] = 100
  return { engine, execution }
}

interface Truth {
  /** In the order in which they happened at the broker. */
  readonly events: readonly BrokerEvent[]
  readonly outcomes: readonly (readonly ['submit' | 'modify' | 'cancel', SubmitOutcome])[]
  /** What stands in the end. */
  readonly filled: number
  readonly value: number
  readonly commission: number
  readonly state: number
}

type Body<E> = E extends unknown ? Omit<E, 'orderId' | 'time'> : never
const unknown: SubmitOutcome = { kind: 'unknown', detail: 'no answer' }

/** What became of one order at the broker. `quantity` is its own after the change that was asked for, if that was made. */
function truthOf(
  random: Random,
  id: string,
  quantity: number,
  asked: { cancel: boolean; modify: boolean; modified: boolean; calm: boolean },
): Truth {
  const bodies: Body<BrokerEvent>[] = []
  const lost = (outcome: SubmitOutcome): SubmitOutcome => (random.next() < 0.3 ? unknown : outcome)
  if (!asked.modified && random.next() < 0.05) {
    bodies.push({ kind: 'rejected', code: '201', detail: 'margin' })
    const outcomes: Truth['outcomes'][number][] = [
      ['submit', lost({ kind: 'rejected', code: '201', detail: 'margin' })],
    ]
    return { events: stamped(bodies, id), outcomes, filled: 0, value: 0, commission: 0, state: OrderStateCode.rejected }
  }
  bodies.push({ kind: 'accepted', brokerRef: '1' })
  if (asked.modified) bodies.push({ kind: 'replaced' })
  if (random.next() < 0.2) bodies.push({ kind: 'triggered' })
  let [left, filled, value, commission] = [quantity, 0, 0, 0]
  const whole = random.next() < 0.5
  const parts = whole ? 5 : random.int(0, 3)
  for (let k = 0; left > 0 && k < parts; k++) {
    const most = k === 4 && whole ? left : random.int(1, left)
    left -= most
    // Some executions are corrected, or taken back; none of them was larger than `most`.
    let [size, price] = [random.next() < 0.1 ? random.int(1, most) : most, 90 + random.int(0, 2000) / 100]
    let execution = `${id}.${k}.1` as ExecutionId
    bodies.push({ kind: 'filled', executionId: execution, quantity: size, price })
    const paid = random.int(0, 500) / 100
    bodies.push({ kind: 'commission', executionId: execution, commission: paid })
    let fee = paid
    for (let c = 2; c <= (asked.calm ? 3 : 2) && random.next() < 0.12; c++) {
      const superseded = execution
      execution = `${id}.${k}.${c}` as ExecutionId
      size = random.next() < 0.4 ? 0 : random.int(1, most)
      price = 90 + random.int(0, 2000) / 100
      bodies.push({ kind: 'corrected', executionId: execution, superseded, quantity: size, price })
      fee = size === 0 ? 0 : random.int(0, 500) / 100
      if (size > 0) bodies.push({ kind: 'commission', executionId: execution, commission: fee })
      if (size === 0) break
    }
    filled += size
    value += size * price
    commission += fee
  }
  const done = filled === quantity
  const ends = random.next() < 0.5 ? ('cancelled' as const) : ('expired' as const)
  if (!done) bodies.push({ kind: ends })
  const outcomes: Truth['outcomes'][number][] = [['submit', lost({ kind: 'accepted', brokerRef: '1' })]]
  if (asked.modify)
    outcomes.push([
      'modify',
      asked.modified ? lost({ kind: 'accepted', brokerRef: '1' }) : { kind: 'rejected', code: '105', detail: 'no' },
    ])
  if (asked.cancel)
    outcomes.push([
      'cancel',
      lost(done ? { kind: 'rejected', code: '10148', detail: 'filled' } : { kind: 'accepted', brokerRef: '1' }),
    ])
  return { events: stamped(bodies, id), outcomes, filled, value, commission, state: done ? OrderStateCode.filled : -1 }
}

function stamped(bodies: readonly Body<BrokerEvent>[], orderId: string): BrokerEvent[] {
  return bodies.map((body, k) => ({ ...body, orderId, time: START + k }) as unknown as BrokerEvent)
}

function shuffle<T>(random: Random, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(0, i)
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
  return items
}

function same(about: () => string, found: unknown, wanted: unknown, truth?: Truth): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return
  throw new Error(
    `${about()}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}; ${JSON.stringify(truth)}`,
  )
}

const HISTORIES = 100_000

test(`${HISTORIES} random histories of orders end where the broker's truth is, and repeats change nothing`, () => {
  const { engine, execution } = liveEngine()
  const { flow, ledger } = engine
  const { table } = flow
  const { orders } = engine.hosts[0]!.context
  const random = seededRandom(20_240_102)
  const seen = {
    deliveries: 0,
    repeats: 0,
    losses: 0,
    fills: 0,
    corrections: 0,
    cancels: 0,
    changes: 0,
    targets: 0,
    rejected: 0,
  }
  let position = 0
  let cash = CASH

  for (let h = 0; h < HISTORIES; h++) {
    const side = position > 5000 ? -1 : position < -5000 ? 1 : random.next() < 0.5 ? 1 : -1
    const size = random.int(1, 100)
    const n = table.count as OrderNumber
    engine.apply(() => {
      const kind = random.int(0, 4)
      if (kind === 0) orders.limit('A', side * size, side > 0 ? 110 : 90)
      else if (kind === 1) orders.stop('A', side * size, 100)
      else if (kind === 2) orders.market('A', side * size, { ocaGroup: `group ${h}` })
      else if (kind === 3) orders.targetQuantity('A', position + side * size)
      else orders.market('A', side * size)
      if (kind === 3) seen.targets++
    })
    const id = flow.idOf(n)
    const about = (): string =>
      `history ${h}, order ${id}: ${table.side[n]} ${table.quantity[n]}, ${ORDER_STATES[table.state[n]!]}`
    same(about, ORDER_STATES[table.state[n]!], 'submitting')

    // Our own wishes go out before anything is heard; what the broker makes of them is part of the truth.
    const modify = random.next() < 0.2
    const modified = modify && random.next() < 0.7
    const changed = modify ? Math.max(1, size + random.int(-30, 30)) : size
    if (modify) engine.apply(() => orders.modify(n, { quantity: changed }))
    const cancel = random.next() < 0.2
    // A correction of a correction can only be told from a new execution when the first of the two is known.
    const calm = random.next() < 0.2
    const truth = truthOf(random, id, modified ? changed : size, { cancel, modify, modified, calm })
    const deliveries: (() => void)[] = []
    for (const event of truth.events) {
      if (!calm && random.next() < 0.15) seen.losses++
      else deliveries.push(() => void execution.takeEvent(event))
      for (let again = 0.25; random.next() < again; again *= 0.5) {
        deliveries.push(() => void execution.takeEvent(event))
        seen.repeats++
      }
    }
    for (const [request, outcome] of truth.outcomes)
      if (random.next() < 0.8) deliveries.push(() => execution.takeOutcome(id, request, outcome))
    if (!calm && random.next() < 0.75) shuffle(random, deliveries)
    if (cancel) deliveries.splice(random.int(0, deliveries.length), 0, () => orders.cancel(n))

    const most = Math.max(size, modified ? changed : size)
    for (const deliver of deliveries) {
      engine.apply(deliver)
      if (!(table.filled[n]! <= table.quantity[n]! + 1e-9 && table.filled[n]! <= most + 1e-9))
        throw new Error(`${about()}: ${table.filled[n]} filled of ${table.quantity[n]}`)
    }
    seen.deliveries += deliveries.length

    // The broker is asked, and everything that it knows comes in its order.
    const recover = (): void => {
      for (const event of truth.events) engine.apply(() => void execution.takeEvent(event))
    }
    recover()
    const state = table.state[n]!
    position += side * truth.filled
    cash -= side * truth.value + truth.commission
    const found = {
      filled: table.filled[n],
      final: state >= OrderStateCode.filled && (truth.state === -1 || state === truth.state),
      open: table.firstOpen,
      reserved: ledger.reserved,
      credit: ledger.credit,
      working: [ledger.workingBuys[0], ledger.workingSells[0]],
      target: flow.targetWorking[0],
      changes: Object.keys(flow.changesOf(n)).length,
      position: ledger.quantity[0],
      cash: Math.abs(ledger.cash - cash) < 1e-4,
      fees: Math.abs(table.fees[n]! - truth.commission) < 1e-6,
    }
    const wanted = {
      filled: truth.filled,
      final: true,
      open: -1,
      reserved: 0,
      credit: 0,
      working: [0, 0],
      target: 0,
      changes: 0,
      position,
      cash: true,
      fees: true,
    }
    same(about, found, wanted, truth)

    const before = [
      table.state[n],
      table.filled[n],
      table.fees[n],
      ledger.cash,
      ledger.quantity[0],
      ledger.log.count,
      table.firstOpen,
    ]
    for (const event of shuffle(random, [...truth.events, ...truth.events]))
      engine.apply(() => void execution.takeEvent(event))
    recover()
    const after = [
      table.state[n],
      table.filled[n],
      table.fees[n],
      ledger.cash,
      ledger.quantity[0],
      ledger.log.count,
      table.firstOpen,
    ]
    same(about, after, before, truth)

    seen.fills += truth.events.filter((e) => e.kind === 'filled').length
    seen.corrections += truth.events.filter((e) => e.kind === 'corrected').length
    if (cancel) seen.cancels++
    if (modify) seen.changes++
    if (truth.state === OrderStateCode.rejected) seen.rejected++
  }
  console.log(
    `${HISTORIES} histories: ${Object.entries(seen)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  )
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1000)
}, 60_000)
