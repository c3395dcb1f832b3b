import { expect, test } from 'vitest'
import { calendar } from '../calendar.ts'
import { nyseInterruptions } from './interruptions.ts'

const nyse = calendar('XNYS')

test.each(nyseInterruptions)('$date $kind lies inside its session', ({ date, kind, from, until }) => {
  const session = nyse.sessionOn(date)
  const [start, end] = [nyse.toUtc(date, from), nyse.toUtc(date, until)]
  expect(end - start).toBeGreaterThanOrEqual(15 * 60_000)
  expect(session !== undefined && start >= session.open && end <= session.close).toBe(true)
  expect(start === session?.open).toBe(kind === 'late-open')
  expect(end === session?.close).toBe(kind === 'halt-until-close')
})

test('they are in order of time', () => {
  const starts = nyseInterruptions.map(({ date, from }) => nyse.toUtc(date, from))
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
})
