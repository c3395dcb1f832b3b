import { calendar } from '@onetape/calendar'
import {
  type BarInterval,
  type BarSeries,
  type EpochMs,
  InputError,
  formatDay,
  formatInstant,
  intervalMs,
  parseDay,
} from '@onetape/core'
import { type HistoryProgress, type Ibkr, isIbkrError, openIbkr } from '@onetape/ibkr'
import { writeBars } from '@onetape/market-data'
import { userFolder } from '@onetape/strategies'
import { relative, resolve } from 'node:path'
import { type Span, joined, missingSpans, storedBars } from './data-store.ts'

export interface DataFlags {
  readonly symbols?: readonly string[]
  readonly interval?: BarInterval
  readonly start?: EpochMs | string
  readonly end?: EpochMs | string
  readonly out?: string
  readonly host?: string
  readonly port?: number
  readonly clientId?: number
  readonly json?: boolean
  readonly quiet?: boolean
}

/** What became of one symbol. */
interface Downloaded {
  readonly symbol: string
  readonly interval: BarInterval
  readonly file: string | undefined
  readonly bars: number
  /** Of them not there before. */
  readonly fresh: number
}

const CONNECT_MS = 15_000
/** Bars between two writes: little is lost when somebody interrupts. */
const PART_BARS = 10_000
/** Trading hours are about a fifth of the week. */
const HOURS_OF_WEEK = (24 * 7) / (6.5 * 5)

/**
 * Fetches bars from a TWS or Gateway into a folder that `--data` reads. What is there already is not fetched again.
 * @throws {InputError} `usage.flag`, `data.*`, `ibkr.*`
 */
export async function dataDownloadCommand(flags: DataFlags): Promise<void> {
  const { symbols, start, out, interval = '1d' } = flags
  if (symbols === undefined) throw missing('--symbols', 'AAPL,MSFT')
  if (start === undefined) throw missing('--start', '2024-01-02')
  if (out === undefined) throw missing('--out', 'prices')
  const folder = resolve(userFolder(), out)
  const progress = new DownloadProgress(flags)
  const { host = '127.0.0.1', port = 4002, clientId = 71 } = flags
  const link = openIbkr({ host, port, clientId, feed: { onProgress: (each) => progress.show(each) } })
  // The session's own timers let a process end.
  const alive = setInterval(() => undefined, 3_600_000)
  try {
    await connected(link, `${host}:${port}`, clientId)
    const done: Downloaded[] = []
    for (const symbol of symbols)
      done.push(await download(link, symbol, { folder, interval, start, end: flags.end }, progress))
    if (flags.json === true) process.stdout.write(`${JSON.stringify({ folder, symbols: done }, null, 2)}\n`)
    else if (flags.quiet !== true) {
      for (const each of done) process.stdout.write(`${summary(each)}\n`)
      process.stdout.write(`Run with them: --data ${relative(userFolder(), folder) || '.'}\n`)
    }
  } catch (error) {
    throw explained(error)
  } finally {
    progress.clear()
    clearInterval(alive)
    await link.session.stop()
  }
}

function missing(flag: string, example: string): InputError {
  return new InputError('usage.flag', `Expected a value like ${example}, found none.`, { place: flag })
}

/** Online, or why not: the first attempt decides, since somebody is waiting. */
async function connected({ session }: Ibkr, place: string, clientId: number): Promise<void> {
  const refused = new Promise<never>((_, reject) => {
    session.states.subscribe((state) => {
      if (state.kind !== 'waiting' && state.kind !== 'failed') return
      const found = `Expected TWS or Gateway at ${place} to let client ${clientId} in, found: ${state.reason}.`
      const hint = /client id/i.test(state.reason)
        ? 'Another program uses this client id: give another --client-id.'
        : `Start it, switch its API on, and give its port with --port: TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live.`
      reject(new InputError('ibkr.link', found, { hint }))
    })
  })
  refused.catch(() => undefined) // later states are of no interest
  session.start()
  await Promise.race([session.online(CONNECT_MS), refused])
}

interface Wanted {
  readonly folder: string
  readonly interval: BarInterval
  readonly start: EpochMs | string
  readonly end: EpochMs | string | undefined
}

