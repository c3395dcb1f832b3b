import { InputError, didYouMean, nearestWord } from '@onetape/core'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { LineCounter, isMap, parseDocument } from 'yaml'
import type { z } from 'zod'
import { CONFIG_KEYS, CONFIRMATION, type LiveConfig, liveConfigSchema } from './live-config.ts'

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const

/** Where configuration comes from; later ones win: file, file of the environment, process environment, flags. */
export interface ConfigSources {
  /** Path of the YAML file; without it none is read. */
  readonly file?: string | undefined
  /** Adds `<file>.<environment>.yaml` beside the file, when it is there. */
  readonly environment?: (typeof ENVIRONMENTS)[number] | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Values by path: `gateway.port`. */
  readonly flags?: Readonly<Record<string, unknown>> | undefined
  /** Folder that relative paths start from. */
  readonly base: string
}

export interface LoadedConfig {
  readonly config: LiveConfig
  /** By path: `live.yaml:3`, `ONETAPE_MODE`, `--symbols`; a path that is not in it has its default. */
  readonly origins: ReadonlyMap<string, string>
}

/**
 * Reads and checks the configuration.
 * @throws {InputError} `config.*` naming file and line
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const values: Record<string, unknown> = {}
  const origins = new Map<string, string>()
  for (const layer of filesOf(sources)) readLayer(layer, values, origins)
  for (const [path, name, value] of fromEnvironment(sources.env ?? {})) set(values, origins, path, value, name)
  for (const [path, value] of Object.entries(sources.flags ?? {}))
    if (value !== undefined) set(values, origins, path, value, `--${path.split('.').at(-1)!}`)
  const parsed = liveConfigSchema.safeParse(values)
  if (!parsed.success) throw issueError(parsed.error.issues[0]!, values, origins)
  checkMode(parsed.data, origins)
  return { config: parsed.data, origins }
}

function filesOf(sources: ConfigSources): readonly string[] {
  const { file, environment, base } = sources
  if (file === undefined) return []
  const path = resolve(base, file)
  if (!existsSync(path)) throw new InputError('config.missing', `There is no file "${file}".`, { place: '--config' })
  if (environment === undefined) return [path]
  const end = extname(path)
  const layer = `${path.slice(0, path.length - end.length)}.${environment}${end}`
  return existsSync(layer) ? [path, layer] : [path]
}

function readLayer(path: string, values: Record<string, unknown>, origins: Map<string, string>): void {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines })
  const [error] = document.errors
  const name = shortName(path)
  if (error !== undefined)
    throw new InputError(
      'config.yaml',
      `Expected YAML, found: ${error.message.split('\n')[0]!.replace(/ at line.*$/, '')}.`,
      {
        place: `${name}:${lines.linePos(error.pos[0]).line}`,
      },
    )
  if (document.contents === null) return
  if (!isMap(document.contents))
    throw new InputError('config.yaml', 'Expected "key: value" lines, found something else.', { place: name })
  const lineOf = (offset: number | undefined): string => `${name}:${lines.linePos(offset ?? 0).line}`
  readMap(document.contents, '', values, origins, lineOf)
}

function readMap(
  map: { readonly items: readonly unknown[]; toJSON(): unknown },
  prefix: string,
  values: Record<string, unknown>,
  origins: Map<string, string>,
  lineOf: (offset: number | undefined) => string,
): void {
  const json = map.toJSON() as Record<string, unknown>
  for (const item of map.items as readonly { key: { value: unknown; range?: readonly number[] }; value: unknown }[]) {
    const key = String(item.key.value)
    const path = prefix === '' ? key : `${prefix}.${key}`
    const place = lineOf(item.key.range?.[0])
    if (/passw|secret|token|api.?key/i.test(key))
      throw new InputError('config.secret', `Expected no secrets in a file, found "${path}".`, {
        place,
        hint: 'Secrets come from the environment only.',
      })
    checkKey(path, place)
    if (isMap(item.value) && path !== 'params') {
      readMap(item.value, path, values, origins, lineOf)
      continue
    }
    set(values, origins, path, json[key], place)
  }
}

/** A key that does not exist is named with its line before anything else is looked at. */
function checkKey(path: string, place: string): void {
  if (CONFIG_KEYS.some((known) => known === path || known.startsWith(`${path}.`))) return
  const parent = path.includes('.') ? path.slice(0, path.lastIndexOf('.') + 1) : ''
  const siblings = CONFIG_KEYS.filter((known) => known.startsWith(parent)).map(
    (known) => known.slice(parent.length).split('.')[0]!,
  )
  const hint = didYouMean(path.slice(parent.length), [...new Set(siblings)])
  throw new InputError('config.unknown', `There is no setting "${path}".`, { place, hint })
}

