import { FIGURES, type FigureKey } from '@onetape/analytics'
import { type StressRow, stress } from '@onetape/backtest'
import { styleText } from 'node:util'
import { EXIT_FOUND, type StressFlags } from '../honesty-commands.ts'
import { figureText, fixed } from '../output/figure-text.ts'
import { plainTable, print, verdict } from '../output/honesty-table.ts'
import { counter, prepareRun } from '../run/prepared-run.ts'

const described = new Map(FIGURES.map((figure) => [figure.key, figure]))
const SHOWN = ['totalReturn', 'sharpe', 'maxDrawdown', 'trades'] as const satisfies readonly FigureKey[]

/** Shows how a result decays with costs and delays; exit code 3 when they turn a gain into a loss. */
export async function stressCommand(wanted: string, flags: StressFlags): Promise<void> {
  const { options, title, notices } = await prepareRun(wanted, flags)
  const result = stress(options, {
    ...(flags.costs === undefined ? {} : { costs: flags.costs }),
    ...(flags.delays === undefined ? {} : { delayBars: flags.delays }),
    ...counter('runs', flags.quiet === true || flags.json === true),
  })
  print(flags, { ...result, notices }, () => {
    const { base, rows, breaks } = result
    const gains = base.figures.totalReturn > 0
    return [
      `${styleText('bold', title)}\n`,
      breaks === undefined
        ? verdict(true, gains ? 'the gain survives.' : 'there is no gain that costs or delays could take away.')
        : verdict(false, `the gain is gone with ${conditions(breaks)}.`),
      `${plainTable(
        ['Costs', 'Delay', 'Final equity', 'Fees', ...SHOWN.map((key) => described.get(key)!.label), 'Change'],
        rows.map((row) => cells(row, row === base)),
      )}\n`,
      ...notices.map((each) => `Note: ${each}\n`),
    ].join('')
  })
  if (!result.passed) process.exitCode = EXIT_FOUND
}

function cells(row: StressRow, isBase: boolean): readonly string[] {
  const figures = SHOWN.map((key) => figureText(row.figures[key], described.get(key)!.unit))
  const change = isBase ? '' : figureText(row.change, 'fraction')
  return [`× ${row.costs}`, bars(row.delayBars), fixed(row.finalEquity, 2), fixed(row.totalFees, 2), ...figures, change]
}

function conditions({ costs, delayBars }: StressRow): string {
  return [costs === 1 ? '' : `costs × ${costs}`, delayBars === 0 ? '' : `${bars(delayBars)} of delay`]
    .filter((each) => each !== '')
    .join(' and ')
}

function bars(count: number): string {
  return count === 0 ? 'none' : count === 1 ? '1 bar' : `${count} bars`
}
