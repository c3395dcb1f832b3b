import {
  type BarColumns,
  type Indicator,
  type IndicatorSpec,
  isInputError,
  type KernelIndicator,
  type MultiIndicator,
} from '@onetape/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barAt, randomBars } from '../market/random-bars.ts'
import { driveBarByBar, driveInBlocks, type IndicatorSeries } from './drive-indicator.ts'

/** Figures from outside, one per bar; NaN where the source gives none, which is then not compared. */
export interface IndicatorReference {
  /** Who says so: project, file, parameters. */
  readonly source: string
  readonly bars: BarColumns
  /** By name of the output. */
  readonly series: Readonly<Record<string, Float64Array>>
  /** Largest difference, relative to the figure or to 1 when it is smaller. Default 1e-9. */
  readonly tolerance?: number
  /** First bar (0-based) to compare, for sources that begin otherwise and converge. */
  readonly from?: number
  /** The source's first figure stands on the bar on which ours is ready. Default true. */
  readonly sameStart?: boolean
}

/** A source that is not on this machine: its case is shown as skipped. */
export interface AbsentReference {
  readonly source: string
  readonly absent: true
}

export interface IndicatorContractOptions {
  /** A spec like those that users pass to `use`. Called for each test. */
  readonly make: () => IndicatorSpec<string>
  /** Columns that the indicator reads: a NaN in any of them must be refused. */
  readonly reads: readonly (keyof BarColumns)[]
  readonly references?: readonly (IndicatorReference | AbsentReference)[]
  /** False when it has only `next`. Default true. */
  readonly kernel?: boolean
}

/**
 * The cases that every indicator must pass: ready exactly as declared, finite from then on, next = run in any blocks bit
 * for bit, the same after a reset, nothing shared between two of a kind, a bar that is not a number refused by name, and
 * the figures of outside references.
 */
export function indicatorContract(options: IndicatorContractOptions): void {
  const { make, reads, references = [], kernel = true } = options
  const spec = make()
  const length = spec.warmUp + 600
  const bars = randomBars(20_240_229, length)

  if (kernel) kernelContract(spec, bars)
  describe(`indicator ${spec.name}`, () => {
    test('declares a warm-up and its outputs', () => {
      const made = spec.create()
      expect(made.warmUp).toBe(spec.warmUp)
      expect(Number.isInteger(spec.warmUp) && spec.warmUp >= 1).toBe(true)
      expect(new Set(spec.outputs).size).toBe(spec.outputs.length)
      expect(spec.outputs.length).toBeGreaterThan(0)
      expect('run' in made).toBe(kernel)
    })

    test.each([
      ['moving', bars],
      ['flat', randomBars(1, length, { still: 1 })],
      ['coarse', randomBars(2, length, { tick: 1, startPrice: 5, step: 0.4, still: 0.5 })],
    ] as const)('is ready exactly as declared, and finite from then on: %s prices', (_, prices) => {
      const made = spec.create()
      expect(made.ready).toBe(false)
      expect(made.value).toBeNaN()
      for (let i = 0; i < length; i++) {
        const value = made.next(barAt(prices, i))
        const all = spec.outputs.map((name, k) => (k === 0 ? value : (made as MultiIndicator).values[name]!))
        const ready = i >= spec.warmUp - 1
        expect({ bar: i + 1, ready: made.ready }).toEqual({ bar: i + 1, ready })
        expect(Object.is(made.value, value)).toBe(true)
        if (all.some((figure) => Number.isFinite(figure) !== ready || (!ready && figure === figure)))
          fail(`Expected ${ready ? 'finite figures' : 'NaN'} on bar ${i + 1}, found ${all.join(', ')}`)
      }
    })

    test('gives the same after a reset, wherever it stood', () => {
      const fresh = driveBarByBar(spec, spec.create(), bars)
      const used = spec.create()
      for (const stop of [1, spec.warmUp, length]) {
        driveBarByBar(spec, used, randomBars(stop, stop))
        used.reset()
        expect(used.ready).toBe(false)
        expect(used.value).toBeNaN()
        expectSameBits(driveBarByBar(spec, used, bars), fresh, spec)
      }
    })

    test('shares nothing with another of its kind', () => {
      const fresh = driveBarByBar(spec, spec.create(), bars)
      const [one, other] = [spec.create(), spec.create()]
      const elsewhere = randomBars(7, length)
      const main = new Float64Array(length)
      for (let i = 0; i < length; i++) {
        main[i] = one.next(barAt(bars, i))
        other.next(barAt(elsewhere, i))
      }
      expectSameBits([main], fresh.slice(0, 1), spec)
    })

    for (const field of reads)
      test.each([NaN, Infinity, -Infinity])(`refuses ${field} %d by name, at any bar`, (bad) => {
        for (const at of [0, 1, spec.warmUp - 1, spec.warmUp + 299]) {
          const broken: BarColumns = { ...bars, [field]: bars[field].with(at, bad) }
          expectRefused(spec, field, broken, at, (made) => {
            for (let i = 0; i <= at; i++) made.next(barAt(broken, i))
          })
          if (kernel) expectRefused(spec, field, broken, at, (made) => driveInBlocks(spec, made, broken, [300]))
        }
      })

    for (const reference of references)
      test.skipIf('absent' in reference)(`agrees with ${reference.source}`, () => {
        if ('absent' in reference) return
        const given = driveBarByBar(spec, spec.create(), reference.bars)
        for (const [name, expected] of Object.entries(reference.series)) {
          expect(spec.outputs).toContain(name)
          expectAgreement(name, given[spec.outputs.indexOf(name)]!, expected, reference, spec.warmUp)
        }
      })
  })
}

