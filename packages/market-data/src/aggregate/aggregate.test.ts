import { calendar } from '@onetape/calendar'
import { type BarInterval, type BarSeries, barSeries, type BarValues, instrument } from '@onetape/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aggregate } from './aggregate.ts'
import { BarAggregator } from './bar-aggregator.ts'

const MINUTE = 60_000
const cal = calendar('XNYS')
const at = (text: string): number => Date.parse(text)
const iso = (t: number): string => new Date(t).toISOString().slice(0, 16)

function minutes(starts: readonly number[], price: (i: number) => number = () => 10): BarSeries {
  const column = (value: (i: number) => number): Float64Array => Float64Array.from(starts, (_, i) => value(i))
  return barSeries({
    instrument: instrument('X'),
    interval: '1m',
    columns: {
      time: Float64Array.from(starts),
      open: column(price),
      high: column((i) => price(i) + 1),
      low: column((i) => price(i) - 1),
      close: column((i) => price(i) + 0.5),
      volume: column((i) => i + 1),
    },
  })
}

const range = (from: string, count: number): number[] => Array.from({ length: count }, (_, i) => at(from) + i * MINUTE)
const spans = (series: BarSeries): string[] =>
  Array.from(series.columns.time, (t, i) => `${iso(t)} ${iso(series.columns.end[i]!).slice(11)}`)

// 2024-07-03 closes at 13:00 (17:00 UTC), 07-04 is a holiday, 07-05 a whole day.
describe('where longer bars lie', () => {
  test.each<[BarInterval, string[], string[]]>([
    [
      '5m',
      ['2024-07-05T13:30', '2024-07-05T13:34', '2024-07-05T13:35', '2024-07-05T19:59'],
      ['2024-07-05T13:30 13:35', '2024-07-05T13:35 13:40', '2024-07-05T19:55 20:00'],
    ],
    [
      '1h',
      ['2024-07-05T13:30', '2024-07-05T14:29', '2024-07-05T14:30', '2024-07-05T19:45'],
      ['2024-07-05T13:30 14:30', '2024-07-05T14:30 15:30', '2024-07-05T19:30 20:00'],
    ],
    [
      '1h',
      ['2024-07-03T16:59', '2024-07-03T17:00', '2024-07-05T13:29'],
      ['2024-07-03T16:30 17:00', '2024-07-03T17:00 18:00', '2024-07-05T13:00 13:30'],
    ],
    [
      '1d',
      ['2024-07-03T13:00', '2024-07-03T13:30', '2024-07-03T16:59', '2024-07-03T17:00', '2024-07-05T15:00'],
      ['2024-07-03T13:30 17:00', '2024-07-05T13:30 20:00'],
    ],
    [
      '1w',
      ['2024-07-01T13:30', '2024-07-05T19:59', '2024-07-08T13:30'],
      ['2024-07-01T13:30 20:00', '2024-07-08T13:30 20:00'],
    ],
  ])('%s of %j', (interval, starts, expected) => {
    const series = aggregate(minutes(starts.map((start) => at(`${start}Z`))), interval)
    expect(spans(series)).toEqual(expected)
    expect(series).toMatchObject({ interval, officialOpenClose: false, prices: 'raw' })
  })

  test('the bar of a day with extended hours runs from 04:00 to 20:00 and takes all in', () => {
    const series = aggregate(minutes(range('2024-07-05T11:00Z', 600)), '1d', { hours: 'extended' })
    expect(spans(series)).toEqual(['2024-07-05T08:00 00:00'])
    expect(series.columns.volume[0]).toBe((600 * 601) / 2)
  })

  test('days of a market that never closes are those of UTC', () => {
    const source = minutes(range('2024-07-05T23:58Z', 4))
    const series = aggregate({ ...source, instrument: instrument('BTC', { calendar: '24/7' }) }, '1d')
    expect(spans(series)).toEqual(['2024-07-05T00:00 00:00', '2024-07-06T00:00 00:00'])
  })

  test('daily into weekly keeps the official prices and the last adjusted close', () => {
    const days = ['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05', '2024-07-08'].map((date) =>
      cal.sessionOn(date)!,
    )
    const ones = new Float64Array(5).fill(1)
    const daily = barSeries({
      instrument: instrument('X'),
      interval: '1d',
      columns: {
        time: Float64Array.from(days, ({ open }) => open),
        end: Float64Array.from(days, ({ close }) => close),
        open: ones,
        high: ones,
        low: ones,
        close: ones,
        volume: ones,
      },
      adjClose: Float64Array.of(1, 2, 3, 4, 5),
      officialOpenClose: true,
    })
    const weekly = aggregate(daily, '1w')
    expect(weekly.officialOpenClose).toBe(true)
    expect([...weekly.columns.volume]).toEqual([4, 1])
    expect([...weekly.adjClose!]).toEqual([4, 5])
  })

  test.each<[BarInterval, RegExp]>([
    ['30s', /Expected a multiple of 1m, found 30s/],
    ['2d', /below a day, 1d or 1w, found 2d/],
  ])('%s is refused', (interval, message) => {
    expect(() => aggregate(minutes([at('2024-07-05T13:30Z')]), interval)).toThrow(message)
  })

  test('a bar over two longer ones is refused', () => {
    const hour = minutes([at('2024-07-05T14:00Z')])
    const source: BarSeries = {
      ...hour,
      interval: '1h',
      columns: { ...hour.columns, end: Float64Array.of(at('2024-07-05T15:00Z')) },
    }
    expect(() => aggregate(source, '2h')).not.toThrow()
    expect(() => aggregate({ ...source, interval: '5m' }, '30m')).toThrow(/each lie within one bar of 30m/)
  })
})

