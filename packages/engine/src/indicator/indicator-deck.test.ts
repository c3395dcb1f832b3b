import {
  type BarColumns,
  type BarValues,
  type Indicator,
  type IndicatorSpec,
  type Instrument,
  type InstrumentId,
  type InstrumentRef,
  type KernelIndicator,
  type MultiIndicator,
  barSeries,
  instrument,
} from '@onetape/core'
import { barAt, randomBars } from '@onetape/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Stream } from '../loop/stream.ts'
import { IndicatorDeck } from './indicator-deck.ts'

/** Exponential average: its value depends on every bar since the first, so that one bar too many or few shows. */
class Memory implements KernelIndicator {
  readonly warmUp: number
  value = Number.NaN
  #state = Number.NaN
  #seen = 0

  constructor(warmUp: number) {
    this.warmUp = warmUp
  }
  get ready(): boolean {
    return this.#seen >= this.warmUp
  }
  next(bar: BarValues): number {
    this.#state = this.#seen === 0 ? bar.close : this.#state * 0.9 + bar.close * 0.1
    this.#seen++
    this.value = this.ready ? this.#state : Number.NaN
    return this.value
  }
  run(columns: BarColumns, from: number, to: number, out: readonly Float64Array[], at: number): void {
    for (let i = from; i < to; i++) out[0]![at + i - from] = this.next(barAt(columns, i))
  }
  reset(): void {
    this.value = Number.NaN
    this.#state = Number.NaN
    this.#seen = 0
  }
}

/** A user's own: only `next`, and two outputs. */
class Range implements MultiIndicator {
  readonly warmUp = 2
  value = Number.NaN
  values = { range: Number.NaN, high: Number.NaN }
  #seen = 0

