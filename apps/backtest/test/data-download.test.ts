import { calendar } from '@onetape/calendar'
import { type BarSeries, barSeries, instrument, seededRandom } from '@onetape/core'
import { openIbkr } from '@onetape/ibkr'
import { type Gateway, startGateway } from '@onetape/ibkr-simulator'
import { fileFeed, writeBars } from '@onetape/market-data'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Desk, MAIN, type Outcome } from './command-line.ts'

// The gateway lives in this process, so the command line must not block it.
const desk = new Desk()
const START = Date.UTC(2026, 8, 16, 16) // noon in New York
const requests: string[] = []
let gateway: Gateway
let onRequest = (): void => undefined
let fromGateway: readonly string[]

beforeAll(async () => {
  gateway = await startGateway({ series: [recorded('AAPL', 1), recorded('MSFT', 2)], start: START, paced: false })
  gateway.onEvent((event) => {
    if (event.kind !== 'request' || event.fields[0] !== '20') return // reqHistoricalData
    requests.push(event.fields.join(' '))
    onRequest()
  })
  fromGateway = ['data', 'download', '--from', 'ibkr', '--port', String(gateway.port)]
})

afterAll(async () => await gateway.close())

/** Every minute of the sessions of 3 August to 16 September 2026, made up. */
function recorded(symbol: string, seed: number): BarSeries {
  const random = seededRandom(seed)
  const time: number[] = []
  for (const { open, close } of calendar('XNYS').sessions(Date.UTC(2026, 7, 3), Date.UTC(2026, 8, 17)))
    for (let at = open; at < close; at += 60_000) time.push(at)
  let price = 200
  const close = time.map(() => (price = Math.round(price * (1 + (random.next() - 0.5) / 500) * 100) / 100))
  const open = [200, ...close.slice(0, -1)]
  const columns = {
    time: Float64Array.from(time),
    open: Float64Array.from(open),
    high: Float64Array.from(close, (each, i) => Math.max(each, open[i]!)),
    low: Float64Array.from(close, (each, i) => Math.min(each, open[i]!)),
    close: Float64Array.from(close),
    volume: Float64Array.from(close, () => 1000 + random.int(0, 1000)),
  }
  return barSeries({ instrument: instrument(symbol), interval: '1m', columns })
}

