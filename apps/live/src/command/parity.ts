import { builtInParity } from '../parity/examples.ts'
import type { ParityRow } from '../parity/parity-run.ts'
import { userFolder } from '@onetape/strategies'
import { resolve } from 'node:path'

/** What a row must hold to prove anything. */
const LEAST = { sessions: 5, orders: 20, fills: 10, partialFills: 1, cancels: 1 } as const

/** Prints one row per example strategy; exit code 1 when one differs or proves too little. */
export async function parityCommand(flags: {
  readonly data?: string
  readonly strategies?: string
  readonly json?: boolean
}): Promise<void> {
  const base = userFolder()
  const rows: (ParityRow & { readonly tooLittle: readonly string[] })[] = []
  const only = flags.strategies?.split(',').map((name) => name.trim())
  for await (const row of builtInParity(flags.data === undefined ? undefined : resolve(base, flags.data), only)) {
    rows.push({ ...row, tooLittle: tooLittle(row) })
    if (flags.json !== true) process.stdout.write(`${text(rows.at(-1)!)}\n`)
  }
  if (flags.json === true) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  if (rows.some((row) => !row.identical || row.tooLittle.length > 0)) process.exitCode = 1
}

function tooLittle(row: ParityRow): readonly string[] {
  return Object.entries(LEAST).flatMap(([name, least]) =>
    row[name as keyof typeof LEAST] >= least ? [] : [`${name} ${row[name as keyof typeof LEAST]} < ${least}`],
  )
}

function text(row: ParityRow & { readonly tooLittle: readonly string[] }): string {
  const { strategy, sessions, orders, fills, partialFills, cancels, denials, identical, firstDifference, seconds } = row
  const verdict = identical ? 'identical' : `DIFFERENT: ${firstDifference}`
  const little = row.tooLittle.length === 0 ? '' : ` (proves too little: ${row.tooLittle.join(', ')})`
  return `${strategy.padEnd(20)} ${sessions} sessions, ${orders} orders, ${fills} fills, ${partialFills} partial, ${cancels} cancelled, ${denials} denied, ${seconds} s: ${verdict}${little}`
}
