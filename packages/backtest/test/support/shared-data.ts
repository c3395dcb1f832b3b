import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './repository.ts'

/** A folder of the market data beside the repository; undefined, with a printed reason, where it is not. */
export function sharedData(path: string, what: string): string | undefined {
  const folder = join(process.env['ONETAPE_SHARED'] ?? join(repository(), '..', 'shared'), 'data', path)
  if (existsSync(folder)) return folder
  console.log(`skipped: ${what}, because ${folder} is not there (set ONETAPE_SHARED to the folder that holds data/)`)
  return undefined
}
