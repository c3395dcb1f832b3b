import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What tells one gateway of a user from another: the same figures go on with the same books. */
export interface GatewayIdentity {
  readonly port: number
  readonly data: string | undefined
  readonly symbols: string | undefined
  readonly seed: string
  readonly account: string
  readonly cash: string
}

/**
 * Where a gateway keeps its books when no file is named: in the user's folder for state (`XDG_STATE_HOME`, or
 * `~/.local/state`), one file for each port and market. Undefined for port 0, which is another one each time, and where
 * that folder cannot be written.
 */
export function defaultStateFile(
  identity: GatewayIdentity,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  if (identity.port === 0) return undefined
  const { port, ...market } = identity
  const mark = createHash('sha256').update(JSON.stringify(market)).digest('hex').slice(0, 8)
  const folder = join(environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'onetape')
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch {
    return undefined
  }
  return join(folder, `gateway-${port}-${mark}.json`)
}

/**
 * Takes the file away when the gateway is to begin anew.
 * @returns true when there are books to go on with
 */
export function prepareState(file: string, fresh: boolean): boolean {
  if (fresh) rmSync(file, { force: true })
  return existsSync(file)
}
