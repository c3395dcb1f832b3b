import { isInputError } from '@onetape/core'
import { CommanderError } from 'commander'

/**
 * Says on stderr what went wrong, as one message; with `--json` also on stdout, as one object. Stacks only with
 * `--trace`.
 *
 * @returns the exit code: 1 wrong input or a failure while running, 2 wrong flags
 */
export function reportFailure(error: unknown, args: readonly string[]): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0
  const usage = error instanceof CommanderError || (isInputError(error) && error.code.startsWith('usage.'))
  const code = error instanceof CommanderError ? 'usage' : codeOf(error)
  const message = (error instanceof Error ? error.message : String(error)).replace(/^error: /, '')
  process.stderr.write(`error: ${message}\n`)
  if (args.includes('--trace')) process.stderr.write(`${traceOf(error)}\n`)
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`)
  return usage ? 2 : 1
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : 'internal'
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return (error.stack ?? '') + (error.cause === undefined ? '' : `\ncaused by ${traceOf(error.cause)}`)
}
