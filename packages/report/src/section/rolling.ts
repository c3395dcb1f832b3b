import type { ReportContext, Section } from '../report-context.ts'
import { markup } from '../html/markup.ts'
import { chartBox } from './equity.ts'

/** Sessions in a rolling window: half a year, less for short runs; none when there are too few returns to be worth a line. */
export function rollingWindow(returns: number, periodsPerYear: number): number | undefined {
  const half = Math.round(periodsPerYear / 2)
  const window = Math.min(half, Math.floor(returns / 3))
  return window >= 20 ? window : undefined
}

/** Sharpe ratio and volatility over a moving window. */
export function rolling({ sessions, periodsPerYear }: ReportContext): Section | undefined {
  const window = rollingWindow(sessions.nav.length - 1, periodsPerYear)
  if (window === undefined) return undefined
  return {
    id: 'rolling',
    title: 'Rolling Sharpe and volatility',
    short: 'Rolling',
    lead: `Over the last ${window} sessions, per year, risk-free rate 0.`,
    wide: true,
    body: markup`<div class="pair"><div><h3>Sharpe ratio</h3>${chartBox('rolling-sharpe', 200, 'Line chart of the rolling Sharpe ratio')}</div><div><h3>Volatility, percent a year</h3>${chartBox('rolling-volatility', 200, 'Line chart of the rolling volatility')}</div></div>`,
  }
}
