import { CONFIG_KEYS } from './live-config.ts'
import type { LoadedConfig } from './load-config.ts'

/** The configuration in force, one line per setting with where it comes from; account ids are shortened. */
export function effectiveConfig({ config, origins }: LoadedConfig): string {
  const rows = CONFIG_KEYS.map((path) => {
    const value = path
      .split('.')
      .reduce<unknown>((of, key) => (of as Record<string, unknown> | undefined)?.[key], config)
    const shown = path === 'account' ? redactedAccount(value as string | undefined) : value
    return { path, value: shown === undefined ? '-' : JSON.stringify(shown), origin: origins.get(path) ?? 'default' }
  })
  const width = Math.max(...rows.map((row) => row.path.length))
  const values = Math.min(40, Math.max(...rows.map((row) => row.value.length)))
  return rows.map(({ path, value, origin }) => `${path.padEnd(width)}  ${value.padEnd(values)}  ${origin}\n`).join('')
}

/** `DU***67` of `DU1234567`. */
export function redactedAccount(account: string | undefined): string | undefined {
  return account?.replace(/^([A-Z]*)\d+(\d\d)$/, '$1***$2')
}
