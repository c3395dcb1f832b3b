import { describe, expect, test } from 'vitest'
import { DatedTable } from './dated-table.ts'

const row = (from: string, to: string) => ({ from, to, source: 'test' })

describe('DatedTable', () => {
  test('answers in any order of time, and only inside its rows', () => {
    const table = new DatedTable('rate', [row('2020-03-01', '2020-03-31'), row('2020-01-01', '2020-01-31')])
    const at = (iso: string) => table.at(Date.parse(iso)).from
    expect(at('2020-03-31T23:59:00-04:00')).toBe('2020-03-01')
    expect(at('2020-01-01T00:00:00-05:00')).toBe('2020-01-01')
    expect(at('2020-03-01T00:00:00-05:00')).toBe('2020-03-01')
    for (const iso of ['2019-12-31T23:59:59-05:00', '2020-02-01T00:00:00-05:00', '2020-04-01T00:00:00-04:00'])
      expect(() => at(iso)).toThrow('Known: 2020-01-01 to 2020-01-31, 2020-03-01 to 2020-03-31.')
  })

  test('says so when it knows nothing', () => {
    expect(() => new DatedTable('rate', []).at(0)).toThrow('known rate, found 1970-01-01T00:00:00Z. Known: none.')
  })

  test.each([
    [[row('2020-02-01', '2020-01-31')], 'rate: Expected a row that ends after 2020-02-01, found 2020-01-31.'],
    [
      [row('2020-01-01', '2020-01-31'), row('2020-01-31', '2020-02-29')],
      'rate: Expected rows without a common day, found 2020-01-01 to 2020-01-31 and 2020-01-31 to 2020-02-29.',
    ],
    [[row('2020-02-30', '2020-03-31')], 'rate: Expected a date like'],
  ])('refuses %j', (rows, message) => expect(() => new DatedTable('rate', rows)).toThrow(message))
})