async function onetape(...args: readonly string[]): Promise<Outcome> {
  const { INIT_CWD: _, NODE_OPTIONS: __, ...env } = process.env
  const child = spawn(process.execPath, ['--conditions=@onetape/source', MAIN, ...args], {
    cwd: desk.folder,
    env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => (stdout += String(text)))
  child.stderr.on('data', (text) => (stderr += String(text)))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

/** Flags may stand together, with a blank between them. */
async function download(...args: readonly string[]): Promise<Outcome> {
  requests.length = 0
  return await onetape(...fromGateway, ...args.flatMap((each) => each.split(' ')))
}

async function stored(folder: string, symbol: string, interval: BarSeries['interval']): Promise<BarSeries> {
  return await fileFeed(join(desk.folder, folder)).getHistoricalData({ symbol, interval })
}

function half(column: Float64Array): Float64Array {
  return column.map((price) => price / 2)
}

describe('minute bars of two days', () => {
  test('are fetched, and a backtest reads them', async () => {
    const { status, stdout, stderr } = await download(
      '--symbols AAPL,MSFT --interval 1m --start 2026-09-10 --end 2026-09-11',
      '--out prices',
    )
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(readdirSync(join(desk.folder, 'prices')).toSorted()).toEqual(['AAPL_1m.csv.gz', 'MSFT_1m.csv.gz'])
    const bars = await stored('prices', 'AAPL', '1m')
    // Two sessions of 390 minutes, from 9:30 in New York.
    expect(bars.length).toBe(780)
    expect([bars.columns.time[0], bars.columns.end.at(-1)]).toEqual([
      Date.UTC(2026, 8, 10, 13, 30),
      Date.UTC(2026, 8, 11, 20),
    ])
    expect(stdout).toContain('AAPL 1m: 780 bars, 780 of them new, in prices/AAPL_1m.csv.gz')
    expect(stdout).toContain('--data prices')
    const run = await onetape('run', 'sma-cross', '--data', 'prices', '--symbols', 'AAPL', '--json')
    expect(run.stderr).toBe('')
    const result = JSON.parse(run.stdout) as { data: readonly { bars: number }[]; fills: readonly unknown[] }
    expect(result.data[0]!.bars).toBe(780)
    expect(result.fills.length).toBeGreaterThan(0)
  })

  test('that are there already are not asked for again', async () => {
    const path = join(desk.folder, 'prices/AAPL_1m.csv.gz')
    const { mtimeMs } = statSync(path)
    const { status, stdout } = await download(
      '--symbols AAPL --interval 1m --start 2026-09-10T13:30Z --end 2026-09-11T20:00Z',
      '--out prices',
    )
    expect(status).toBe(0)
    expect(stdout).toContain('AAPL 1m: 780 bars, all there already')
    expect(requests).toEqual([])
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
  })

  test('grow at both ends to the bars that one download gives', async () => {
    const longer = ['--symbols', 'AAPL', '--interval', '1m', '--start', '2026-09-09', '--end', '2026-09-14']
    const { stdout } = await download(...longer, '--out', 'prices', '--json')
    const { symbols } = JSON.parse(stdout) as { symbols: readonly { bars: number; fresh: number }[] }
    expect(symbols).toMatchObject([{ bars: 4 * 390, fresh: 2 * 390 }])
    await download(...longer, '--out', 'at-once')
    const [grown, whole] = [await stored('prices', 'AAPL', '1m'), await stored('at-once', 'AAPL', '1m')]
    expect(grown.columns).toEqual(whole.columns)
    expect(grown.prices).toBe('split-adjusted')
  })

  test('are not joined with prices of another scale', async () => {
    const bars = await stored('prices', 'MSFT', '1m')
    const { open, high, low, close } = bars.columns
    const split = { open: half(open), high: half(high), low: half(low), close: half(close) }
    writeBars(join(desk.folder, 'split'), { ...bars, columns: { ...bars.columns, ...split } })
    const { status, stderr } = await download(
      '--symbols MSFT --interval 1m --start 2026-09-10 --end 2026-09-14 --out split',
    )
    expect(status).toBe(1)
    expect(stderr).toMatch(/Expected the stored close .* of MSFT .* again, found .*After a split/)
    expect((await stored('split', 'MSFT', '1m')).columns.close).toEqual(half(close))
  })
})

test('daily bars come without an end, up to the last finished session', async () => {
  const { status, stderr } = await download('--symbols', 'AAPL', '--start', '2026-08-03', '--out', 'days')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const bars = await stored('days', 'AAPL', '1d')
  // The session of the 16th is not over at noon. 21 sessions in August, 10 in September, which has Labor Day.
  expect(bars.columns.end.at(-1)).toBe(Date.UTC(2026, 8, 15, 20))
  expect(bars.length).toBe(31)
})

test('what came before the link was lost is kept, and the same command goes on from there', async () => {
  const all = ['--symbols', 'AAPL', '--interval', '1m', '--start', '2026-08-03', '--end', '2026-09-15']
  onRequest = () => {
    if (existsSync(join(desk.folder, 'broken/AAPL_1m.csv.gz'))) gateway.fault({ kind: 'drop', how: 'rst' })
  }
  const lost = await download(...all, '--out', 'broken')
  onRequest = () => undefined
  expect(lost.status).toBe(1)
  expect(lost.stderr).toContain('run the same command again')
  expect(lost.stderr).not.toContain('fault of Onetape')
  const part = (await stored('broken', 'AAPL', '1m')).length
  expect(part).toBeGreaterThan(5000)
  expect(part).toBeLessThan(31 * 390)
  const again = await download(...all, '--out', 'broken')
  expect(again.stdout).toContain(`AAPL 1m: ${31 * 390} bars, ${31 * 390 - part} of them new`)
  expect(requests.length).toBeLessThan(5)
  await download(...all, '--out', 'unbroken')
  expect((await stored('broken', 'AAPL', '1m')).columns).toEqual((await stored('unbroken', 'AAPL', '1m')).columns)
})

describe('what cannot be', () => {
  const plain = ['--symbols', 'AAPL', '--start', '2026-09-10', '--out', 'never']

  test('nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    const { status, stderr } = await onetape('data', 'download', ...plain, '--port', String(port))
    expect(status).toBe(1)
    expect(stderr).toContain(`Expected TWS or Gateway at 127.0.0.1:${port} to let client 71 in, found: `)
    expect(stderr).toContain('TWS 7497 paper')
    expect(stderr).not.toContain('fault of Onetape')
  })

  test('something else listens there', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { status, stderr } = await onetape('data', 'download', ...plain, '--port', String(port))
    server.close()
    expect(status).toBe(1)
    expect(stderr).toContain(`Expected TWS or Gateway at 127.0.0.1:${port}`)
    expect(stderr).not.toContain('fault of Onetape')
  })

  test('the client id is taken', async () => {
    const { session } = openIbkr({ port: gateway.port, clientId: 72 })
    session.start()
    await session.online()
    const { status, stderr } = await download(...plain, '--client-id', '72')
    await session.stop()
    expect(status).toBe(1)
    expect(stderr).toContain('give another --client-id')
  })

  test('nobody knows the symbol', async () => {
    const { status, stdout } = await download('--symbols', 'NOSUCH', ...plain.slice(2), '--json')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ibkr.200' } })
  })

  test.each([
    ['the end is before the start', ['--end', '2026-09-01'], 'Expected a start before the end'],
    ['the start lies ahead', ['--start', '2027-01-04'], 'Expected a start before the end'],
    ['two intervals', ['--interval', '1m,5m'], 'Expected one length like 1m or 1d'],
    ['a port of its own kind', ['--port', '70000'], 'Expected a whole number from 1 to 65535'],
    ['another source', ['--from', 'yahoo'], 'Expected one of ibkr'],
  ])('%s', async (_, flags, message) => {
    const { status, stderr } = await download(...plain, ...flags)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
  })

  test.each(['--symbols', '--start', '--out'])('%s is left out', async (flag) => {
    const at = plain.indexOf(flag)
    const { status, stderr } = await download(...plain.toSpliced(at, 2))
    expect(status).toBe(2)
    expect(stderr).toContain(`${flag}: Expected a value like`)
  })
})
