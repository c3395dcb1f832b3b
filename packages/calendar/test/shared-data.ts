import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file of the shared data that lie beside the repository and are not part of it; undefined, with a printed reason, when absent. */
export function sharedData(path: string, what: string): string | undefined {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'pnpm-workspace.yaml'))) root = dirname(root)
  const file = join(process.env['ONETAPE_SHARED'] ?? join(root, '..', 'shared'), 'data', path)
  if (existsSync(file)) return file
  console.log(`skipped: ${what}, because ${file} is not there (set ONETAPE_SHARED to the folder that holds data/)`)
  return undefined
}
