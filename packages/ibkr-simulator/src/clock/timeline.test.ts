import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Timeline } from './timeline.ts'

const failed = (error: unknown): void => {
  throw error
}

test('what is due runs in order of time, then of asking, also when it asks for more', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 60 }), fc.nat(60), (times, until) => {
      const timeline = new Timeline(0, 0, failed)
      const ran: [number, number][] = []
      times.forEach((time, i) =>
        timeline.at(time, () => {
          ran.push([time, i])
          expect(timeline.now()).toBe(time)
        }),
      )
      timeline.advanceTo(until)
      const due = times
        .map((time, i): [number, number] => [time, i])
        .filter(([time]) => time <= until)
        .toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
      expect(ran).toEqual(due)
      expect(timeline.now()).toBe(until)
    }),
  )
})

test('a cancelled call does not run, a repeated one runs until it is cancelled', () => {
  const timeline = new Timeline(0, 0, failed)
  const ran: number[] = []
  timeline.at(5, () => ran.push(-1)).cancel()
  const every = timeline.every(10, () => ran.push(timeline.now()))
  timeline.advanceTo(35)
  every.cancel()
  timeline.advanceTo(100)
  expect(ran).toEqual([10, 20, 30])
  expect(timeline.nextTime()).toBe(Infinity)
})

test('what fails is told and the rest still runs', () => {
  const errors: unknown[] = []
  const timeline = new Timeline(0, 0, (error) => errors.push(error))
  let ran = false
  timeline.at(1, () => {
    throw new Error('x')
  })
  timeline.at(2, () => {
    ran = true
  })
  timeline.advanceTo(3)
  expect([errors.length, ran]).toEqual([1, true])
})

test('wall time goes by itself, as fast as asked for', async () => {
  const timeline = new Timeline(0, 1000, failed)
  await new Promise<void>((resolve) => {
    timeline.at(20_000, resolve)
  })
  expect(timeline.now()).toBeGreaterThanOrEqual(20_000)
  timeline.close()
})
