import { loadStrategy } from '@onetape/strategies'
import { calendar } from '@onetape/calendar'
import { type BarSeries, InputError } from '@onetape/core'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { recordedBars } from '../link/embedded-gateway.ts'
import { type ParityRow, parityRun } from './parity-run.ts'

interface Example {
  readonly strategy: string
  readonly params: Readonly<Record<string, unknown>>
  readonly symbols: readonly string[]
  /** Large enough that orders meet the limit of the bars' volume, so that there are partial fills. */
  readonly cash: number
}

const EXAMPLES: readonly Example[] = [
  { strategy: 'sma-cross', params: { fast: 5, slow: 15 }, symbols: ['AAPL'], cash: 20_000_000 },
  { strategy: 'rsi-mean-reversion', params: { period: 10, stop: 0.5 }, symbols: ['AAPL', 'MSFT'], cash: 20_000_000 },
  {
    strategy: 'momentum-rotation',
    params: { lookback: 30, top: 2, rebalanceMinutes: 30, invested: 0.5 },
    symbols: ['AAPL', 'MSFT', 'AMZN', 'NVDA'],
    cash: 200_000_000,
  },
  { strategy: 'pairs-trading', params: { window: 30, leg: 0.25 }, symbols: ['QQQ', 'SPY'], cash: 20_000_000 },
]

/** Sessions of a run; those before them warm up. */
const SESSIONS = 5

/**
 * Each example on recorded minute bars, in turn.
 * @param folder of CSV files, one per symbol
 * @throws {InputError} `data.missing`
 */
export async function* builtInParity(
  folder: string | undefined,
  only: readonly string[] | undefined,
): AsyncGenerator<ParityRow> {
  const data = folder ?? recordedFolder()
  if (data === undefined)
    throw new InputError('data.missing', 'Expected a folder of recorded minute bars, found none.', {
      hint: 'Name one with --data: CSV files of minute bars, one per symbol, six sessions at least.',
    })
  for (const example of EXAMPLES) {
    if (only !== undefined && !only.includes(example.strategy)) continue
    const series = await recordedBars(data, example.symbols)
    const { strategy } = await loadStrategy(example.strategy, data)
    yield await parityRun({ ...example, ...windowOf(series), strategy, series })
  }
}

/** Minute bars beside the repository, where the tests look for them, too. */
export function recordedFolder(): string | undefined {
  const { ONETAPE_SHARED: named } = process.env
  for (let folder = import.meta.dirname; folder !== join(folder, '..'); folder = join(folder, '..')) {
    if (!existsSync(join(folder, 'pnpm-workspace.yaml'))) continue
    const found = join(named ?? join(folder, '..', 'shared'), 'data', 'us_minute_2026', '1m')
    return existsSync(found) ? found : undefined
  }
  return undefined
}

/** From the second session on, {@link SESSIONS} of them. */
function windowOf(series: readonly BarSeries[]): { readonly from: number; readonly to: number } {
  const exchange = calendar('XNYS')
  const begin = Math.max(...series.map((s) => s.columns.time[0]!))
  const end = Math.min(...series.map((s) => s.columns.end[s.length - 1]!))
  const sessions = exchange.sessions(begin, end)
  const used = sessions.slice(1, 1 + SESSIONS)
  if (used.length < SESSIONS)
    throw new InputError('data.short', `Expected ${SESSIONS + 1} sessions of bars, found ${sessions.length}.`)
  return { from: used[0]!.open, to: used.at(-1)!.close }
}
