import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Folder of the real market data that lies beside the repository (or where `ONETAPE_SHARED` says), if it is there. They
 * are not ours to publish, so tests on them are skipped elsewhere; this prints why.
 */
export function sharedData(what: string): string | undefined {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'pnpm-workspace.yaml')) && dirname(folder) !== folder) folder = dirname(folder)
  const data = join(process.env['ONETAPE_SHARED'] ?? join(folder, '..', 'shared'), 'data')
  if (existsSync(join(data, 'MANIFEST.csv'))) return data
  console.log(`Skipped: ${what}, because the folder ${data} is not there.`)
  return undefined
}
