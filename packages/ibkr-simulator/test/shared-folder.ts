import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The folder of test data beside the repository, undefined when it is not there. */
export function sharedFolder(part: string): string | undefined {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'pnpm-workspace.yaml')) && dirname(root) !== root) root = dirname(root)
  const folder = join(process.env['ONETAPE_SHARED'] ?? resolve(root, '../shared'), part)
  return existsSync(folder) ? folder : undefined
}
