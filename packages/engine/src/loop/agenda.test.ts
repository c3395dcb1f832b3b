import type { CorporateAction } from '@onetape/core'
import { expect, test } from 'vitest'
import { Agenda } from './agenda.ts'

const dividend = (symbol: string, time: number): CorporateAction => ({ kind: 'dividend', symbol, time, amount: 1 })
const split = (symbol: string, time: number): CorporateAction => ({ kind: 'split', symbol, time, ratio: 2 })

test('actions come by time, those of one time in the order of registration and of the feed', () => {
  const agenda = new Agenda([
    { instrument: 0, action: split('A', 20) },
    { instrument: 0, action: dividend('A', 10) },
    { instrument: 1, action: dividend('B', 10) },
    { instrument: 1, action: split('B', 10) },
  ])
  const taken: string[] = []
  while (agenda.actionTime < Infinity) {
    const time = agenda.actionTime
    const { instrument, action } = agenda.takeAction()
    taken.push(`${time} ${instrument} ${action.kind}`)
  }
  expect(taken).toEqual(['10 0 dividend', '10 1 dividend', '10 1 split', '20 0 split'])
  expect(agenda.actionTime).toBe(Infinity)
})

test('payments come by pay-day, those of one day in the order they were planned', () => {
  const agenda = new Agenda([])
  expect(agenda.paymentTime).toBe(Infinity)
  for (const [time, instrument] of [
    [30, 0],
    [10, 1],
    [30, 2],
    [20, 3],
    [10, 4],
  ] as const)
    agenda.plan({ time, instrument, totals: [1] })
  const taken: number[][] = []
  while (agenda.paymentTime < Infinity) {
    const { time, instrument } = agenda.takePayment()
    taken.push([time, instrument])
  }
  expect(taken).toEqual([
    [10, 1],
    [10, 4],
    [20, 3],
    [30, 0],
    [30, 2],
  ])
})
