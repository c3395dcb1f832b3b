import { FIGURES, type FigureKey } from '@onetape/analytics'
import { type WarmupVariant, warmup } from '@onetape/backtest'
import { formatInstant } from '@onetape/core'
import { styleText } from 'node:util'
import { EXIT_FOUND, type WarmupFlags } from '../honesty-commands.ts'
import { figureText, fixed } from '../output/figure-text.ts'
import { labelled, plainTable, print, verdict } from '../output/honesty-table.ts'
import { counter, prepareRun } from '../run/prepared-run.ts'

const described = new Map(FIGURES.map((figure) => [figure.key, figure]))

const SHOWN = ['totalReturn', 'sharpe', 'maxDrawdown', 'trades'] as const satisfies readonly FigureKey[]

type Row = Pick<WarmupVariant, 'shift' | 'history' | 'finalEquity' | 'figures'>

/** Varies the history before the start; exit code 3 when a figure or a decision moves. */
export async function warmupCommand(wanted: string, flags: WarmupFlags): Promise<void> {
  const { options, title, notices } = await prepareRun(wanted, flags)
  const result = warmup(options, {
    ...(flags.shifts === undefined ? {} : { shifts: flags.shifts }),
    ...(flags.tolerance === undefined ? {} : { tolerance: flags.tolerance }),
    ...counter('runs', flags.quiet === true || flags.json === true),
  })
  print(flags, { ...result, notices }, () => {
    const { passed, start, declared, history, finalEquity, figures, variants, skipped, causes } = result
    const rows = [{ shift: 0, history, finalEquity, figures }, ...variants].toSorted((a, b) => a.history - b.history)
    const lines = [
      `${styleText('bold', title)}\n`,
      verdict(
        passed,
        passed
          ? 'history before the start makes no difference.'
          : 'results hang on how much history comes before the start.',
      ),
      `Trading from ${formatInstant(start)}; the indicators declare ${declared} bars.\n`,
      `${plainTable(
        ['Bars before', 'Final equity', ...SHOWN.map((key) => described.get(key)!.label)],
        rows.map(cells),
      )}\n`,
      ...variants.flatMap(moved),
      ...causes.map(
        ({ name, symbol, drift }) =>
          `${passed ? 'Note' : 'Likely cause'}: ${name} remembers more than it declares: up to ${(drift * 100).toPrecision(2)} % off on ${symbol}.\n`,
      ),
      passed || causes.length > 0
        ? ''
        : 'Likely cause: state that the strategy keeps by itself; no indicator differs.\n',
      ...(skipped.length === 0 ? [] : [`Note: too little data for ${skipped.join(', ')} bars more.\n`]),
      ...notices.map((each) => `Note: ${each}\n`),
    ]
    return lines.join('')
  })
  if (!result.passed) process.exitCode = EXIT_FOUND
}

function cells({ shift, history, finalEquity, figures }: Row): readonly string[] {
  const text = SHOWN.map((key) => figureText(figures[key], described.get(key)!.unit))
  return [`${history}${shift === 0 ? ' (base)' : ''}`, fixed(finalEquity, 2), ...text]
}

/** What moved in one variant. */
function moved({ shift, moved: figures, decision }: WarmupVariant): readonly string[] {
  if (figures.length === 0 && decision === undefined) return []
  const lines: (readonly [string, string])[] = figures.map(({ key, base, value }) => {
    const { label, unit } = described.get(key)!
    return [label, `${figureText(base, unit)} becomes ${figureText(value, unit)}`]
  })
  if (decision !== undefined) {
    const { expected, found } = decision
    const text = (side: typeof expected): string =>
      side === undefined ? 'nothing' : `${side.text} (${formatInstant(side.time)})`
    lines.push(['First decision', text(expected)], ['becomes', text(found)])
  }
  return [`With ${Math.abs(shift)} bars ${shift < 0 ? 'less' : 'more'}:\n`, labelled(lines)]
}
