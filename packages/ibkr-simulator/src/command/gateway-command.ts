import { type BarSeries, didYouMean, InputError } from '@onetape/core'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readFaultScript } from '../faults/read-script.ts'
import { type Gateway, type GatewayEvent, startGateway } from '../gateway.ts'
import type { GatewayOptions } from '../gateway-options.ts'

const FLAGS = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  symbols: { type: 'string' },
  speed: { type: 'string' },
  seed: { type: 'string' },
  faults: { type: 'string' },
  state: { type: 'string' },
  account: { type: 'string' },
  cash: { type: 'string' },
  master: { type: 'string' },
  'server-version': { type: 'string' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

const HELP = `Usage: gateway --port P [options]

An IB Gateway to test against. Alone it serves a seeded market that never closes, AAPL among it, with one account.

  --port P            TCP port (default 4002, a Gateway's port for paper trading)
  --host H            address to listen on (default 127.0.0.1)
  --data DIR          serve the recorded bars of this folder instead of the seeded market
  --symbols A,B       stocks to serve (default: some twenty well-known ones; of a folder all)
  --speed N           simulated seconds per second (default 1)
  --seed N            source of everything that is drawn (default 1)
  --faults FILE       script of faults, JSON
  --state FILE        remember ids, orders, executions and positions over a restart
  --account ID        account (default DU1234567)
  --cash USD          its cash at first (default 1000000)
  --master ID         the client that sees the orders of all (default none)
  --server-version N  highest server version, 157 to 193 (default 193)
  --verbose           tell every request
`

/** Reads recorded bars of a folder; all symbols when none are named. */
export type LoadBars = (folder: string, symbols: readonly string[] | undefined) => Promise<readonly BarSeries[]>

/**
 * Runs a gateway from command-line arguments. Lines about what happens go to `print`.
 *
 * @param load reads `--data`; without it that flag is an error
 * @returns the gateway, undefined when only help was asked for
 * @throws {InputError} `simulator.flag`, and what {@link startGateway} throws
 */
export async function runGateway(
  args: readonly string[],
  print: (line: string) => void,
  load?: LoadBars,
): Promise<Gateway | undefined> {
  const flags = readFlags(args)
  if (flags.help === true) {
    print(HELP)
    return undefined
  }
  const symbols = flags.symbols?.split(',').map((s) => s.trim().toUpperCase())
  const options: GatewayOptions = {
    port: number('port', flags.port) ?? 4002,
    host: flags.host,
    speed: number('speed', flags.speed),
    seed: number('seed', flags.seed),
    stateFile: flags.state,
    serverVersion: number('server-version', flags['server-version']),
    masterClientId: number('master', flags.master),
    accounts: [{ id: flags.account ?? 'DU1234567', cash: number('cash', flags.cash) ?? 1_000_000 }],
    faults: flags.faults === undefined ? undefined : readFaultScript(fileText(flags.faults), flags.faults),
    ...(flags.data === undefined ? { symbols } : { series: await loadBars(flags.data, symbols, load) }),
  }
  const gateway = await startGateway(options)
  gateway.onEvent((event) => {
    const line = describe(event, flags.verbose === true)
    if (line !== undefined) print(line)
  })
  const market =
    flags.data === undefined ? `seeded market, seed ${options.seed ?? 1}` : `recorded bars of ${flags.data}`
  print(`Gateway on port ${gateway.port}: ${market}, account ${options.accounts![0]!.id}, speed ${options.speed ?? 1}.`)
  if (options.stateFile === undefined)
    print('Orders, executions, positions and ids end with it; --state FILE keeps them over a restart.')
  return gateway
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values
  } catch (cause) {
    const found = args.find((a) => a.startsWith('--') && !Object.hasOwn(FLAGS, a.slice(2).split('=')[0]!))
    if (found === undefined) throw new InputError('simulator.flag', `${(cause as Error).message}.`, { cause })
    throw new InputError('simulator.flag', `Expected a flag of the gateway, found "${found}".`, {
      hint: didYouMean(
        found,
        Object.keys(FLAGS).map((name) => `--${name}`),
      ),
    })
  }
}

function number(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InputError('simulator.flag', `Expected a number after --${flag}, found "${text}".`)
  return value
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new InputError('simulator.faults', `Expected a file that can be read, found ${(cause as Error).message}.`, {
      place: path,
      cause,
    })
  }
}

async function loadBars(
  folder: string,
  symbols: readonly string[] | undefined,
  load: LoadBars | undefined,
): Promise<readonly BarSeries[]> {
  if (load !== undefined) return await load(folder, symbols)
  throw new InputError('simulator.flag', 'This command cannot read recorded bars.', {
    hint: 'Give the series to startGateway, or use the command of the repository: npm run gateway.',
  })
}

function describe(event: GatewayEvent, verbose: boolean): string | undefined {
  switch (event.kind) {
    case 'connected':
      return `Client ${event.clientId} connected at server version ${event.serverVersion}.`
    case 'disconnected':
      return `Client ${event.clientId} is gone.`
    case 'request':
      return verbose ? `${event.clientId} > ${event.fields.join(' · ')}` : undefined
    case 'bad-frame':
      return `Bad frame of client ${event.clientId}: ${event.reason} Bytes: ${event.hex}`
    case 'fault':
      return `Fault: ${JSON.stringify(event.fault)}`
    case 'failure':
      return `Failure inside the gateway: ${event.error instanceof Error ? event.error.stack : String(event.error)}`
  }
}
