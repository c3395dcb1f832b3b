import { randomBars } from '@onetape/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordHash } from './record-hash.ts'
import { SeriesHash } from './series-hash.ts'
import { MergeHash, tapeHash } from './tape-hash.ts'

type Row = readonly [number, number, number, number, number, number, number, number]

function recordLanes(rows: readonly Row[]): string {
  const hash = new RecordHash()
  for (const row of rows) hash.add(...row)
  return hash.lanes().join(' ')
}

const with0 = (quantity: number, price: number): string => recordLanes([[1, 1, 1, 1, 1, quantity, price, 1]])

function laneOf(order: readonly number[]): number {
  const hash = new MergeHash()
  for (const id of order) hash.add(id)
  return hash.lane()
}

const row: Row = [2, 17, 1_700_000_000_000, 3, 1, -100, 12.34, 1]

/** Of kind, sequence, order and instrument, which are integers: how many bits they have. */
const INTEGER_BITS: Readonly<Record<number, number>> = { 0: 4, 1: 31, 3: 29, 4: 20 }

test('records: a change of any figure, in the last bit, gives a new hash', () => {
  const rows: Row[] = Array.from({ length: 20 }, (_, k) => [2, k, 1_700_000_000_000 + k, k, 0, 100 + k, 10 + k / 8, k])
  const before = recordLanes(rows)
  fc.assert(
    fc.property(fc.nat(19), fc.nat(7), fc.nat(51), (k, column, bit) => {
      const changed = Float64Array.from(rows[k]!)
      const integer = INTEGER_BITS[column]
      if (integer !== undefined) changed[column] = changed[column]! ^ (1 << (bit % integer))
      else new Uint32Array(changed.buffer)[column * 2 + (bit >> 5)]! ^= 1 << (bit & 31)
      const others = rows.with(k, [...changed] as unknown as Row)
      // A changed bit that makes −0 of 0 or back is no change.
      fc.pre(!Object.is(rows[k]![column], changed[column]) && rows[k]![column] !== changed[column])
      expect(recordLanes(others)).not.toBe(before)
    }),
    { numRuns: 500 },
  )
})

test('records: order counts, and so does one record more', () => {
  const [a, b]: [Row, Row] = [row, [1, 18, 1_700_000_000_001, 4, 0, 50, 1, 0]]
  expect(recordLanes([a, b])).not.toBe(recordLanes([b, a]))
  expect(recordLanes([a, a])).not.toBe(recordLanes([a]))
})

test('records: NaN and −0 are canonical', () => {
  expect(with0(-0, -0)).toBe(with0(0, 0))
  const bits = new BigUint64Array([0x7ff8_0000_0000_0000n, 0xfff8_0000_0000_0000n, 0x7ff8_0000_0000_0001n])
  const [plain, negative, payload] = new Float64Array(bits.buffer)
  expect(with0(negative!, payload!)).toBe(with0(plain!, plain!))
  expect(with0(Number.NaN, 0)).not.toBe(with0(0, 0))
  expect(with0(Number.NaN, 1)).not.toBe(with0(1, Number.NaN))
})

test('records: reading the lanes in between, and the size of the blocks, change nothing', () => {
  const once = new RecordHash()
  const often = new RecordHash()
  for (let k = 0; k < 5000; k++) {
    once.add(1, k, k * 1000, k, k % 5, k / 4, k / 100, k % 64)
    often.add(1, k, k * 1000, k, k % 5, k / 4, k / 100, k % 64)
    if (k % 333 === 0) often.lanes()
  }
  expect(often.lanes().join()).toBe(once.lanes().join())
  expect([often.count, once.count]).toEqual([5000, 5000])
})

test('merge: runs taken at once are the same as one by one; another order is another hash', () => {
  const stream = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 5 })), { maxLength: 40 })
  fc.assert(
    fc.property(stream, (runs) => {
      const [bulk, single] = [new MergeHash(), new MergeHash()]
      for (const [id, count] of runs) {
        bulk.addRun(id, count)
        for (let k = 0; k < count; k++) single.add(id)
      }
      expect(bulk.lane()).toBe(single.lane())
    }),
  )
  expect(laneOf([0, 1, 0, 1])).not.toBe(laneOf([0, 0, 1, 1]))
  expect(laneOf([0, 1, 0, 1])).not.toBe(laneOf([1, 0, 1, 0]))
  expect(laneOf([0])).not.toBe(laneOf([0, 0]))
})

interface Tape {
  readonly seed?: number
  readonly bars?: number
  readonly order?: number
  readonly price?: number
  readonly names?: readonly string[]
}

function hashOf(tape: Tape = {}): string {
  const series = new SeriesHash(false)
  series.advance(randomBars(tape.seed ?? 1, 50), tape.bars ?? 50)
  const merge = new MergeHash()
  merge.addRun(tape.order ?? 0, 50)
  const records = new RecordHash()
  records.add(2, 1, 2, 3, 4, 5, tape.price ?? 6, 7)
  return tapeHash([series], merge, records, tape.names ?? ['AB', 'C'])
}

test('the tape hash has 32 hexadecimal digits and changes with bars, order, records and names', () => {
  const base = hashOf()
  expect(base).toMatch(/^[0-9a-f]{32}$/)
  expect(hashOf()).toBe(base)
  const others = [
    hashOf({ seed: 2 }),
    hashOf({ bars: 49 }),
    hashOf({ order: 1 }),
    hashOf({ price: 6.000000000000001 }),
    hashOf({ names: ['A', 'BC'] }),
    hashOf({ names: ['AB', 'D'] }),
  ]
  expect(new Set([base, ...others]).size).toBe(others.length + 1)
})
