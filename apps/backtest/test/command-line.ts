import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

/** The command line's sources. */
export const MAIN: string = join(import.meta.dirname, '../src/main.ts')

/** What a run of the real command line left behind. */
export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder of its own, outside of the workspace, that goes when the tests are done. */
export class Desk {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'onetape-cli-'))

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  /** Writes a file and gives its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }

  /** Runs the command line from its sources, as a user standing in the folder would. */
  onetape(...args: readonly string[]): Outcome {
    const { INIT_CWD: _, NODE_OPTIONS: __, ...env } = process.env
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@onetape/source', MAIN, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
    })
    return { status, stdout, stderr }
  }
}

/** The lines of a message, the one that counts first. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}
