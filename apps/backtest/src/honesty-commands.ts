import type { Command } from 'commander'
import { flagError } from './flag/flag-error.ts'
import { type NumberRange, numberFlag } from './flag/number.ts'
import type { RunFlags } from './run-flags.ts'

/** A problem was found: the input was right, and the answer is bad news. */
export const EXIT_FOUND = 3

export interface LookaheadFlags extends RunFlags {
  readonly points?: number
  readonly changeSeed?: number
}

export interface WarmupFlags extends RunFlags {
  readonly shifts?: readonly number[]
  readonly tolerance?: number
}

export interface StressFlags extends RunFlags {
  readonly costs?: readonly number[]
  readonly delays?: readonly number[]
}

export interface CompareFlags {
  readonly tolerance?: number
  readonly json?: boolean
  readonly quiet?: boolean
}

/**
 * The commands that test a result's honesty.
 *
 * @param runFlags adds the flags that say what is run
 * @param outputFlags adds `--json`, `--quiet`, `--trace`
 */
export function honestyCommands(
  program: Command,
  runFlags: (command: Command) => Command,
  outputFlags: (command: Command) => Command,
): void {
  const strategyCommand = (name: string, description: string): Command =>
    program
      .command(name)
      .argument('<strategy>', 'a .ts or .js file, or the name of a built-in strategy')
      .description(description)
      .optionsGroup('Check:')

  runFlags(
    strategyCommand('lookahead', 'Changes the future and looks for decisions that change with it.')
      .option(
        '--points <n>',
        'moments after which the future is changed (30, up to 250 in short runs)',
        one('--points', { min: 1, whole: true }),
      )
      .option('--change-seed <n>', 'seed of the changes (1)', one('--change-seed', { min: 0, whole: true })),
  ).action(async (strategy: string, flags: LookaheadFlags) => {
    const { lookaheadCommand } = await import('./command/lookahead.ts')
    await lookaheadCommand(strategy, flags)
  })

  runFlags(
    strategyCommand('warmup', 'Varies the history before the start and reports what moves.')
      .option(
        '--shifts <bars>',
        'bars of history more or less (-20,-5,5,20,100,500)',
        list('--shifts', { min: -1e6, max: 1e6, whole: true }),
      )
      .option('--tolerance <part>', 'part by which a figure may move (0.01)', one('--tolerance', { min: 0 })),
  ).action(async (strategy: string, flags: WarmupFlags) => {
    const { warmupCommand } = await import('./command/warmup.ts')
    await warmupCommand(strategy, flags)
  })

  runFlags(
    strategyCommand('stress', 'Runs with multiplied costs and late orders and shows the decay.')
      .option('--costs <multiples>', 'multiples of fees and slippage (0,1,2,4)', list('--costs', { min: 0, max: 1000 }))
      .option(
        '--delays <bars>',
        'bars that orders come later (0,1)',
        list('--delays', { min: 0, max: 1000, whole: true }),
      ),
  ).action(async (strategy: string, flags: StressFlags) => {
    const { stressCommand } = await import('./command/stress.ts')
    await stressCommand(strategy, flags)
  })

  outputFlags(
    program
      .command('compare')
      .argument('<a>', 'result folder or result.json of a run')
      .argument('<b>', 'that of another')
      .description('Shows where two runs part, and by which causes their final equity differs.')
      .option('--tolerance <part>', 'numbers that are nearer are the same (1e-9)', one('--tolerance', { min: 0 })),
  ).action(async (a: string, b: string, flags: CompareFlags) => {
    const { compareCommand } = await import('./command/compare.ts')
    await compareCommand(a, b, flags)
  })
}

function one(flag: string, range: NumberRange): (text: string) => number {
  return (text) => numberFlag(flag, text, range)
}

function list(flag: string, range: NumberRange): (text: string) => readonly number[] {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim())
    if (parts.includes('')) throw flagError(flag, 'numbers separated by commas', text)
    return parts.map((part) => numberFlag(flag, part, range))
  }
}
