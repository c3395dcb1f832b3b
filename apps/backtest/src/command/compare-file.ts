import type { ComparableOrder, ComparableRun } from '@onetape/backtest'
import { InputError } from '@onetape/core'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { shown } from '@onetape/strategies'

/**
 * A run as its files tell it: `result.json`, and the orders of `orders.csv` where it lies beside.
 *
 * @param wanted result folder, or the `result.json` in it
 * @throws {InputError} `compare.missing`, `compare.file`
 */
export function readRun(wanted: string, base: string): ComparableRun {
  const path = resolve(base, wanted)
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'result.json') : path
  const place = shown(file, base)
  if (!existsSync(file))
    throw new InputError('compare.missing', `There is no file "${place}".`, {
      hint: 'Name a folder that run --out wrote, or the result.json in it.',
    })
  let found: unknown
  try {
    found = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new InputError('compare.file', 'Expected the JSON of a result, found something else.', { place, cause })
  }
  const { schema } = (found ?? {}) as { schema?: unknown }
  if (schema !== 'onetape.result/1')
    throw new InputError(
      'compare.file',
      `Expected a result with schema "onetape.result/1", found ${JSON.stringify(schema) ?? 'none'}.`,
      {
        place,
        hint: 'Write it again with run --out.',
      },
    )
  const beside = join(dirname(file), 'orders.csv')
  const run = found as ComparableRun
  return existsSync(beside) ? { ...run, orders: readOrders(readFileSync(beside, 'utf8'), shown(beside, base)) } : run
}

/** @throws {InputError} `compare.file` when a column is missing */
function readOrders(text: string, place: string): readonly ComparableOrder[] {
  const [header = [], ...rows] = cells(text)
  const at = (name: string): number => {
    const index = header.indexOf(name)
    if (index === -1) throw new InputError('compare.file', `Expected a column "${name}", found none.`, { place })
    return index
  }
  const [id, strategy, symbol, side, type, tif] = ['id', 'strategy', 'symbol', 'side', 'type', 'tif'].map(at)
  const [state, quantity, limit, stop] = ['state', 'quantity', 'limit_price', 'stop_price'].map(at)
  const [placed, updated, code] = ['placed_at', 'updated_at', 'code'].map(at)
  return rows.map((row): ComparableOrder => {
    const cell = (index: number | undefined): string => row[index!] ?? ''
    const optional = (index: number | undefined): number | undefined =>
      cell(index) === '' ? undefined : Number(cell(index))
    return {
      id: cell(id),
      strategy: cell(strategy),
      symbol: cell(symbol),
      side: cell(side) === 'buy' ? 'buy' : 'sell',
      type: cell(type),
      tif: cell(tif),
      state: cell(state),
      quantity: optional(quantity) ?? NaN,
      limitPrice: optional(limit),
      stopPrice: optional(stop),
      placedAt: Date.parse(cell(placed)),
      updatedAt: Date.parse(cell(updated)),
      code: cell(code) === '' ? undefined : cell(code),
    }
  })
}

/** Rows of cells as `csv` writes them: RFC 4180. */
function cells(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === ',') continue
    if (row.length > 1) rows.push(row)
    row = []
  }
  return rows
}
