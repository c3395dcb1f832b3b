import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the repository. */
export function repository(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'pnpm-workspace.yaml'))) folder = dirname(folder)
  return folder
}
