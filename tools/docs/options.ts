import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspaces.ts'
import { runFlagNames } from './flags.ts'
import { table } from './table.ts'

/** Options whose flag has another name than the option. */
const OTHER_FLAGS: Readonly<Record<string, string>> = {
  params: '--param',
  fees: '--fee',
  latencyMs: '--latency',
  shortSelling: '--no-shorts',
}

/** For options whose name says all, so that the source has no comment. */
const PLAIN: Readonly<Record<string, string>> = {
  strategy: 'What `defineStrategy` gave, or a list of `{ strategy, params?, allocation?, id? }`.',
  shortSelling: 'Default true for a margin account, false for a cash account.',
}

/** Every option of a backtest with its type, its comment in the source, and the flag that sets it. */
export function optionTable(): string {
  const source = readFileSync(join(root, 'packages/backtest/src/options.ts'), 'utf8')
  const body = /export interface BacktestOptions\b.*?\{\n(.*?)\n\}/s.exec(source)?.[1]
  if (body === undefined)
    throw new Error('Expected "export interface BacktestOptions" in packages/backtest/src/options.ts.')
  const flags = runFlagNames()
  const rows: string[][] = []
  const field = /(?:\/\*\*(?<comment>(?:(?!\*\/).)*)\*\/\s*)?readonly (?<name>\w+)\??: (?<type>[^\n]+)/gs
  for (const match of body.matchAll(field)) {
    const { comment = '', name = '', type = '' } = match.groups!
    const flag = OTHER_FLAGS[name] ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    rows.push([
      `\`${name}\``,
      `\`${type}\``,
      plain(comment) || (PLAIN[name] ?? ''),
      flags.has(flag) ? `\`${flag}\`` : '',
    ])
  }
  return table(['option', 'type', 'meaning', 'flag'], rows)
}

/** The text of a doc comment. */
function plain(comment: string): string {
  return comment
    .replaceAll(/^\s*\*? ?/gm, ' ')
    .replaceAll(/\{@link ([^}]*)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
