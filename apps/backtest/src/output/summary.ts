import { FIGURES, type FigureKey } from '@onetape/analytics'
import type { BacktestResult } from '@onetape/backtest'
import { calendar } from '@onetape/calendar'
import Table from 'cli-table3'
import { styleText } from 'node:util'
import { figureText, fixed } from './figure-text.ts'

/** What the table shows, line by line: account and risk on the left, trades and comparison on the right. */
const LINES: readonly (readonly [FigureKey, FigureKey])[] = [
  ['finalNav', 'trades'],
  ['totalReturn', 'winRate'],
  ['cagr', 'profitFactor'],
  ['volatility', 'expectancy'],
  ['sharpe', 'averageHolding'],
  ['sortino', 'timeInMarket'],
  ['maxDrawdown', 'fees'],
  ['longestDrawdownDays', 'benchmarkReturn'],
]

const described = new Map(FIGURES.map((figure) => [figure.key, figure]))

/** The figures that matter most as a table for a terminal, then what the reader has to know. */
export function summary(result: BacktestResult, notices: readonly string[], ms: number): string {
  const coloured = styleText('grey', '|') !== '|' // false in a pipe and under NO_COLOR
  const table = new Table({
    style: { head: [], border: coloured ? ['grey'] : [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: ['left', 'right', 'left', 'right'],
  })
  for (const keys of LINES)
    table.push(
      keys.flatMap((key) => [described.get(key)!.label, figureText(result.figures[key], described.get(key)!.unit)]),
    )
  const events = result.ticks.length > 0 ? 'events' : 'bars'
  const speed = `${fixed(result.counts.bars, 0)} ${events} in ${fixed(ms, ms < 10 ? 1 : 0)} ms, ${rateText(result.counts.bars / ms)} ${events}/s`
  const lines = [
    styleText('bold', heading(result)),
    table.toString(),
    ...result.openPositions.map(
      ({ symbol, side, quantity, averageCost, mark, unrealized }) =>
        `Still open: ${symbol} ${side} ${quantity} at ${fixed(averageCost, 2)}, now ${fixed(mark, 2)}: ${fixed(unrealized, 2)} USD`,
    ),
    ...notices.map((notice) => `Note: ${notice}`),
    styleText('dim', `${speed}, tape ${result.tapeHash}`),
  ]
  return `${lines.join('\n')}\n`
}

/** @param perMs events a millisecond */
function rateText(perMs: number): string {
  return perMs < 1000 ? fixed(Math.round(perMs) * 1000, 0) : `${fixed(perMs / 1000, 1)} M`
}

function heading({ strategies, symbols, data, from, to }: BacktestResult): string {
  const named = symbols.length > 5 ? `${symbols.length} symbols` : symbols.join(', ')
  const intervals = [...new Set(data.map(({ interval }) => interval))].join(' and ')
  const hours = calendar(data[0]!.instrument.calendar)
  const dayOf = (time: number): string => hours.dateOf(time - 1) // what ends at midnight belongs to the day before
  const ids = strategies.map(({ id, params }) => {
    const values = Object.entries(params).map(([name, value]) => `${name}=${value}`)
    return values.length === 0 ? id : `${id} (${values.join(', ')})`
  })
  return `${ids.join(', ')} on ${named}, ${intervals}, ${dayOf(from)} to ${dayOf(to)}`
}