  get ready(): boolean {
    return this.#seen >= 2
  }
  next(bar: BarValues): number {
    this.#seen++
    this.value = bar.high - bar.low
    this.values = { range: this.value, high: this.#seen === 2 ? bar.high : Math.max(this.values.high || 0, bar.high) }
    return this.value
  }
  reset(): void {
    this.#seen = 0
    this.values = { range: Number.NaN, high: Number.NaN }
  }
}

const memory = (warmUp: number): IndicatorSpec => ({
  name: `memory(${warmUp})`,
  warmUp,
  outputs: ['value'],
  create: () => new Memory(warmUp),
})
const range: IndicatorSpec<'high'> = {
  name: 'range',
  warmUp: 2,
  outputs: ['range', 'high'],
  create: () => new Range(),
}

interface Scene {
  readonly streams: readonly Stream[]
  readonly deck: IndicatorDeck
  readonly resolve: (ref: InstrumentRef) => Instrument
}

function scene(columns: readonly BarColumns[]): Scene {
  const instruments: Instrument[] = columns.map((_, id) => ({
    ...instrument(`I${id}`, { calendar: '24/7' }),
    id: id as InstrumentId,
  }))
  const streams = columns.map(
    (c, id) =>
      new Stream(id, instruments[id]!, barSeries({ instrument: instruments[id]!, interval: '1m', columns: c })),
  )
  return {
    streams,
    deck: new IndicatorDeck('1m', streams, columns.length),
    resolve: (ref) => (typeof ref === 'string' ? instruments[Number(ref.slice(1))]! : ref),
  }
}

/** Takes bar `i` of a stream in the way of the loop. */
function take({ deck }: Scene, stream: Stream, i: number): void {
  stream.i = i
  if ((i & deck.mask) === 0 || i === stream.preFed) deck.fill(stream, i)
  if (deck.hasPlain) deck.next(stream)
}

function point({ deck }: Scene, stream: Stream): void {
  deck.at.k = stream.base + 1 + (stream.i & deck.mask)
  deck.at.origin = stream.i + 1 - deck.at.k
}

/** What the indicator itself says after each bar. */
function alone(indicator: Indicator, columns: BarColumns, upTo = columns.time.length): number[] {
  const values: number[] = []
  for (let i = 0; i < upTo; i++) {
    const value = indicator.next(barAt(columns, i))
    values.push(indicator.ready ? value : Number.NaN)
  }
  return values
}

function scaled(columns: BarColumns, before: number, price: number, volume: number): BarColumns {
  const scale = (c: Float64Array, factor: number): Float64Array => c.map((v, i) => (i < before ? v * factor : v))
  return {
    ...columns,
    open: scale(columns.open, price),
    high: scale(columns.high, price),
    low: scale(columns.low, price),
    close: scale(columns.close, price),
    volume: scale(columns.volume, volume),
  }
}

describe('values', () => {
  test('equal those of the indicator alone, bar by bar, for any number of bars fed before the loop', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.nat(600),
        fc.integer({ min: 1, max: 40 }),
        (length, fed, warmUp) => {
          const columns = randomBars(length, length)
          const at = scene([columns])
          const [stream] = at.streams
          const kernel = at.deck.register(memory(warmUp), at.resolve)
          const plain = at.deck.register(range, at.resolve)
          stream!.preFed = Math.min(fed, length)
          stream!.i = stream!.preFed - 1
          at.deck.feed(stream!, 0, stream!.preFed)
          const expected = alone(new Memory(warmUp), columns)
          const ranges = alone(new Range(), columns)
          for (let i = stream!.preFed; i < length; i++) {
            take(at, stream!, i)
            point(at, stream!)
            expect([kernel.value, kernel.ready, plain.value]).toEqual([expected[i], i + 1 >= warmUp, ranges[i]])
            expect([kernel.previous, plain.previous]).toEqual([
              expected[i - 1] ?? Number.NaN,
              ranges[i - 1] ?? Number.NaN,
            ])
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('of several instruments do not mix, and each is read from the others through "of"', () => {
    const lengths = [600, 300, 601]
    const columns = lengths.map((length, k) => randomBars(k + 1, length))
    const at = scene(columns)
    const handle = at.deck.register(memory(3), at.resolve)
    const high = at.deck.register(range, at.resolve).high
    const expected = columns.map((c) => alone(new Memory(3), c))
    // The second takes every other bar, so that the three stand at different places of their blocks.
    for (let step = 0; step < 601; step++) {
      for (const [k, stream] of at.streams.entries())
        if (step < lengths[0]! && (k !== 1 || step % 2 === 0) && stream.i + 1 < lengths[k]!)
          take(at, stream, stream.i + 1)
      for (const stream of at.streams) {
        point(at, stream)
        expect(handle.value).toBe(expected[stream.id]![stream.i])
        for (const other of at.streams) {
          const reading = handle.of(`I${other.id}`)
          expect(reading).toEqual({
            value: expected[other.id]![other.i],
            previous: expected[other.id]![other.i - 1] ?? Number.NaN,
            ready: other.i >= 2,
          })
        }
        const seen = columns[stream.id]!.high.subarray(1, stream.i + 1)
        expect(high.value).toBe(stream.i === 0 ? Number.NaN : seen.reduce((a, b) => Math.max(a, b), 0))
      }
    }
  })

  test('of an instrument without a bar yet, and with no instrument in hand, are not ready', () => {
    const at = scene([randomBars(1, 10), randomBars(2, 10)])
    const handle = at.deck.register(memory(1), at.resolve)
    expect([handle.value, handle.previous, handle.ready]).toEqual([Number.NaN, Number.NaN, false])
    expect(handle.of('I1')).toEqual({ value: Number.NaN, previous: Number.NaN, ready: false })
    take(at, at.streams[0]!, 0)
    point(at, at.streams[0]!)
    expect([handle.ready, handle.of('I1').ready]).toEqual([true, false])
    at.deck.blank()
    expect([handle.value, handle.ready]).toEqual([Number.NaN, false])
  })

  test('stay right with so many instruments that blocks get shorter', () => {
    const columns = randomBars(5, 400)
    const at = scene(Array.from({ length: 600 }, () => columns))
    const handle = at.deck.register(memory(2), at.resolve)
    expect(at.deck.block).toBeLessThan(256)
    const expected = alone(new Memory(2), columns)
    for (let i = 0; i < 400; i++)
      for (const stream of [at.streams[0]!, at.streams[599]!]) {
        take(at, stream, i)
        point(at, stream)
        expect(handle.value).toBe(expected[i])
      }
  })
})

describe('a split', () => {
  test('gives the values that the indicators have on split-adjusted prices from the first bar on', () => {
    const length = 600
    const splits = fc
      .array(fc.tuple(fc.integer({ min: 1, max: length - 1 }), fc.constantFrom(2, 4, 0.125, 1.5)), { maxLength: 3 })
      .map((list) => list.toSorted(([a], [b]) => a - b))
    fc.assert(
      fc.property(splits, (list) => {
        const columns = randomBars(11, length)
        const at = scene([columns])
        const [stream] = at.streams
        const kernel = at.deck.register(memory(5), at.resolve)
        const plain = at.deck.register(range, at.resolve)
        let basis = columns
        let expected = alone(new Memory(5), basis)
        let ranges = alone(new Range(), basis)
        for (let i = 0; i < length; i++) {
          for (const [bar, ratio] of list) {
            if (bar !== i) continue
            at.deck.rebase(stream!, i, i, 1 / ratio, ratio)
            basis = scaled(basis, i, 1 / ratio, ratio)
            expected = alone(new Memory(5), basis)
            ranges = alone(new Range(), basis)
          }
          take(at, stream!, i)
          point(at, stream!)
          expect([kernel.value, kernel.previous]).toEqual([expected[i], expected[i - 1] ?? Number.NaN])
          expect(plain.value).toBe(ranges[i])
        }
      }),
      { numRuns: 30 },
    )
  })

  test('of one instrument leaves the others, and the bars themselves, as they are', () => {
    const columns = [randomBars(1, 300), randomBars(2, 300)]
    const copy = columns[0]!.close.slice()
    const at = scene(columns)
    const handle = at.deck.register(memory(2), at.resolve)
    for (let i = 0; i < 100; i++) for (const stream of at.streams) take(at, stream, i)
    const before = handle.of('I1')
    at.deck.rebase(at.streams[0]!, 100, 100, 0.5, 2)
    expect(handle.of('I1')).toEqual(before)
    expect(handle.of('I0').value).toBeCloseTo(alone(new Memory(2), columns[0]!)[99]! / 2, 9)
    expect(columns[0]!.close).toEqual(copy)
  })
})

describe('registering', () => {
  test.each([0, -1, 1.5, Number.NaN])('refuses a warm-up of %d bars', (warmUp) => {
    const at = scene([randomBars(1, 5)])
    expect(() => at.deck.register(memory(warmUp), at.resolve)).toThrow('Expected a warm-up of at least 1 bar')
  })

  test('refuses an indicator without outputs', () => {
    const at = scene([randomBars(1, 5)])
    expect(() => at.deck.register({ ...memory(1), outputs: [] }, at.resolve)).toThrow('Expected at least one output')
  })

  test('gives the declared warm-up and every output under its name', () => {
    const at = scene([randomBars(1, 5)])
    const handle = at.deck.register(range, at.resolve)
    expect(handle.warmUp).toBe(2)
    take(at, at.streams[0]!, 0)
    take(at, at.streams[0]!, 1)
    point(at, at.streams[0]!)
    expect(handle.high.value).toBe(at.streams[0]!.high)
    expect(handle.high.of('I0').value).toBe(at.streams[0]!.high)
  })
})
