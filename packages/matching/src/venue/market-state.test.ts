import type { MarketState } from '@onetape/costs'
import { expect, test } from 'vitest'
import { fillHistory } from './market-state.ts'

const zeros = new Float64Array(30)
const close = Float64Array.from(zeros, (_zero, i) => (i % 2 === 0 ? 100 : 110))
const volume = Float64Array.from(zeros, (_zero, i) => 1000 + i)
const columns = { time: zeros, end: zeros, open: zeros, high: zeros, low: zeros, close, volume }

function historyAt(i: number): MarketState {
  const market = { volume: 1, taken: 0, spread: NaN, high: 1, low: 1, averageVolume: 7, volatility: 7 }
  fillHistory(market, columns, i)
  return market
}

test('is the mean of the twenty bars before the one in hand, which is not counted', () => {
  expect(historyAt(20).averageVolume).toBeCloseTo(1009.5, 9)
  expect(historyAt(25).averageVolume).toBeCloseTo(1014.5, 9)
})

test('the volatility is the sample deviation of their returns', () => {
  // Ten returns of 10 % and ten of −1/11, by hand: mean (0.1 − 1/11)/2, deviation of each from it (0.1 + 1/11)/2.
  const deviation = (0.1 + 1 / 11) / 2
  expect(historyAt(25).volatility).toBeCloseTo(deviation * Math.sqrt(20 / 19), 12)
})

test('is undefined while there are fewer bars', () => {
  expect(historyAt(19).averageVolume).toBeNaN()
  expect(historyAt(20).volatility).toBeNaN()
})
