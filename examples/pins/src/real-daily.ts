import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './repository.ts'

/**
 * The folder of real daily bars beside the repository; undefined, with a printed reason, where it is not.
 *
 * @param what is skipped then
 */
export function realDaily(what: string): string | undefined {
  const folder = join(process.env['ONETAPE_SHARED'] ?? join(repository, '../shared'), 'data/us_daily_av/daily')
  if (existsSync(folder)) return folder
  console.log(`skipped: ${what}, because ${folder} is not there (set ONETAPE_SHARED to the folder that holds data/)`)
  return undefined
}
