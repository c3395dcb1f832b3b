import { loadStrategy } from '@onetape/strategies'
import { resolveParams } from '@onetape/core'
import { type Fault, type Gateway, startGateway } from '@onetape/ibkr-simulator'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { liveConfigSchema } from '../config/live-config.ts'
import { EMBEDDED_START } from '../link/embedded-gateway.ts'
import { type IbkrLink, openIbkrLink } from '../link/ibkr-link.ts'
import { noLog } from '../log/live-log.ts'
import { FileTape } from '../tape/file-tape.ts'
import { Trader } from '../trader/trader.ts'
import { quietView } from '../view/console-view.ts'

export interface ChaosReport {
  readonly seed: number
  readonly minutes: number
  readonly ok: boolean
  /** What did not hold; empty when all is well. */
  readonly violations: readonly string[]
  readonly faults: Readonly<Record<string, number>>
  readonly orders: number
  readonly executions: number
  readonly connections: number
  readonly heapMb: { readonly start: number; readonly end: number }
}

/** What may happen. Times are the gateway's, 60 of its seconds are one of ours. */
const FAULTS: readonly Fault[] = [
  { kind: 'drop', how: 'fin', refuseMs: 20_000 },
  { kind: 'drop', how: 'rst' },
  { kind: 'half-open' },
  { kind: 'mute-handshake', ms: 60_000 },
  { kind: 'stall-reads', ms: 60_000 },
  { kind: 'stall-writes', ms: 60_000 },
  { kind: 'broker-link', ms: 60_000, data: 'lost' },
  { kind: 'broker-link', ms: 60_000, data: 'maintained', repeatMs: 15_000 },
  { kind: 'farm', ms: 60_000 },
  { kind: 'id-roll-back', by: 50 },
  { kind: 'callbacks', what: 'duplicate', probability: 0.5, ms: 120_000 },
  { kind: 'callbacks', what: 'late', probability: 0.3, ms: 60_000 },
  { kind: 'callbacks', what: 'reorder', probability: 0.3, ms: 60_000 },
  { kind: 'callbacks', what: 'lose', of: ['orderStatus', 'openOrder'], probability: 0.2, count: 3 },
  { kind: 'callbacks', what: 'lose', of: ['execution'], count: 1 },
  { kind: 'reject', on: 'place', code: 201, count: 1 },
  { kind: 'partial-fills', shares: 50 },
  { kind: 'partial-fills', shares: 0 },
  { kind: 'slow-cancels', ms: 60_000 },
  { kind: 'restart', ms: 60_000 },
]

const SPEED = 60
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA']

/** Trades on the simulator while faults drawn from the seed hit it, and checks what must hold. */
export async function chaosRun(minutes: number, seed: number): Promise<ChaosReport> {
  const folder = mkdtempSync(join(tmpdir(), 'onetape-chaos-'))
  const faults: Record<string, number> = {}
  let connections = 0
  const unhandled: string[] = []
  const onUnhandled = (error: unknown): void => void unhandled.push(String(error))
  process.on('unhandledRejection', onUnhandled)
  const gateway = await startGateway({
    speed: SPEED,
    seed,
    symbols: SYMBOLS,
    start: EMBEDDED_START,
    faults: { random: { perMinute: 0.4, of: FAULTS } },
  })
  gateway.onEvent((event) => {
    if (event.kind === 'fault') faults[event.fault.kind] = (faults[event.fault.kind] ?? 0) + 1
    if (event.kind === 'connected') connections++
  })
  const violations: string[] = []
  let link: IbkrLink | undefined
  const tape = new FileTape(join(folder, 'tape.ndjson'))
  try {
    link = await openIbkrLink({
      config: { mode: 'paper' },
      host: '127.0.0.1',
      port: gateway.port,
      clientId: 7,
      folder,
      now: () => gateway.now(),
      connectMs: 60_000,
      checkMs: 5_000,
      patience: { handshakeMs: 2_000, heartbeatMs: 1_500, heartbeatDeadlineMs: 1_500, backOffMs: 100 },
    })
    const { strategy } = await loadStrategy('sma-cross', folder)
    const trader = await startPatiently(() =>
      Trader.start({
        config: liveConfigSchema.parse({ symbols: SYMBOLS, params: { fast: 2, slow: 5 }, folder, graceMs: 60_000 }),
        strategy,
        params: resolveParams(strategy.name, strategy.params, { fast: 2, slow: 5 }),
        interval: '5s',
        link: link!,
        tape,
        folder,
        log: noLog,
        view: quietView,
      }),
    )
    let failure: unknown
    trader.failed().catch((error: unknown) => {
      failure = error
    })
    await wait(2_000)
    const start = heapMb()
    await wait(minutes * 60_000 - 2_000)
    gateway.clearFaults()
    if (failure !== undefined)
      violations.push(`the trader failed: ${failure instanceof Error ? failure.message : 'for no reason given'}`)
    violations.push(...(await settle(trader, gateway)))
    const end = heapMb()
    if (end - start > 60 + 10 * minutes) violations.push(`the heap grew from ${start} to ${end} MB`)
    violations.push(...duplicates(gateway), ...unhandled.map((error) => `unhandled rejection: ${error}`))
    const { orders, executions } = gateway.state()
    if (failure === undefined) await trader.stop('leave')
    else trader.abandon()
    return {
      seed,
      minutes,
      ok: violations.length === 0,
      violations,
      faults,
      orders: orders.length,
      executions: executions.length,
      connections,
      heapMb: { start, end },
    }
  } finally {
    process.off('unhandledRejection', onUnhandled)
    await link?.close()
    await gateway.close()
    tape.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The start asks before it trades; a fault in between lets it fail, and it is made again. */
async function startPatiently(start: () => Promise<Trader>): Promise<Trader> {
  for (let attempt = 1; ; attempt++)
    try {
      return await start()
    } catch (error) {
      if (attempt === 10) throw error
      await wait(500)
    }
}

/** Faults are over: within a while our positions must be the gateway's. */
async function settle(trader: Trader, gateway: Gateway): Promise<readonly string[]> {
  let differs = ''
  for (let turn = 0; turn < 60; turn++) {
    await wait(500)
    if (turn % 4 === 0) await trader.check()
    const ours = trader.run.books.positions
    const [account] = gateway.state().accounts
    const theirs = new Map(account!.positions.map((p) => [p.symbol, p.quantity]))
    const wrong = SYMBOLS.filter((symbol) => Math.abs((ours.get(symbol) ?? 0) - (theirs.get(symbol) ?? 0)) > 1e-9)
    if (wrong.length === 0) return []
    differs = wrong.map((s) => `${s}: we hold ${ours.get(s) ?? 0}, the gateway says ${theirs.get(s) ?? 0}`).join('; ')
  }
  return [`positions differ after settling: ${differs}`]
}

/** No order of ours came to the market twice, and none was filled beyond its quantity. */
function duplicates(gateway: Gateway): readonly string[] {
  const { orders, executions } = gateway.state()
  const found: string[] = []
  const refs = new Map<string, number>()
  for (const { orderRef } of orders) refs.set(orderRef, (refs.get(orderRef) ?? 0) + 1)
  for (const [ref, count] of refs) if (count > 1) found.push(`${ref} came to the market ${count} times`)
  for (const order of orders) {
    const sum = executions.filter((e) => e.permId === order.permId).reduce((total, e) => total + e.shares, 0)
    if (sum > order.quantity + 1e-9) found.push(`${order.orderRef} was filled ${sum} of ${order.quantity}`)
  }
  return found
}

function heapMb(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return Math.round(process.memoryUsage().heapUsed / 1e6)
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
