import { InputError } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Moment } from '../loop/moment.ts'
import { TimerQueue } from './timer-queue.ts'

function drain(queue: TimerQueue, upTo: number): string[] {
  const fired: string[] = []
  while (queue.next <= upTo) {
    const { host, name, due } = queue.take()
    fired.push(`${due} ${host}${name}`)
  }
  return fired
}

test('timers fire by time, those of one time in the order they were set, over all strategies', () => {
  const queue = new TimerQueue()
  const clock = new Moment(0)
  const [first, second] = [queue.of(0, clock), queue.of(1, clock)]
  first.at(20, 'a')
  second.at(10, 'b')
  first.at(10, 'c')
  second.at(20, 'd')
  expect(queue.next).toBe(10)
  expect(drain(queue, 100)).toEqual(['10 1b', '10 0c', '20 0a', '20 1d'])
  expect(queue.next).toBe(Infinity)
})

test('a repeating timer keeps its grid and queues behind those already set for the same time', () => {
  const queue = new TimerQueue()
  const clock = new Moment(5)
  const timers = queue.of(0, clock)
  timers.every(10, 'r')
  timers.at(25, 'x')
  expect(drain(queue, 35)).toEqual(['15 0r', '25 0x', '25 0r', '35 0r'])
  timers.cancel('r')
  expect(queue.next).toBe(Infinity)
})

test('a time that has passed is due now; times are the clock’s, not the caller’s', () => {
  const queue = new TimerQueue()
  const clock = new Moment(50)
  const timers = queue.of(0, clock)
  timers.at(10, 'late')
  expect(queue.next).toBe(50)
  expect(drain(queue, 50)).toEqual(['50 0late'])
})

test('a repeating timer set before the first event begins with it', () => {
  const queue = new TimerQueue()
  const clock = new Moment(Number.NaN)
  queue.of(0, clock).every(10, 'r')
  queue.begin(1000)
  expect(queue.next).toBe(1010)
})

test('cancel takes all timers of that name and strategy, and no others', () => {
  const queue = new TimerQueue()
  const clock = new Moment(0)
  const [first, second] = [queue.of(0, clock), queue.of(1, clock)]
  first.at(1, 'n')
  first.at(2, 'n')
  first.at(3, 'other')
  second.at(4, 'n')
  first.cancel('n')
  expect(drain(queue, 10)).toEqual(['3 0other', '4 1n'])
})

test('any timers come out as a stable sort by time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 60 }), (times) => {
      const queue = new TimerQueue()
      const timers = queue.of(0, new Moment(-1))
      for (const [k, time] of times.entries()) timers.at(time, `.${k}`)
      const expected = times.map((time, k) => ({ time, k })).toSorted((a, b) => a.time - b.time)
      expect(drain(queue, 100)).toEqual(expected.map(({ time, k }) => `${time} 0.${k}`))
    }),
  )
})

test.each([Number.NaN, Infinity])('refuses a timer at %d', (time) =>
  expect(() => new TimerQueue().of(0, new Moment(0)).at(time, 't')).toThrow(InputError),
)

test.each([0, -1, Number.NaN, Infinity])('refuses a timer every %d ms', (ms) =>
  expect(() => new TimerQueue().of(0, new Moment(0)).every(ms, 't')).toThrow('timer "t": Expected milliseconds > 0'),
)
