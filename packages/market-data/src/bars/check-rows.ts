import type { RowProblems } from '../csv/row-problems.ts'
import type { Table } from '../csv/parse-table.ts'

/**
 * Notes rows whose prices and volume cannot be those of a bar: the rules of core's `barSeries`, told by line and column.
 * @returns the good rows, or undefined when all are
 */
export function checkRows(table: Table, problems: RowProblems, negativePrices: boolean): Int32Array | undefined {
  const column = (name: 'open' | 'high' | 'low' | 'close'): Float64Array => table.numbers.get(name)!
  const [open, high, low, close] = [column('open'), column('high'), column('low'), column('close')]
  const volume = table.numbers.get('volume')
  const adjClose = table.numbers.get('adjClose')
  const dividend = table.numbers.get('dividend')
  const split = table.numbers.get('split')
  const bad: number[] = []
  for (let i = 0; i < table.length; i++) {
    const o = open[i]!
    const h = high[i]!
    const l = low[i]!
    const c = close[i]!
    if (
      l <= o &&
      o <= h &&
      l <= c &&
      c <= h &&
      (l > 0 || negativePrices) &&
      (volume === undefined || volume[i]! >= 0) &&
      (adjClose === undefined || adjClose[i]! > 0 || negativePrices) &&
      (dividend === undefined || dividend[i]! >= 0) &&
      (split === undefined || split[i]! >= 0)
    )
      continue
    bad.push(i)
    const fail = (code: string, text: string, name: string): void => problems.add(table.line[i]!, code, text, name)
    if (!(l <= h)) fail('data.range', `Expected high >= low, found high ${h} and low ${l}.`, 'high')
    else if (!(l <= o && o <= h))
      fail('data.range', `Expected open between low ${l} and high ${h}, found ${o}.`, 'open')
    else if (!(l <= c && c <= h))
      fail('data.range', `Expected close between low ${l} and high ${h}, found ${c}.`, 'close')
    else if (!(l > 0 || negativePrices)) fail('data.price', `Expected prices > 0, found ${l}.`, 'low')
    else if (!(volume === undefined || volume[i]! >= 0))
      fail('data.volume', `Expected volume >= 0, found ${volume[i]!}.`, 'volume')
    else if (!(adjClose === undefined || adjClose[i]! > 0 || negativePrices))
      fail('data.price', `Expected an adjusted close > 0, found ${adjClose[i]!}.`, 'adj_close')
    else fail('data.actions', 'Expected dividend and split >= 0, found a negative one.', 'dividend')
  }
  return bad.length === 0 ? undefined : without(table.length, bad)
}

/** 0 … length − 1 without `left`, which is sorted. */
export function without(length: number, left: readonly number[]): Int32Array {
  const kept = new Int32Array(length - left.length)
  let next = 0
  let n = 0
  for (let i = 0; i < length; i++)
    if (i === left[next]) next++
    else kept[n++] = i
  return kept
}
