import { type BarInterval, type BarSeries, type EpochMs, InputError, isInputError } from '@onetape/core'
import { type FaultScript, type Gateway, readFaultScript, startGateway } from '@onetape/ibkr-simulator'
import { FileDataFeed } from '@onetape/market-data'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** When the seeded market of the embedded gateway begins: Wednesday 2026-09-16, 10:00 in New York. */
export const EMBEDDED_START: EpochMs = Date.UTC(2026, 8, 16, 14)

export interface SimulatorSettings {
  readonly port?: number | undefined
  readonly host?: string | undefined
  readonly speed: number
  readonly seed: number
  readonly data?: string | undefined
  readonly faults?: string | undefined
  readonly symbols?: readonly string[] | undefined
  readonly stateFile?: string | undefined
  readonly start?: EpochMs | undefined
  readonly paced?: boolean | undefined
  readonly accounts?: readonly { readonly id: string; readonly cash: number }[] | undefined
  readonly serverVersion?: number | undefined
  readonly masterClientId?: number | undefined
}

/**
 * Starts a gateway on recorded bars or on the seeded market.
 * @param base folder that relative paths start from
 * @throws {InputError} for data or a fault script that cannot be read
 */
export async function startSimulator(settings: SimulatorSettings, base: string): Promise<Gateway> {
  const { data, faults, symbols, ...rest } = settings
  const series = data === undefined ? undefined : await recordedBars(resolve(base, data), symbols)
  return await startGateway({
    ...rest,
    ...(series === undefined ? { symbols } : { series }),
    faults: faults === undefined ? undefined : faultsOf(resolve(base, faults)),
  })
}

const INTERVALS: readonly BarInterval[] = ['1m', '5s', '5m', '15m', '1h']

/** The shortest bars below a day of each symbol in a folder. */
export async function recordedBars(folder: string, symbols?: readonly string[]): Promise<readonly BarSeries[]> {
  if (!existsSync(folder))
    throw new InputError('data.missing', `There is no file or folder "${folder}".`, { place: '--data' })
  const feed = new FileDataFeed({ folder, aggregate: false })
  const series: BarSeries[] = []
  for (const symbol of symbols ?? feed.symbols) series.push(await shortest(feed, symbol))
  return series
}

async function shortest(feed: FileDataFeed, symbol: string): Promise<BarSeries> {
  let last: unknown
  for (const interval of INTERVALS)
    try {
      return await feed.getHistoricalData({ symbol, interval })
    } catch (error) {
      if (!isInputError(error)) throw error
      last = error
    }
  throw last
}

function faultsOf(path: string): FaultScript {
  if (!existsSync(path)) throw new InputError('data.missing', `There is no file "${path}".`, { place: '--faults' })
  return readFaultScript(readFileSync(path, 'utf8'), path)
}