/** `gateway.clientId` of `ONETAPE_GATEWAY_CLIENT_ID`. */
export function variableOf(path: string): string {
  return `ONETAPE_${path
    .replace(/([A-Z])/g, '_$1')
    .replaceAll('.', '_')
    .toUpperCase()}`
}

function fromEnvironment(env: NodeJS.ProcessEnv): readonly (readonly [string, string, string])[] {
  const found: [string, string, string][] = []
  const known = new Map(CONFIG_KEYS.filter((path) => path !== 'params').map((path) => [variableOf(path), path]))
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('ONETAPE_') || value === undefined || value === '') continue
    const path = known.get(name)
    if (path !== undefined) found.push([path, name, value])
    else {
      const near = nearestWord(name, [...known.keys()])
      if (near !== undefined)
        throw new InputError('config.unknown', `There is no setting "${name}".`, {
          place: 'environment',
          hint: `Did you mean "${near}"?`,
        })
    }
  }
  return found
}

function set(
  values: Record<string, unknown>,
  origins: Map<string, string>,
  path: string,
  value: unknown,
  origin: string,
): void {
  const [first, second] = path.split('.') as [string, string | undefined]
  if (second === undefined) values[first] = value
  else {
    const inner = (values[first] ??= {}) as Record<string, unknown>
    inner[second] = value
  }
  origins.set(path, origin)
}

function issueError(
  issue: z.core.$ZodIssue,
  values: Readonly<Record<string, unknown>>,
  origins: ReadonlyMap<string, string>,
): InputError {
  const path = issue.path.join('.')
  const place = origins.get(path) ?? [...origins].find(([known]) => path.startsWith(`${known}.`))?.[1]
  const message = issue.message
    .replace(/^Invalid (input|option): expected/, 'Expected')
    .replace(/^Invalid input$/, 'Expected another value')
    .replace(/^Too (?:small|big): expected .* to (?:be|have) /, 'Expected ')
    .replace(/, received .*$/, '')
  const choices = 'values' in issue && Array.isArray(issue.values) ? issue.values.map(String) : undefined
  const expected = choices === undefined ? message : `Expected one of ${choices.join(', ')}`
  const found = JSON.stringify(valueAt(values, issue.path)) ?? 'none'
  return new InputError('config.value', `${expected} for "${path}", found ${found}.`, { place: place ?? path })
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], values)
}

function checkMode(config: LiveConfig, origins: ReadonlyMap<string, string>): void {
  const place = origins.get('mode') ?? 'mode'
  if (config.mode !== 'simulator' && config.gateway.port === undefined)
    throw new InputError('config.port', `Mode ${config.mode} needs the port of TWS or IB Gateway.`, {
      place,
      hint: 'Set gateway.port: TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live.',
    })
  if (config.mode === 'paper' && config.account !== undefined && !config.account.startsWith('D'))
    throw new InputError(
      'config.account',
      `Expected a paper account, which begins with D, found "${config.account}".`,
      {
        place: origins.get('account') ?? 'account',
        hint: 'Mode "live" trades real accounts.',
      },
    )
  if (config.mode !== 'live') return
  if (config.confirm !== CONFIRMATION)
    throw new InputError('config.confirm', 'Mode live trades real money and needs to be confirmed.', {
      place,
      hint: `Set confirm: "${CONFIRMATION}".`,
    })
  if (config.account === undefined)
    throw new InputError('config.account', 'Mode live needs the id of the account, found none.', {
      place,
      hint: 'Set account to the id that TWS shows (U…), so that no other one is traded.',
    })
}

function shortName(path: string): string {
  const parent = dirname(path)
  return parent === process.cwd() ? path.slice(parent.length + 1) : join(path)
}
