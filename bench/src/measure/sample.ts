/** Milliseconds that `work` takes. */
export function time(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** The middle one of an odd number of values, the upper middle one of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted[sorted.length >> 1]
  if (middle === undefined) throw new Error('Expected at least one value, found none')
  return middle
}

/** @throws {Error} when a workload gives another answer than it must: its time then says nothing */
export function expectAnswer(name: string, found: number, expected: number, tolerance: number): void {
  if (!(Math.abs(found - expected) <= tolerance)) throw new Error(`Expected ${name} ${expected}, found ${found}`)
}