async function download(
  { session, feed }: Ibkr,
  symbol: string,
  { folder, interval, start, end }: Wanted,
  progress: DownloadProgress,
): Promise<Downloaded> {
  const instrument = await feed.getTickerInfo(symbol)
  const now = session.now()
  const wanted: Span = {
    from: moment(start, instrument.calendar, 0),
    to: end === undefined ? now : Math.min(now, moment(end, instrument.calendar, 1)),
  }
  if (!(wanted.from < wanted.to))
    throw new InputError(
      'usage.flag',
      `Expected a start before the end and before now (${formatInstant(now)}), found ${formatInstant(wanted.from)} and ${formatInstant(wanted.to)}.`,
      { place: '--start' },
    )
  let stored = storedBars(folder, symbol, interval)
  const before = stored?.length ?? 0
  const spans = missingSpans(wanted, stored, partMs(interval))
  let file: string | undefined
  for (const [k, span] of spans.entries()) {
    progress.part(k, spans.length)
    const fetched = await feed.getHistoricalData({ symbol, interval, ...span })
    if (session.state.kind !== 'online' || fetched.source.includes('stale'))
      throw new InputError('ibkr.link', `Expected a connection for the history of ${symbol}, found it lost.`, {
        hint: 'What has come so far is stored: run the same command again.',
      })
    if (fetched.length === 0) continue
    stored = joined(stored, fetched, folder)
    file = writeBars(folder, stored)
  }
  progress.clear()
  const bars = within(stored, wanted)
  if (bars === 0)
    throw new InputError('data.range_empty', `There is no bar of ${symbol} from ${shown(wanted)}.`, {
      hint: 'Its data may begin later, or it is not traded in these hours.',
    })
  return {
    symbol,
    interval,
    file: file === undefined ? undefined : relative(userFolder(), file),
    bars,
    fresh: (stored?.length ?? 0) - before,
  }
}

function within(series: BarSeries | undefined, { from, to }: Span): number {
  return series === undefined ? 0 : series.columns.time.filter((time) => time >= from && time < to).length
}

/** The longest stretch that is fetched before it is written. */
function partMs(interval: BarInterval): number {
  return Math.ceil(PART_BARS * intervalMs(interval) * HOURS_OF_WEEK)
}

/** A date is that of the exchange. */
function moment(bound: EpochMs | string, name: Parameters<typeof calendar>[0], daysOn: number): EpochMs {
  if (typeof bound === 'number') return bound
  return calendar(name).toUtc(formatDay(parseDay(bound) + daysOn), '00:00')
}

function shown({ from, to }: Span): string {
  return `${formatInstant(from)} to ${formatInstant(to)}`
}

function summary({ symbol, interval, file, bars, fresh }: Downloaded): string {
  const what = `${symbol} ${interval}: ${bars} bars`
  return file === undefined ? `${what}, all there already` : `${what}, ${fresh} of them new, in ${file}`
}

/** What the broker said is an answer, no fault of ours. */
function explained(error: unknown): unknown {
  if (!isIbkrError(error)) return error
  const hint =
    error.code === 'ibkr.200'
      ? 'Correct the symbol in --symbols: US stocks go by their ticker.'
      : error.handling === 'retry'
        ? 'What has come so far is stored: run the same command again.'
        : undefined
  return new InputError(error.code, error.message, { ...(hint === undefined ? {} : { hint }), cause: error })
}

/** One line on stderr that is written over, when that is a terminal. */
class DownloadProgress {
  readonly #shown: boolean
  #part = 0
  #parts = 1

  constructor({ quiet, json }: DataFlags) {
    this.#shown = quiet !== true && json !== true && process.stderr.isTTY
  }

  part(k: number, of: number): void {
    this.#part = k
    this.#parts = of
  }

  show({ symbol, interval, from, to, reached, rows }: HistoryProgress): void {
    if (!this.#shown) return
    const inPart = Math.min(1, Math.max(0, (to - reached) / (to - from)))
    const percent = Math.floor((100 * (this.#part + inPart)) / this.#parts)
    process.stderr.write(`\r\u001B[K${symbol} ${interval}: ${percent} %, ${rows} bars of this part`)
  }

  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001B[K')
  }
}
