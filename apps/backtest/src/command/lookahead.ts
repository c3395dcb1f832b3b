import { type LookaheadFinding, type LookaheadKind, lookahead } from '@onetape/backtest'
import { formatInstant } from '@onetape/core'
import { styleText } from 'node:util'
import { EXIT_FOUND, type LookaheadFlags } from '../honesty-commands.ts'
import { labelled, print, verdict } from '../output/honesty-table.ts'
import { counter, prepareRun } from '../run/prepared-run.ts'
import { watchImports } from './lookahead-imports.ts'

const KINDS: Readonly<Record<LookaheadKind, string>> = {
  'future-bar': 'it knows a bar that had not begun',
  'bar-in-hand': 'it knows the bar in hand before it ended',
  'other-instrument': "it knows another instrument's bar before it ended",
  'higher-timeframe': 'it knows a longer bar before it ended',
  'corporate-action': 'it knows a corporate action to come',
  'end-of-data': 'it knows where the data ends',
  'not-repeatable': 'two runs over the same data differ, so that nothing can be said',
}

/** Looks for decisions that hang on the future; exit code 3 when there is one, or when nothing can be said. */
export async function lookaheadCommand(wanted: string, flags: LookaheadFlags): Promise<void> {
  const imports = watchImports()
  const { options, title, notices } = await prepareRun(wanted, flags)
  imports.stop()
  const result = lookahead(options, {
    ...(flags.points === undefined ? {} : { points: flags.points }),
    ...(flags.changeSeed === undefined ? {} : { seed: flags.changeSeed }),
    ...counter('moments', flags.quiet === true || flags.json === true),
  })
  const readers = [...imports.readers]
  const cautions = [
    ...result.cautions,
    ...readers.map(
      (name) => `The strategy imports ${name}: what it reads by itself stays as it is, and cannot be judged.`,
    ),
  ]
  // As with a strategy that does not repeat itself: where nothing can be said nothing is vouched for.
  const passed = result.passed && readers.length === 0
  print(flags, { ...result, passed, cautions, notices }, () => {
    const { finding, points, runs, decisions } = result
    const lines = [styleText('bold', title), '\n']
    if (finding === undefined && !passed)
      lines.push(
        verdict(false, `the strategy reads by itself (${readers.join(', ')}), so that nothing can be said.`),
        labelled([['checked', `only what it is given: ${points} moments, ${runs} runs, ${decisions} decisions`]]),
      )
    else if (finding === undefined)
      lines.push(
        verdict(true, 'no decision hangs on the future.'),
        labelled([['checked', `${points} moments, ${runs} runs, ${decisions} decisions and their outcomes`]]),
      )
    else
      lines.push(
        verdict(false, `${finding.strategy} looks ahead: ${KINDS[finding.kind]}.`),
        labelled(explained(finding)),
      )
    return [...lines, ...[...cautions, ...notices].map((each) => `Note: ${each}\n`)].join('')
  })
  if (!passed) process.exitCode = EXIT_FOUND
}

function explained(finding: LookaheadFinding): readonly (readonly [string, string])[] {
  const { time, symbol, decision, instead, source, change } = finding
  const { handler } = (decision ?? instead)!
  const lines: (readonly [string, string])[] = [
    ['decision', `${formatInstant(time)}${symbol === undefined ? '' : `, ${symbol}`}, in ${handler}`],
    ['as it is', decision?.text ?? 'nothing'],
    [
      'otherwise',
      instead === undefined
        ? 'nothing'
        : instead.text + (instead.time === time ? '' : ` (at ${formatInstant(instead.time)})`),
    ],
  ]
  if (source !== undefined) {
    const { interval, start, knowable, columns } = source
    const when = start === knowable ? formatInstant(start) : `${formatInstant(start)} to ${formatInstant(knowable)}`
    lines.push([
      'hangs on',
      `${source.symbol} ${interval}, ${when}${columns.length === 0 ? '' : `: ${columns.join(', ')}`}`,
    ])
  }
  if (change !== undefined)
    lines.push(['found by', `changing ${change.scope} after ${formatInstant(change.after)} (${change.shape})`])
  return lines
}
