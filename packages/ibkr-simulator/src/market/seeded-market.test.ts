import { expect, test } from 'vitest'
import { seededMarket } from './seeded-market.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 20, 9, 37, 25)

test('history and stream are one market: minutes join five seconds, days join minutes', () => {
  const market = seededMarket({ seed: 7 })
  const aapl = market.listings[0]!
  const minutes = market.bars(aapl, 60_000, NOW - 300_000, NOW, true, 100)
  for (const minute of minutes.slice(0, -1)) {
    const parts = Array.from({ length: 12 }, (_, k) => market.fiveSeconds(aapl, minute.time + k * 5000)!)
    expect(minute).toEqual({
      time: minute.time,
      open: parts[0]!.open,
      high: Math.max(...parts.map((p) => p.high)),
      low: Math.min(...parts.map((p) => p.low)),
      close: parts[11]!.close,
      volume: parts.reduce((sum, p) => sum + p.volume, 0),
    })
  }
  const yesterday = Math.floor(NOW / DAY) * DAY - DAY
  const [day] = market.dailyBars(aapl, yesterday, yesterday + DAY)
  const hours = market.bars(aapl, 3_600_000, yesterday, yesterday + DAY, true, 100)
  expect(hours).toHaveLength(24)
  expect(day).toEqual({
    time: yesterday,
    open: hours[0]!.open,
    high: Math.max(...hours.map((h) => h.high)),
    low: Math.min(...hours.map((h) => h.low)),
    close: hours[23]!.close,
    volume: hours.reduce((sum, h) => sum + h.volume, 0),
  })
})

test('the same seed makes the same market, another one another, in any order of asking', () => {
  const [one, two, other] = [seededMarket({ seed: 3 }), seededMarket({ seed: 3 }), seededMarket({ seed: 4 })]
  two.dailyBars(two.listings[4]!, NOW - 400 * DAY, NOW)
  const bars = (m: typeof one) => m.bars(m.listings[1]!, 3_600_000, NOW - DAY, NOW, true, 50)
  expect(bars(two)).toEqual(bars(one))
  expect(bars(other)).not.toEqual(bars(one))
})

test('ten years of days stay within a plausible range', () => {
  const market = seededMarket({ seed: 1 })
  const days = market.dailyBars(market.listings[0]!, NOW - 3650 * DAY, NOW)
  expect(days.length).toBeGreaterThan(3640)
  expect(Math.min(...days.map((d) => d.low))).toBeGreaterThan(80)
  expect(Math.max(...days.map((d) => d.high))).toBeLessThan(600)
}, 120_000)
