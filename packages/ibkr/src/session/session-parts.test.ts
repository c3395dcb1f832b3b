import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backOffMs } from './back-off.ts'
import { ClockOffset } from './clock-offset.ts'
import { fileOrderIds, OrderIdSource } from './order-id-source.ts'
import { REQUEST_IDS, RequestBook } from './request-book.ts'

describe('order ids', () => {
  test('only go up, whatever the gateway says, and families are consecutive', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('raise'), n: fc.nat(1_000) }),
      fc.record({ kind: fc.constant('take'), n: fc.integer({ min: 1, max: 5 }) }),
    )
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const ids = new OrderIdSource()
        const used: number[] = []
        for (const { kind, n } of steps)
          if (kind === 'raise') ids.raise(n)
          else {
            const first = ids.take(n)
            for (let i = 0; i < n; i++) used.push(first + i)
          }
        expect(used).toEqual([...new Set(used)].toSorted((a, b) => a - b))
      }),
    )
  })

  test('a restart continues above everything that may have been used, also when the gateway starts over', () => {
    const folder = mkdtempSync(join(tmpdir(), 'onetape-ibkr-'))
    const path = join(folder, 'ids')
    const before = new OrderIdSource(fileOrderIds(path))
    before.raise(4_600)
    const last = before.take(3) + 2
    const after = new OrderIdSource(fileOrderIds(path))
    after.raise(1) // what a gateway said after its restart
    expect(after.take(1)).toBeGreaterThan(last)
    writeFileSync(path, 'soon')
    expect(() => new OrderIdSource(fileOrderIds(path))).toThrow(/ids: Expected a whole number, found "soon"/)
    rmSync(folder, { recursive: true })
  })

  test('a disk is waited for once in a hundred orders, and before the ids are used', () => {
    const folder = mkdtempSync(join(tmpdir(), 'onetape-ibkr-'))
    const path = join(folder, 'ids')
    const store = fileOrderIds(path)
    let saves = 0
    const save = (next: number): void => {
      saves++
      store.save(next)
    }
    const ids = new OrderIdSource({ load: () => store.load(), save })
    for (let i = 0; i < 1_000; i++) {
      const id = ids.take(1)
      expect(Number(readFileSync(path, 'utf8'))).toBeGreaterThan(id)
    }
    expect(saves).toBeLessThanOrEqual(10)
    rmSync(folder, { recursive: true })
  })
})

describe('waiting', () => {
  test('doubles up to the longest, less at most half of it', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const wait = backOffMs(attempt, random)
        const whole = Math.min(60_000, 1_000 * 2 ** Math.min(attempt, 30))
        expect(wait).toBeLessThanOrEqual(whole)
        expect(wait).toBeGreaterThanOrEqual(whole / 2)
      }),
    )
    expect([0, 1, 2, 9].map((attempt) => backOffMs(attempt, 0))).toEqual([1_000, 2_000, 4_000, 60_000])
  })
})

describe('the gateway’s clock', () => {
  test('is known within a second at once, and exactly when the clocks agree', () => {
    const truth = fc.oneof(fc.constant(0), fc.integer({ min: -100_000, max: 100_000 }))
    const beats = fc.array(fc.record({ wait: fc.nat(20_000), there: fc.nat(50), back: fc.nat(50) }), { minLength: 1 })
    fc.assert(
      fc.property(truth, beats, (offset, all) => {
        const clock = new ClockOffset()
        let now = 1_700_000_000_000
        for (const { wait, there, back } of all) {
          now += wait
          const sent = now
          clock.add(Math.floor((sent + there + offset) / 1000), sent, (now = sent + there + back))
          expect(Math.abs(clock.ms - offset)).toBeLessThanOrEqual(1_100)
          expect(Number.isInteger(clock.ms)).toBe(true)
          expect(offset === 0 ? clock.ms : 0).toBe(0)
        }
      }),
    )
  })

  test('follows a step, and nonsense changes nothing', () => {
    const clock = new ClockOffset()
    clock.add(1_000, 1_000_000, 1_000_010)
    clock.add(NaN, 1_000_000, 1_000_010)
    clock.add(5, 10, 9)
    expect(Math.abs(clock.ms)).toBeLessThanOrEqual(1_100)
    clock.add(2_000, 1_001_000, 1_001_010)
    expect(Math.abs(clock.ms - 999_000)).toBeLessThanOrEqual(1_100)
  })
})

test('request ids are above all order ids, unique, and late answers of past ones reach nobody', () => {
  const book = new RequestBook(0.999)
  const messages: number[] = []
  const handler = { event: () => undefined, message: (code: number) => messages.push(code), lost: () => undefined }
  const ids = [book.open(handler), book.open(handler)]
  expect(Math.min(...ids)).toBeGreaterThanOrEqual(REQUEST_IDS)
  expect(Math.max(...ids)).toBeLessThan(2 ** 31 - 1e6)
  expect(new Set(ids).size).toBe(2)
  expect(book.message(ids[0]!, 162, '')).toBe(true)
  book.close(ids[0]!)
  expect(book.message(ids[0]!, 366, '')).toBe(true)
  expect(book.message(5, 201, '')).toBe(false)
  expect(messages).toEqual([162])
})
