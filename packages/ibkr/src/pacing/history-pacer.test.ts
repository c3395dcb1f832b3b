import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VirtualTiming } from '../../test/virtual-timing.ts'
import { type HistoryAsk, HistoryPacer } from './history-pacer.ts'

const ask = (own: Partial<HistoryAsk> = {}): HistoryAsk => ({
  identity: 'a',
  series: 'AAPL',
  weight: 1,
  small: false,
  ...own,
})
const many = (n: number, weight: number, small = true): HistoryAsk[] =>
  Array.from({ length: n }, (_, i) => ask({ identity: String(i), series: String(i), weight, small }))
const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))

/** Sends all asks, each answered at once; returns how many milliseconds after the begin each one went. */
async function times(asks: readonly HistoryAsk[], stepMs = 500, steps = 3_000): Promise<number[]> {
  const timing = new VirtualTiming()
  const pacer = new HistoryPacer(timing)
  const begin = timing.now()
  const went: number[] = []
  const go = async (one: HistoryAsk, i: number): Promise<void> => {
    await pacer.acquire(one)
    went[i] = timing.now() - begin
    pacer.done()
  }
  const all = asks.map(go)
  for (let i = 0; i < steps && went.filter(() => true).length < asks.length; i++) {
    await turn()
    timing.advance(stepMs)
  }
  await Promise.all(all)
  return went
}

describe('history, as TWS limits it', () => {
  test('the same request not within 15 s', async () => {
    expect(await times([ask(), ask()])).toEqual([0, 15_000])
  })

  test('not six for one contract and kind in two seconds', async () => {
    const asks = Array.from({ length: 11 }, (_, i) => ask({ identity: String(i) }))
    expect(await times(asks)).toEqual([0, 0, 0, 0, 0, 2_000, 2_000, 2_000, 2_000, 2_000, 4_000])
  })

  test('not more than 60 small bars in ten minutes, of which BID_ASK counts twice; longer bars are free', async () => {
    expect((await times(many(61, 1))).filter((t) => t === 0).length).toBe(60)
    const twice = await times(many(31, 2))
    expect(twice.filter((t) => t === 0).length).toBe(30)
    expect(twice[30]).toBe(600_000)
    expect(Math.max(...(await times(many(50, 1, false))))).toBe(0)
  })

  test('not more than 50 open; the next goes when one is done', async () => {
    const timing = new VirtualTiming()
    const pacer = new HistoryPacer(timing)
    let went = 0
    for (let i = 0; i < 51; i++) void pacer.acquire(ask({ identity: String(i), series: String(i) })).then(() => went++)
    await turn()
    expect(went).toBe(50)
    pacer.done()
    await turn()
    expect(went).toBe(51)
  })

  test('a violation holds everything back; a lost link fails what waits', async () => {
    const timing = new VirtualTiming()
    const pacer = new HistoryPacer(timing)
    pacer.pause(15_000)
    let went = 0
    void pacer.acquire(ask()).then(() => went++)
    timing.advance(14_999)
    await turn()
    expect(went).toBe(0)
    timing.advance(1)
    await turn()
    expect(went).toBe(1)
    const waiting = pacer.acquire(ask())
    pacer.clear()
    await expect(waiting).rejects.toMatchObject({ code: 'ibkr.link' })
    expect(timing.pending).toBe(0)
  })

  test('any mix of requests obeys all rules', async () => {
    const one = fc.record({
      identity: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
      series: fc.constantFrom('AAPL', 'MSFT'),
      weight: fc.constantFrom(1, 2),
      small: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 40 }), async (asks) => {
        const went = await times(asks)
        expect(went.length).toBe(asks.length)
        const sorted = asks.map((a, i) => ({ ...a, t: went[i]! })).toSorted((a, b) => a.t - b.t)
        sorted.forEach((a, i) => {
          const before = sorted.slice(0, i)
          expect(before.some((b) => b.identity === a.identity && a.t - b.t < 15_000)).toBe(false)
          expect(before.filter((b) => b.series === a.series && a.t - b.t < 2_000).length).toBeLessThan(5)
          const weight = before.filter((b) => b.small && a.t - b.t < 600_000).reduce((sum, b) => sum + b.weight, 0)
          expect(a.small ? weight + a.weight : 0).toBeLessThanOrEqual(60)
        })
      }),
      { numRuns: 20 },
    )
  })
})
