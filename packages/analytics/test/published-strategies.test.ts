import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import {
  maxDrawdown,
  mean,
  navAtSessionCloses,
  navFromReturns,
  returnsFromNav,
  sharpeRatio,
  standardDeviation,
  summarize,
} from '../src/index.ts'

/** The folder of market data beside the repository, which is not part of it. */
function sharedData(): string {
  const given = process.env['ONETAPE_SHARED']
  if (given !== undefined) return join(given, 'data')
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'pnpm-workspace.yaml'))) folder = dirname(folder)
  return join(folder, '../shared/data')
}
const folder = join(sharedData(), 'reference/pyalgotrade')
const absent = !existsSync(folder)
if (absent) console.log(`Skipped: the published figures of PyAlgoTrade, since there is no ${folder}.`)

/** Rows of a CSV file with a header, by date. */
function rows(file: string): readonly Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/)
  const names = header.split(',')
  return lines
    .map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])))
    .toSorted((a, b) => ((a['Date'] ?? '') < (b['Date'] ?? '') ? -1 : 1))
}

test.skipIf(absent)(
  'E. Chan, "Quantitative Trading" (2009): buy and hold of IGE, Sharpe ratio 0.7893 at 4 % risk-free',
  () => {
    const prices = rows('sharpe-ratio-test-ige.csv')
      .filter(({ Date: date = '' }) => date >= '2001-11-26' && date <= '2007-11-14')
      .map((row) => Number(row['Adj Close']))
    const returns = returnsFromNav(prices)
    expect(sharpeRatio(returns, { riskFree: 0.04 })).toBeCloseTo(0.7893, 4)
    // PyAlgoTrade counts the first bar too, with a return of 0
    expect(sharpeRatio([0, ...returns], { riskFree: 0.04 })).toBeCloseTo(0.7889, 4)
  },
)

test.skipIf(absent)('PyAlgoTrade, samples/compinv-1: four stocks bought at the first close of 2011 and held', () => {
  const holdings = { IBM: 1996, AES: 22_565, AIG: 5445, ORCL: 8582 }
  const byDay = new Map<string, number>()
  for (const [symbol, shares] of Object.entries(holdings))
    for (const row of rows(`WIKI-${symbol}-2011-quandl.csv`))
      byDay.set(row['Date']!, (byDay.get(row['Date']!) ?? 0) + shares * Number(row['Adj. Close']))
  const days = [...byDay.keys()]
  const value = [...byDay.values()]
  const equity = value.map((held) => 1_000_000 - value[0]! + held)
  const sessions = days.map((date) => ({
    date,
    open: Date.parse(`${date}T14:30Z`),
    close: Date.parse(`${date}T21:00Z`),
  }))
  const { time, nav } = navAtSessionCloses(
    sessions.map(({ close }) => close),
    equity,
    sessions,
    1_000_000,
  )
  const figures = summarize({ navTime: time, nav, trades: [] })
  expect(figures.sessions).toBe(252)
  expect(figures.finalNav).toBeCloseTo(876_350.83, 2)
  expect(figures.totalReturn).toBeCloseTo(-0.1236, 4)
  expect(figures.sharpe).toBeCloseTo(-0.33, 2)
  const returns = returnsFromNav(nav)
  expect(mean(returns)).toBeCloseTo(-0.0004, 4)
  expect(standardDeviation(returns)).toBeCloseTo(0.0176, 4)
  expect(figures.maxDrawdown).toBeCloseTo(maxDrawdown(navFromReturns(returns)), 12)
})
