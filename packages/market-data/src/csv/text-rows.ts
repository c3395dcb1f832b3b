import { detectLayout, type Layout, splitLine } from './layout.ts'
import { plainName } from './column-names.ts'
import type { SourceBytes } from './source-bytes.ts'

/** A small file as text, row by row; for tables that are not prices. */
export interface TextRows {
  readonly layout: Layout
  /** Index of the first of these columns (in the form of `plainName`) that the file has, or −1. */
  readonly column: (...plain: readonly string[]) => number
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[]
}

/** @throws {InputError} as `detectLayout` */
export function textRows(file: SourceBytes): TextRows {
  const layout = detectLayout(file)
  const delimiter = String.fromCharCode(layout.delimiter)
  const rows = new TextDecoder()
    .decode(file.bytes.subarray(layout.start))
    .split(/\r\n|\n|\r/)
    .map((text, i) => ({ line: layout.line + i, text }))
    .filter(({ text }) => text.trim() !== '')
    .map(({ line, text }) => ({ line, cells: splitLine(text, delimiter).map((cell) => cell.trim()) }))
  const header = layout.header.map(plainName)
  const column = (...plain: readonly string[]): number =>
    plain.reduce((found, name) => (found >= 0 ? found : header.indexOf(name)), -1)
  return { layout, column, rows }
}
