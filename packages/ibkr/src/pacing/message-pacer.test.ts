import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VirtualTiming } from '../../test/virtual-timing.ts'
import { MessagePacer, type Priority } from './message-pacer.ts'

describe('messages a second', () => {
  test('a burst goes at once up to the limit, the rest when the second has room', () => {
    const timing = new VirtualTiming()
    const pacer = new MessagePacer(timing, 50)
    const sent: number[] = []
    const begin = timing.now()
    for (let i = 0; i < 120; i++) pacer.send('request', [() => sent.push(timing.now() - begin)])
    expect(sent.length).toBe(50)
    timing.advance(5_000)
    expect(sent.map((t) => Math.floor(t / 1000))).toEqual([
      ...Array<number>(50).fill(0),
      ...Array<number>(50).fill(1),
      ...Array<number>(20).fill(2),
    ])
    expect(pacer.waiting).toBe(0)
    expect(timing.pending).toBe(0)
  })

  test('cancels go before orders, orders before requests; a family goes in one piece', () => {
    const timing = new VirtualTiming()
    const pacer = new MessagePacer(timing, 4)
    const sent: string[] = []
    const put = (priority: Priority, ...names: string[]): void =>
      pacer.send(
        priority,
        names.map((name) => () => sent.push(name)),
      )
    put('request', 'r1')
    put('request', 'r2')
    put('request', 'r3')
    put('order', 'parent', 'target', 'stop') // no room for three
    put('request', 'r4')
    put('cancel', 'c1')
    expect(sent).toEqual(['r1', 'r2', 'r3', 'c1'])
    timing.advance(1_200)
    expect(sent).toEqual(['r1', 'r2', 'r3', 'c1', 'parent', 'target', 'stop', 'r4'])
  })

  test('what waits when the link is lost is dropped and told', () => {
    const timing = new VirtualTiming()
    const pacer = new MessagePacer(timing, 1)
    let [sent, dropped] = [0, 0]
    for (let i = 0; i < 3; i++) pacer.send('order', [() => sent++], () => dropped++)
    pacer.clear()
    timing.advance(10_000)
    expect([sent, dropped]).toEqual([1, 2])
  })

  test('nothing goes while it is held', () => {
    const timing = new VirtualTiming()
    const pacer = new MessagePacer(timing)
    const begin = timing.now()
    const sent: number[] = []
    pacer.hold(2_000)
    pacer.send('cancel', [() => sent.push(timing.now() - begin)])
    timing.advance(5_000)
    expect(sent).toEqual([2_000])
  })

  test('a clock that is set back stops nothing for longer than a second', () => {
    const timing = new VirtualTiming()
    let shift = 0
    const pacer = new MessagePacer(
      { now: () => timing.now() + shift, after: (ms, run) => timing.after(ms, run), random: () => 0 },
      1,
    )
    let sent = 0
    pacer.send('order', [() => sent++])
    shift = -3_600_000
    pacer.send('order', [() => sent++])
    timing.advance(2_000)
    expect(sent).toBeGreaterThanOrEqual(1)
  })

  test('no second ever holds more than the limit, and nothing is lost', () => {
    const arrivals = fc.array(fc.record({ wait: fc.nat(400), size: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 5, max: 50 }), (steps, limit) => {
        const timing = new VirtualTiming()
        const pacer = new MessagePacer(timing, limit)
        const sent: number[] = []
        let asked = 0
        for (const { wait, size } of steps) {
          timing.advance(wait)
          asked += size
          pacer.send(
            'request',
            Array.from({ length: size }, () => () => sent.push(timing.now())),
          )
        }
        timing.advance(1_000_000)
        expect(sent.length).toBe(asked)
        for (let i = limit; i < sent.length; i++) expect(sent[i]! - sent[i - limit]!).toBeGreaterThanOrEqual(1_200)
      }),
      { numRuns: 50 },
    )
  })
})
