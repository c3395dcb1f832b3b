import { expect, test } from 'vitest'
import { instrument } from './instrument.ts'

test('is a US stock in whole shares unless told otherwise', () => {
  expect(instrument('AAPL')).toEqual({
    symbol: 'AAPL',
    kind: 'stock',
    calendar: 'XNYS',
    exchange: 'NYSE',
    tick: 0,
    lot: 1,
    multiplier: 1,
    hasVolume: true,
    initialMargin: 0,
    maintenanceMargin: 0,
  })
  expect(instrument('ES', { kind: 'future', multiplier: 50, tick: 0.25 })).toMatchObject({
    symbol: 'ES',
    kind: 'future',
    multiplier: 50,
    tick: 0.25,
    lot: 1,
  })
})

test.each([
  [{ lot: 0 }, 'A: Expected lot > 0, found 0.'],
  [{ lot: NaN }, 'A: Expected lot > 0, found NaN.'],
  [{ multiplier: Infinity }, 'A: Expected multiplier > 0, found Infinity.'],
  [{ tick: -0.01 }, 'A: Expected tick >= 0, found -0.01.'],
  [{ tick: NaN }, 'A: Expected tick >= 0, found NaN.'],
  [{ initialMargin: -1 }, 'A: Expected initialMargin >= 0, found -1.'],
  [{ maintenanceMargin: Infinity }, 'A: Expected maintenanceMargin >= 0, found Infinity.'],
])('%j is refused', (fields, message) => {
  expect(() => instrument('A', fields)).toThrow(expect.objectContaining({ code: 'instrument.field', message }))
})

test('an empty symbol is refused', () => {
  expect(() => instrument(' ')).toThrow('Expected a symbol, found an empty text.')
})