describe('for any minutes of a week with extended hours', () => {
  // Minutes from Tuesday 2024-07-02 04:00 to Saturday, with gaps; July 3 closes early and the 4th is a holiday.
  const anyMinutes = fc
    .uniqueArray(fc.integer({ min: 0, max: 4 * 1440 - 1 }), { minLength: 1, maxLength: 300 })
    .map((offsets) => offsets.toSorted((a, b) => a - b).map((offset) => at('2024-07-02T08:00Z') + offset * MINUTE))
  const prices = fc.infiniteStream(fc.double({ min: 2, max: 1000, noNaN: true }))
  const interval = fc.constantFrom<BarInterval>('2m', '5m', '15m', '30m', '1h', '2h', '1d', '1w')

  test('volume is conserved, high and low are the extremes, open and close the ends, spans hold their parts', () => {
    fc.assert(
      fc.property(anyMinutes, prices, interval, (starts, stream, target) => {
        const price = starts.map(() => stream.next().value)
        const source = minutes(starts, (i) => price[i]!)
        const made = aggregate(source, target)
        const days = target === '1d' || target === '1w'
        const counted = starts.map((t, i) => ({ t, i })).filter(({ t }) => !days || cal.isOpen(t))
        let seen = 0
        for (let k = 0; k < made.length; k++) {
          const [time, end] = [made.columns.time[k]!, made.columns.end[k]!]
          const parts = counted.filter(({ t }) => t >= time && t < end)
          seen += parts.length
          expect(parts.length).toBeGreaterThan(0)
          expect(made.columns.open[k]).toBe(price[parts[0]!.i])
          expect(made.columns.close[k]).toBe(price[parts.at(-1)!.i]! + 0.5)
          expect(made.columns.high[k]).toBe(Math.max(...parts.map(({ i }) => price[i]! + 1)))
          expect(made.columns.low[k]).toBe(Math.min(...parts.map(({ i }) => price[i]! - 1)))
          expect(made.columns.volume[k]).toBe(parts.reduce((sum, { i }) => sum + i + 1, 0))
          // No intraday bar reaches over an open or a close.
          const within = cal.sessions(time, end).every(({ open, close }) => time >= open && end <= close)
          expect(days || within).toBe(true)
        }
        expect(seen).toBe(counted.length)
      }),
    )
  })

  test('two streams, one after the other, give the same bars as one', () => {
    fc.assert(
      fc.property(anyMinutes, interval, fc.nat(), (starts, target, cut) => {
        const source = minutes(starts, (i) => 10 + (i % 7))
        const bars: BarValues[] = []
        const aggregator = new BarAggregator(target, cal, (bar) => bars.push(bar))
        const half = cut % (starts.length + 1)
        for (const [from, to] of [
          [0, half],
          [half, starts.length],
        ] as const)
          for (let i = from; i < to; i++) aggregator.push(row(source, i))
        aggregator.flush()
        const whole = aggregate(source, target)
        expect(bars).toEqual(Array.from({ length: whole.length }, (_, i) => row(whole, i)))
      }),
    )
  })

  test('hours made of 15 minutes are hours made of minutes', () => {
    fc.assert(
      fc.property(anyMinutes, fc.constantFrom<BarInterval>('30m', '1h', '1d', '1w'), (starts, target) => {
        const source = minutes(starts, (i) => 10 + (i % 7))
        const inTwo = aggregate(aggregate(source, '15m'), target)
        expect(inTwo.columns).toEqual(aggregate(source, target).columns)
      }),
    )
  })
})

function row({ columns }: BarSeries, i: number): BarValues {
  return {
    time: columns.time[i]!,
    end: columns.end[i]!,
    open: columns.open[i]!,
    high: columns.high[i]!,
    low: columns.low[i]!,
    close: columns.close[i]!,
    volume: columns.volume[i]!,
  }
}
