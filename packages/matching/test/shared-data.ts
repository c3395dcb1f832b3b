import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** A gzipped CSV of the market data beside the repository as rows of text; undefined, with a printed reason, without it. */
export function sharedRows(path: string, what: string): (() => string[][]) | undefined {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'pnpm-workspace.yaml'))) root = dirname(root)
  const file = join(process.env['ONETAPE_SHARED'] ?? join(root, '..', 'shared'), 'data', path)
  if (existsSync(file))
    return () =>
      gunzipSync(readFileSync(file))
        .toString()
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','))
  console.log(`skipped: ${what}, because ${file} is not there (set ONETAPE_SHARED to the folder that holds data/)`)
  return undefined
}
