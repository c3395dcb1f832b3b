import { userFolder } from '@onetape/strategies'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { startSimulator } from '../link/embedded-gateway.ts'
import { numberOf } from './flags.ts'
import { defaultStateFile, prepareState } from './gateway-state.ts'
import { untilSignal } from './until-signal.ts'

/** What the command line gives, as text. */
export interface GatewayFlags extends Readonly<Partial<Record<Flag, string>>> {
  readonly verbose?: boolean
  readonly fresh?: boolean
}

type Flag =
  | 'port'
  | 'host'
  | 'speed'
  | 'seed'
  | 'data'
  | 'faults'
  | 'symbols'
  | 'state'
  | 'account'
  | 'cash'
  | 'master'
  | 'serverVersion'

/** Serves a gateway until it is stopped. */
export async function gatewayCommand({ verbose = false, fresh = false, ...flags }: GatewayFlags): Promise<void> {
  const base = userFolder()
  const { port = '4002', host = '127.0.0.1', speed = '1', seed = '1', data, faults, symbols, state, master } = flags
  const { account: id = 'DU1234567', cash = '1000000', serverVersion = '193' } = flags
  const folder = data === undefined ? undefined : resolve(base, data)
  const unnamed = { port: numberOf('port', port), data: folder, symbols, seed, account: id, cash }
  const stateFile = state === undefined ? defaultStateFile(unnamed) : resolve(base, state)
  const goesOn = stateFile !== undefined && prepareState(stateFile, fresh)
  const gateway = await startSimulator(
    {
      port: numberOf('port', port),
      host,
      speed: numberOf('speed', speed),
      seed: numberOf('seed', seed),
      data: folder,
      faults,
      symbols: symbols?.split(',').map((each) => each.trim()),
      accounts: [{ id, cash: numberOf('cash', cash) }],
      serverVersion: numberOf('server-version', serverVersion),
      masterClientId: master === undefined ? undefined : numberOf('master', master),
      stateFile,
    },
    base,
  )
  const { accounts } = gateway.state()
  const stop = gateway.onEvent((event) => {
    if (event.kind === 'connected') say(`client ${event.clientId} connected, server version ${event.serverVersion}`)
    else if (event.kind === 'disconnected') say(`client ${event.clientId} disconnected`)
    else if (event.kind === 'bad-frame')
      say(`client ${event.clientId} sent a bad frame: ${event.reason} (${event.hex})`)
    else if (event.kind === 'fault') say(`fault ${event.fault.kind}`)
    else if (event.kind === 'request' && verbose) say(`client ${event.clientId} > ${event.fields.join(' · ')}`)
    else if (event.kind === 'failure') say(`failure: ${String(event.error)}`)
  })
  say(`Gateway on ${host}:${gateway.port}, account ${accounts.map((account) => account.id).join(', ')}, speed ${speed}`)
  say(aboutState(stateFile, state !== undefined, goesOn))
  await untilSignal()
  stop()
  await gateway.close()
  // Books that nobody asked to keep are there for the case that the gateway dies.
  if (state === undefined && stateFile !== undefined) rmSync(stateFile, { force: true })
}

function aboutState(file: string | undefined, asked: boolean, goesOn: boolean): string {
  if (file === undefined) return 'Orders, executions, positions and ids end with it; --state FILE keeps them'
  if (goesOn) return `Goes on with the orders, executions, positions and ids of ${file}; --fresh begins anew`
  return asked
    ? `Keeps orders, executions, positions and ids in ${file}`
    : `Orders, executions, positions and ids outlive a crash, in ${file}; --state FILE keeps them over a stop too`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
