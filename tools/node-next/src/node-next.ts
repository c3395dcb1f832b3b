import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The absolute path of the next Node line's program, for tests that compare two Node versions.
 *
 * @returns undefined where none is installed for this platform (it comes for Linux x64 and arm64)
 *   or where it does not start; a test then skips and says so
 */
export function nodeNext(): string | undefined {
  const file = join(dirname(import.meta.dirname), 'node_modules', '.bin', 'node')
  if (!existsSync(file)) return undefined
  return spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('v26.') ? file : undefined
}
