import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { type ParamsOf, bool, choice, float, int, parseParam, resolveParams, text } from './params.ts'

const specs = {
  fast: int(10, { min: 2, max: 60 }),
  level: float(1.5, { min: 0 }),
  hedge: bool(false),
  side: choice('both', ['long', 'short', 'both']),
  lots: choice(10, [1, 10, 100]),
  note: text(''),
}

test('a declaration gives its defaults, frozen', () => {
  const params = resolveParams('s', specs)
  expect(params).toEqual({ fast: 10, level: 1.5, hedge: false, side: 'both', lots: 10, note: '' })
  expect(Object.isFrozen(params)).toBe(true)
})

test('the types of the values are those of the declaration', () => {
  const params = resolveParams('s', specs)
  expectTypeOf(params.fast).toEqualTypeOf<number>()
  expectTypeOf(params.hedge).toEqualTypeOf<boolean>()
  expectTypeOf(params.side).toEqualTypeOf<'long' | 'short' | 'both'>()
  expectTypeOf(params.lots).toEqualTypeOf<1 | 10 | 100>()
  expectTypeOf(params.note).toEqualTypeOf<string>()
  expectTypeOf<ParamsOf<typeof specs>>().not.toHaveProperty('slow')
  // @ts-expect-error a default must be one of the choices
  choice('up', ['long', 'short'])
})

test('text is read as from the command line, each kind in its way', () => {
  const given = { fast: '20', level: ' 2e-1', hedge: 'true', side: 'long', lots: '100', note: '007' }
  expect(resolveParams('s', specs, given)).toEqual({
    fast: 20,
    level: 0.2,
    hedge: true,
    side: 'long',
    lots: 100,
    note: '007',
  })
})

test('values of the right type are taken as they are, and undefined takes the default', () => {
  expect(resolveParams('s', specs, { fast: 60, hedge: true, level: undefined })).toMatchObject({
    fast: 60,
    hedge: true,
    level: 1.5,
  })
})

const refused: readonly (readonly [string, unknown, string])[] = [
  ['fast', 1, 'expected 2 to 60, found 1.'],
  ['fast', 61, 'expected 2 to 60, found 61.'],
  ['fast', 10.5, 'expected a whole number, found 10.5.'],
  ['fast', 'ten', 'expected a whole number, found "ten".'],
  ['fast', '', 'expected a whole number, found "".'],
  ['fast', ' ', 'expected a whole number, found " ".'],
  ['fast', NaN, 'expected a whole number, found'],
  ['fast', null, 'expected a whole number, found null.'],
  ['fast', true, 'expected a whole number, found true.'],
  ['level', -0.1, 'expected at least 0, found -0.1.'],
  ['level', 'Infinity', 'expected a number, found'],
  ['hedge', 'yes', 'expected true or false, found "yes".'],
  ['hedge', 1, 'expected true or false, found 1.'],
  ['side', 'up', 'expected one of long, short, both, found "up".'],
  ['lots', 50, 'expected one of 1, 10, 100, found 50.'],
  ['note', 7, 'expected a text, found 7.'],
]

test.each(refused)('%s = %j: %s', (name, value, message) => {
  expect(() => resolveParams('cross', specs, { [name]: value })).toThrow(
    expect.objectContaining({
      code: 'param.range',
      message: expect.stringContaining(`strategy "cross": Parameter "${name}": ${message}`),
    }),
  )
})

test.each([
  ['fsat', 'Did you mean "fast"?'],
  ['period', 'Known: fast, level, hedge, side, lots, note.'],
  ['toString', 'Known: fast, level, hedge, side, lots, note.'], // every object has it, the declaration does not
])('the unknown name "%s" is told with what there is: %s', (name, hint) => {
  expect(() => resolveParams('cross', specs, { [name]: 10 })).toThrow(
    expect.objectContaining({
      code: 'param.unknown',
      message: `strategy "cross": There is no parameter "${name}". ${hint}`,
    }),
  )
  expect(() => resolveParams('bare', {}, { [name]: 1 })).toThrow('There is none.')
})

test.each([
  [() => int(1, { min: 2 }), 'expected at least 2, found 1.'],
  [() => int(1.5), 'expected a whole number, found 1.5.'],
  [() => float(3, { max: 2 }), 'expected at most 2, found 3.'],
  [() => float(NaN), 'expected a number, found'],
])('a default outside its own range is refused: %s', (make, message) => {
  expect(make).toThrow(`A parameter's own default is wrong: ${message}`)
})

const bound = fc.integer({ min: -100, max: 100 })

test('a number in the range goes in, as it is and as text', () => {
  fc.assert(
    fc.property(bound, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (min, above, below) => {
      const own = { n: int(min, { min, max: min + above + below }) }
      for (const given of [min + above, String(min + above)])
        expect(resolveParams('s', own, { n: given })).toEqual({ n: min + above })
    }),
  )
})

test('a number outside the range is refused, as it is and as text', () => {
  fc.assert(
    fc.property(bound, fc.nat({ max: 50 }), fc.integer({ min: 1, max: 50 }), fc.boolean(), (min, width, beyond, up) => {
      const own = { n: int(min, { min, max: min + width }) }
      const value = up ? min + width + beyond : min - beyond
      for (const given of [value, String(value)])
        expect(() => resolveParams('s', own, { n: given })).toThrow(
          `expected ${min} to ${min + width}, found ${value}.`,
        )
    }),
  )
})

test('a number comes back from its text with every digit', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseParam(float(0), String(value))).toBe(value + 0) // text knows no −0
    }),
  )
})

test('steps: 1 for whole numbers, none for others unless given', () => {
  expect(int(5)).toMatchObject({ kind: 'int', step: 1, min: -Infinity, max: Infinity })
  expect(int(5, { step: 5 })).toMatchObject({ step: 5 })
  expect(float(5)).toMatchObject({ kind: 'float', step: undefined })
  expect(bool(true, { description: 'x' })).toEqual({ kind: 'bool', default: true, description: 'x' })
})
