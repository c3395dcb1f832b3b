import Table from 'cli-table3'
import { styleText } from 'node:util'

/** Rows under a header, numbers to the right; the first column to the left. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const coloured = styleText('grey', '|') !== '|' // false in a pipe and under NO_COLOR
  const table = new Table({
    head: [...head],
    style: { head: [], border: coloured ? ['grey'] : [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: head.map((_, k) => (k === 0 ? 'left' : 'right')),
  })
  for (const row of rows) table.push([...row])
  return table.toString()
}

/** Lines of a name and what belongs to it, aligned. */
export function labelled(lines: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(0, ...lines.map(([label]) => label.length))
  return lines.map(([label, text]) => `  ${label.padEnd(width)}  ${text}\n`).join('')
}

/** What people read, or one JSON object; nothing with `--quiet`. */
export function print(
  flags: { readonly json?: boolean; readonly quiet?: boolean },
  object: object,
  text: () => string,
): void {
  if (flags.json === true) process.stdout.write(`${JSON.stringify(object)}\n`)
  else if (flags.quiet !== true) process.stdout.write(text())
}

/** The verdict in green or red. */
export function verdict(passed: boolean, text: string): string {
  return `${styleText(passed ? 'green' : 'red', passed ? 'passed' : 'found')}: ${text}\n`
}
