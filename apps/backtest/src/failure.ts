import { type StrategyError, isInputError } from '@onetape/core'
import { CommanderError } from 'commander'
import { styleText } from 'node:util'
import { asFlags, flagOf } from './flag/as-flags.ts'
import { placeOf, shown, userFolder } from '@onetape/strategies'

const EXIT_INPUT = 1
const EXIT_USAGE = 2

/** What goes to the user about an error, and the exit code. */
interface Failure {
  readonly code: string
  readonly message: string
  readonly place?: string | undefined
  readonly exitCode: number
}

/**
 * Says on stderr what went wrong, as one message; with `--json` also on stdout, as one object. Stacks only with
 * `--trace`.
 *
 * @returns the exit code
 */
export function reportFailure(error: unknown, args: readonly string[]): number {
  const failure = describe(error)
  if (failure.exitCode === 0) return 0
  process.stderr.write(`${styleText('red', 'error', { stream: process.stderr })}: ${failure.message}\n`)
  if (args.includes('--trace')) process.stderr.write(`${trace(error)}\n`)
  if (args.includes('--json')) {
    const { code, message, place } = failure
    process.stdout.write(`${JSON.stringify({ error: { code, message, place } })}\n`)
  }
  return failure.exitCode
}

function describe(error: unknown): Failure {
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '').replace(/\n/g, ' ')
    return { code: 'usage', message, exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE }
  }
  if (isInputError(error)) {
    // The library names its option; here only a flag can have set it.
    const isOption = error.code.startsWith('option.') && error.place !== undefined
    const place = isOption ? flagOf(error.place) : error.place
    const message = isOption ? error.message.replace(error.place, flagOf(error.place)) : asFlags(error.message)
    const exitCode = isOption || error.code.startsWith('usage.') ? EXIT_USAGE : EXIT_INPUT
    return { code: error.code, message, place, exitCode }
  }
  if (isStrategyError(error)) {
    const base = userFolder()
    const place = placeOf(error.cause, (path) => shown(path, base))
    const cause = isInputError(error.cause) ? error.cause.code : error.code
    return {
      code: cause,
      message: place === undefined ? error.message : `${place}: ${error.message}`,
      place,
      exitCode: EXIT_INPUT,
    }
  }
  const { code, syscall } = error as NodeJS.ErrnoException
  const message = error instanceof Error ? error.message : String(error)
  if (code !== undefined && syscall !== undefined) return { code, message, exitCode: EXIT_INPUT }
  return {
    code: code ?? 'internal',
    message: `${message}. This is a fault of Onetape, not of your input: run it again with --trace and report the output.`,
    exitCode: EXIT_INPUT,
  }
}

function isStrategyError(error: unknown): error is StrategyError {
  return error instanceof Error && error.name === 'StrategyError'
}

function trace(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return (error.stack ?? '') + (error.cause === undefined ? '' : `\ncaused by ${trace(error.cause)}`)
}
