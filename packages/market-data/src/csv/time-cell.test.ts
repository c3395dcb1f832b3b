import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DateOrder, TimeCell, type TimeKind } from './time-cell.ts'

function read(text: string, order: DateOrder = 'mdy'): { kind: TimeKind; shown: string } | undefined {
  const cell = new TimeCell(order)
  const bytes = new TextEncoder().encode(text)
  const out = new Float64Array(1)
  const fast = cell.fromBytes(bytes, 0, bytes.length, out, 0)
  const ms = fast ? out[0]! : cell.fromText(text)
  return ms === ms ? { kind: cell.kind, shown: new Date(ms).toISOString().replace('.000Z', '') } : undefined
}

test.each<[string, TimeKind, string]>([
  ['2024-03-28', 'day', '2024-03-28T00:00:00'],
  ['20240328', 'day', '2024-03-28T00:00:00'],
  ['2024/3/28', 'day', '2024-03-28T00:00:00'],
  ['3/28/2024', 'day', '2024-03-28T00:00:00'],
  ['28.03.2024', 'day', '2024-03-28T00:00:00'],
  ['28-Mar-24', 'day', '2024-03-28T00:00:00'],
  ['31-Dec-99', 'day', '1999-12-31T00:00:00'],
  ['2024-03-28 09:30', 'wall', '2024-03-28T09:30:00'],
  ['2024-03-28T09:30:15', 'wall', '2024-03-28T09:30:15'],
  ['2024-03-28 09:30:15.250', 'wall', '2024-03-28T09:30:15.250Z'],
  ['2024-03-28 09:30:15.250999999', 'wall', '2024-03-28T09:30:15.250Z'],
  ['20240328 0930', 'wall', '2024-03-28T09:30:00'],
  ['20240328 093015', 'wall', '2024-03-28T09:30:15'],
  ['20240328 09:30', 'wall', '2024-03-28T09:30:00'],
  ['20240328093015', 'wall', '2024-03-28T09:30:15'],
  ['202403280930', 'wall', '2024-03-28T09:30:00'],
  ['3/28/2024 9:30 AM', 'wall', '2024-03-28T09:30:00'],
  ['3/28/2024 12:05:00 am', 'wall', '2024-03-28T00:05:00'],
  ['3/28/2024 4:00 PM', 'wall', '2024-03-28T16:00:00'],
  ['2024-03-28T13:30:00Z', 'instant', '2024-03-28T13:30:00'],
  ['2024-03-28T13:30:00.000Z', 'instant', '2024-03-28T13:30:00'],
  ['2024-03-28 09:30:00-04:00', 'instant', '2024-03-28T13:30:00'],
  ['2024-03-28T09:30:00-0400', 'instant', '2024-03-28T13:30:00'],
  ['20240328 09:30:00 US/Eastern', 'instant', '2024-03-28T13:30:00'], // as TWS writes it
  ['20240328-13:30:00 UTC', 'instant', '2024-03-28T13:30:00'],
  ['1711632600', 'instant', '2024-03-28T13:30:00'],
  ['1711632600000', 'instant', '2024-03-28T13:30:00'],
  ['1711632600000000', 'instant', '2024-03-28T13:30:00'],
  ['1711632600123456789', 'instant', '2024-03-28T13:30:00.123Z'],
  ['1711632600.5', 'instant', '2024-03-28T13:30:00.500Z'],
  ['09:30', 'clock', '1970-01-01T09:30:00'],
])('%s is %s %s', (text, kind, shown) => expect(read(text)).toEqual({ kind, shown }))

test.each([
  '',
  ' ',
  'null',
  'NaN',
  '2024-02-30',
  '2023-02-29',
  '2024-13-01',
  '2024-00-10',
  '2024-03-28 24:00',
  '2024-03-28 09:60',
  '2024-03-28T09:30:61',
  '20241301',
  '2024-03',
  '28 March',
  '-2024-03-28',
  '2024-03-28 09:30 Mars/Phobos',
  '13:00 PM',
  '2024-03-28 +04:00',
  '12',
  '99999999999999999999999',
])('%j is no time', (text) => expect(read(text)).toBeUndefined())

test('the order of day and month is an option, and a wrong guess is noticed', () => {
  expect(read('3/4/2024')?.shown).toBe('2024-03-04T00:00:00')
  expect(read('3/4/2024', 'dmy')?.shown).toBe('2024-04-03T00:00:00')
  const cell = new TimeCell('mdy')
  expect(cell.fromText('28/3/2024')).toBeNaN()
  expect(cell.otherOrder).toBe(true)
})

const hours = (text: string): number => new TimeCell('mdy').fromClock(text) / 3_600_000
test('times of day in a column of their own', () => {
  expect(['09:30', '0930', '930', '93000', '153000', '000000', '4:00 PM', '16:00:00.000'].map(hours)).toEqual([
    9.5, 9.5, 9.5, 9.5, 15.5, 0, 16, 16,
  ])
  expect(['', '2460', '9:99', 'noon'].map(hours)).toEqual([NaN, NaN, NaN, NaN])
})

test('every instant from 1970 to 2100 comes back from its ISO text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      const cell = new TimeCell('mdy')
      const text = new Date(ms).toISOString()
      const bytes = new TextEncoder().encode(`xx${text}`)
      const out = new Float64Array(1)
      expect(cell.fromBytes(bytes, 2, bytes.length, out, 0)).toBe(true)
      expect(out[0]).toBe(ms)
      expect(cell.fromText(text)).toBe(ms)
    }),
  )
})
