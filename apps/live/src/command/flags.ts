import { paramFlags, userFolder } from '@onetape/strategies'
import { InputError, didYouMean } from '@onetape/core'
import { ENVIRONMENTS, type LoadedConfig, loadConfig } from '../config/load-config.ts'

/** Flags that say where to connect. */
export interface ConnectFlags {
  readonly config?: string
  readonly env?: string
  readonly mode?: string
  readonly account?: string
  readonly host?: string
  readonly port?: string
  readonly clientId?: string
  readonly symbols?: string
}

export interface RunFlags extends ConnectFlags {
  readonly strategy?: string
  readonly param?: readonly string[]
  readonly interval?: string
  readonly cash?: string
  readonly seed?: string
  readonly speed?: string
  readonly data?: string
  readonly faults?: string
  readonly shutdown?: string
  readonly folder?: string
  readonly fresh?: boolean
  readonly for?: string
  readonly printConfig?: boolean
}

/** The configuration of files, environment and flags. */
export function configOf(flags: RunFlags): LoadedConfig {
  const { env } = flags
  const environment = ENVIRONMENTS.find((name) => name === env)
  if (env !== undefined && environment === undefined)
    throw new InputError('usage.flag', `Expected one of ${ENVIRONMENTS.join(', ')}, found "${env}".`, {
      place: '--env',
      hint: didYouMean(env, ENVIRONMENTS),
    })
  return loadConfig({
    file: flags.config,
    environment,
    env: process.env,
    base: userFolder(),
    flags: {
      mode: flags.mode,
      account: flags.account,
      'gateway.host': flags.host,
      'gateway.port': flags.port,
      'gateway.clientId': flags.clientId,
      symbols: flags.symbols,
      strategy: flags.strategy,
      params: flags.param === undefined ? undefined : paramFlags(flags.param),
      interval: flags.interval,
      cash: flags.cash,
      seed: flags.seed,
      'simulator.speed': flags.speed,
      'simulator.data': flags.data,
      'simulator.faults': flags.faults,
      shutdown: flags.shutdown,
      folder: flags.folder,
    },
  })
}

/** A number of a flag. */
export function numberOf(flag: string, text: string, least = 0): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value < Infinity) return value
  throw new InputError('usage.flag', `Expected a number of at least ${least}, found "${text}".`, { place: `--${flag}` })
}