function kernelContract(spec: IndicatorSpec<string>, bars: BarColumns): void {
  const { length } = bars.time

  describe(`indicator ${spec.name} as a kernel`, () => {
    test('next = run in any blocks, bit for bit', () => {
      const ends = fc.array(fc.integer({ min: 0, max: length }), { maxLength: 12 })
      const oneByOne = driveBarByBar(spec, spec.create(), bars)
      fc.assert(
        fc.property(ends, (split) => expectSameBits(driveInBlocks(spec, spec.create(), bars, split), oneByOne, spec)),
        { numRuns: 50 },
      )
    })

    test('run writes where it was told and nowhere else', () => {
      const out = spec.outputs.map(() => new Float64Array(length + 20).fill(-1))
      kernelOf(spec).run(bars, 0, length, out, 10)
      const expected = driveBarByBar(spec, spec.create(), bars)
      out.forEach((line, k) => {
        expect(line.subarray(0, 10).every((x) => x === -1)).toBe(true)
        expect(line.subarray(length + 10).every((x) => x === -1)).toBe(true)
        expectSameBits([line.subarray(10, length + 10)], [expected[k]!], spec)
      })
    })
  })
}

function expectAgreement(
  name: string,
  line: Float64Array,
  expected: Float64Array,
  reference: IndicatorReference,
  warmUp: number,
): void {
  const { tolerance = 1e-9, from = 0, sameStart = true } = reference
  let compared = 0
  for (let i = from; i < expected.length; i++) {
    const wanted = expected[i]!
    if (wanted !== wanted || i < warmUp - 1) continue
    const found = line[i]!
    if (!(Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted))))
      fail(`Expected ${name} of ${wanted} on bar ${i + 1} as ${reference.source} has it, found ${found}`)
    compared++
  }
  expect(compared, 'figures compared').toBeGreaterThan(0)
  const first = expected.findIndex((x) => x === x) + 1
  if (sameStart && first !== warmUp)
    fail(`Expected ${name} from bar ${first} on as ${reference.source} has it, found it ready on bar ${warmUp}`)
}

function expectSameBits(found: IndicatorSeries, expected: IndicatorSeries, spec: IndicatorSpec<string>): void {
  expected.forEach((line, k) => {
    const bad = line.findIndex((x, i) => !Object.is(x, found[k]![i]))
    if (bad >= 0) fail(`Expected ${spec.outputs[k]} of ${line[bad]} on bar ${bad + 1}, found ${found[k]![bad]}`)
    expect(found[k]!.length).toBe(line.length)
  })
}

function expectRefused(
  spec: IndicatorSpec<string>,
  field: string,
  bars: BarColumns,
  at: number,
  feed: (made: Indicator) => unknown,
): void {
  const error = thrownBy(() => feed(spec.create()))
  if (!isInputError(error))
    return fail(`Expected ${spec.name} to refuse ${field} on bar ${at + 1}, found ${String(error)}`)
  const time = bars.time[at]!
  expect(error.code).toBe('indicator.nan')
  expect(error.message).toContain(spec.name)
  expect(error.message).toContain(field)
  expect(error.message).toContain(Number.isFinite(time) ? new Date(time).toISOString().slice(0, 19) : String(time))
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return 'no error'
}

function kernelOf(spec: IndicatorSpec<string>): KernelIndicator {
  const made = spec.create()
  return 'run' in made ? made : fail(`Expected ${spec.name} to have "run", found only "next"`)
}

function fail(message: string): never {
  throw new Error(message)
}
