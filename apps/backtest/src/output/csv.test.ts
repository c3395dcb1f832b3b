import { formatInstant } from '@onetape/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csv, instantFormatter } from './csv.ts'

test('quotes what must be, leaves undefined figures empty, keeps all digits', () => {
  const rows = [[1 / 3, 'a,b', NaN, undefined, 'say "hi"', -0, 1e21, 'two\nlines']]
  expect(csv(['n', 't', 'x', 'y', 'q', 'z', 'big', 'l'], rows)).toBe(
    'n,t,x,y,q,z,big,l\n0.3333333333333333,"a,b",,,"say ""hi""",0,1e+21,"two\nlines"\n',
  )
})

test('every number reads back as it was', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      expect(Number(csv(['n'], [[value]]).split('\n')[1])).toBe(value === 0 ? 0 : value)
    }),
  )
})

test('writes times as core does, in any order', () => {
  const format = instantFormatter()
  const time = fc.integer({ min: -2e12, max: 4e12 })
  const same = (t: number): void => expect(format(t)).toBe(formatInstant(t))
  fc.assert(
    fc.property(time, (t) => {
      same(t)
      same(t - (t % 1000))
    }),
  )
  expect(format(NaN)).toBe('')
})
