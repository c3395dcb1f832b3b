import { loadStrategy, userFolder } from '@onetape/strategies'
import { type BarInterval, type EpochMs, InputError, intervalMs, resolveParams } from '@onetape/core'
import { systemTiming } from '@onetape/ibkr'
import type { Gateway } from '@onetape/ibkr-simulator'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { effectiveConfig, redactedAccount } from '../config/effective-config.ts'
import type { LiveConfig } from '../config/live-config.ts'
import type { LoadedConfig } from '../config/load-config.ts'
import type { BrokerLink } from '../link/broker-link.ts'
import { EMBEDDED_START, startSimulator } from '../link/embedded-gateway.ts'
import { type IbkrLinkOptions, openIbkrLink } from '../link/ibkr-link.ts'
import { fileLog } from '../log/live-log.ts'
import { FileTape } from '../tape/file-tape.ts'
import type { TapeLine } from '../tape/tape-line.ts'
import { Trader } from '../trader/trader.ts'
import { ConsoleView } from '../view/console-view.ts'
import { type RunFlags, configOf, numberOf } from './flags.ts'
import { untilSignal } from './until-signal.ts'

/** Trades until it is told to stop. */
export async function runCommand(flags: RunFlags): Promise<void> {
  const loaded = configOf(flags)
  if (flags.printConfig === true) return void process.stdout.write(effectiveConfig(loaded))
  const embedded = loaded.config.mode === 'simulator' && loaded.config.gateway.port === undefined
  const config = embedded ? inMarketTime(loaded.config) : loaded.config
  const seconds = flags.for === undefined ? Infinity : numberOf('for', flags.for)
  const base = userFolder()
  const { strategy } = await loadStrategy(config.strategy, base)
  const params = resolveParams(strategy.name, strategy.params, config.params)
  const interval = intervalOf(config)
  const folder = resolve(base, config.folder)
  prepareFolder(folder)
  const tape = openTape(folder, flags.fresh === true || isThrowAway(loaded))
  const view = new ConsoleView(process.stdout)
  const log = fileLog(folder, config.log.level)
  let gateway: Gateway | undefined
  let link: BrokerLink | undefined
  let trader: Trader | undefined
  try {
    if (embedded) gateway = await embeddedGateway(config, tape, folder, base)
    link = await connect(config, folder, gateway)
    view.line(link.now(), `Connected to ${config.mode} account ${redactedAccount(link.account)}.`)
    trader = await Trader.start({
      config,
      strategy,
      params,
      interval,
      link,
      tape,
      folder,
      log,
      view,
    })
    view.line(link.now(), `Started in ${(performance.now() / 1000).toFixed(1)} s. Stop with Ctrl+C.`)
    await Promise.race([untilSignal(seconds * 1000), trader.failed()])
    const { tapeHash } = await trader.stop()
    view.line(link.now(), `Stopped. Tape ${tape.path} (${tapeHash}).`)
  } catch (error) {
    trader?.abandon()
    log.error({ code: (error as { code?: unknown }).code }, error instanceof Error ? error.message : String(error))
    throw error
  } finally {
    await link?.close()
    await gateway?.close()
    tape.close()
    log.close()
  }
}

function intervalOf(config: LiveConfig): BarInterval {
  const interval = (config.interval ?? (config.mode === 'simulator' ? '5s' : '1m')) as BarInterval
  const ms = intervalMs(interval)
  if (ms % 5000 !== 0)
    throw new InputError('config.value', `Expected an interval of whole five seconds, found "${interval}".`, {
      place: 'interval',
      hint: 'The broker sends bars of five seconds; longer ones are made of them.',
    })
  return interval
}

/** A late bar is late on the wire, in seconds of ours, of which each is many of the simulator's. */
function inMarketTime(config: LiveConfig): LiveConfig {
  return { ...config, graceMs: Math.round(config.graceMs * Math.max(1, config.simulator.speed)) }
}

/** The embedded market begins anew each time, and the tape with it, unless the user names a folder to go on in. */
function isThrowAway({ config, origins }: LoadedConfig): boolean {
  return config.mode === 'simulator' && config.gateway.port === undefined && !origins.has('folder')
}

function prepareFolder(folder: string): void {
  if (existsSync(folder)) return
  mkdirSync(folder, { recursive: true })
  // Tapes and logs of a clone are nobody else's business.
  writeFileSync(join(folder, '.gitignore'), '*\n')
}

function openTape(folder: string, fresh: boolean): FileTape {
  const path = join(folder, 'tape.ndjson')
  const tape = new FileTape(path)
  if (!fresh || tape.lines.length === 0) return tape
  tape.close()
  renameSync(path, join(folder, 'tape.previous.ndjson'))
  rmSync(join(folder, 'gateway.json'), { force: true })
  return new FileTape(path)
}

async function embeddedGateway(config: LiveConfig, tape: FileTape, folder: string, base: string): Promise<Gateway> {
  const { speed, seed, data, faults } = config.simulator
  return await startSimulator(
    {
      port: 0,
      // Its limits are of wall time, in which a fast market has many times the messages.
      paced: false,
      speed,
      seed,
      data,
      faults,
      symbols: config.symbols,
      stateFile: join(folder, 'gateway.json'),
      start: lastTime(tape.lines) ?? (data === undefined ? EMBEDDED_START : undefined),
    },
    base,
  )
}

/** The session lives in the time of the market, which outruns the clock; its timers are ours. */
function inTimeOf(gateway: Gateway): Pick<IbkrLinkOptions, 'now' | 'timing'> {
  const now = (): EpochMs => gateway.now()
  return { now, timing: { ...systemTiming, now } }
}

/** Where the embedded market goes on. */
function lastTime(lines: readonly TapeLine[]): EpochMs | undefined {
  for (const line of lines.toReversed()) {
    if (line.kind === 'event') return line.event.received
    if (line.kind === 'stopped' || line.kind === 'resumed') return line.time
  }
  return undefined
}

async function connect(config: LiveConfig, folder: string, gateway: Gateway | undefined): Promise<BrokerLink> {
  return await openIbkrLink({
    config,
    host: gateway === undefined ? config.gateway.host : '127.0.0.1',
    port: gateway?.port ?? config.gateway.port!,
    clientId: config.gateway.clientId,
    folder,
    ...(gateway === undefined ? {} : inTimeOf(gateway)),
  })
}
