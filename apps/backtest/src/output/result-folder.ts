import { InputError } from '@onetape/core'
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmdirSync, statSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** Every file of a result folder, in the order in which they are written. */
export const RESULT_FILES = ['result.json', 'trades.csv', 'equity.csv', 'orders.csv', 'report.html'] as const

export type ResultFile = (typeof RESULT_FILES)[number]

/**
 * Checks, before anything is run, that a result may be written there: a new folder, an empty one, or an earlier result,
 * which it replaces.
 *
 * @returns the absolute path
 * @throws {InputError} `out.*`
 */
export function checkResultFolder(wanted: string, base: string): string {
  const named = resolve(base, wanted)
  const folder = existsSync(named) ? realpathSync(named) : named
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory())
      throw new InputError('out.file', `Expected a folder, found the file "${wanted}".`, { place: '--out' })
    const entries = readdirSync(folder)
    const foreign = entries.filter((entry) => !(RESULT_FILES as readonly string[]).includes(entry))
    if (foreign.length > 0 || (entries.length > 0 && !entries.includes('result.json')))
      throw new InputError(
        'out.foreign',
        `Expected a new folder or an earlier result, found "${wanted}" with ${list(foreign.length > 0 ? foreign : entries)}.`,
        { place: '--out', hint: 'Name another folder, or remove that one yourself.' },
      )
    if (folder === process.cwd())
      throw new InputError('out.here', 'The current folder cannot be replaced.', {
        place: '--out',
        hint: 'Name a folder in it, as --out result.',
      })
  }
  const parent = firstThatExists(dirname(folder))
  try {
    // Asked for permission, root always has it: also in /proc and on read-only disks, where nothing can be made.
    rmdirSync(mkdtempSync(join(parent, '.onetape-')))
  } catch (cause) {
    throw new InputError('out.denied', `Nothing can be written into "${parent}".`, { place: '--out', cause })
  }
  return folder
}

function list(names: readonly string[]): string {
  const some = names.slice(0, 3).map((name) => `"${name}"`)
  return some.join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')
}

function firstThatExists(folder: string): string {
  return existsSync(folder) ? folder : firstThatExists(dirname(folder))
}

/**
 * Writes the files into a folder beside, which then takes the place of `folder` in one step: whoever looks sees the
 * old result or the new one, never a part. An interrupt (SIGINT, SIGTERM) removes what was begun.
 */
export async function writeResultFolder(
  folder: string,
  files: Readonly<Record<ResultFile, () => string>>,
): Promise<void> {
  const fresh = `${folder}.partial-${process.pid}`
  const old = `${folder}.old-${process.pid}`
  let interrupted: NodeJS.Signals | undefined
  const interrupt = (signal: NodeJS.Signals): void => {
    interrupted = signal
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    await mkdir(fresh, { recursive: true })
    for (const name of RESULT_FILES) {
      await writeFile(join(fresh, name), files[name]())
      if (interrupted !== undefined) break
    }
    if (interrupted === undefined) {
      const replaces = existsSync(folder)
      if (replaces) await rename(folder, old)
      try {
        await rename(fresh, folder)
      } catch (error) {
        if (replaces) await rename(old, folder)
        throw error
      }
      if (replaces) await rm(old, { recursive: true, force: true })
    }
  } finally {
    await rm(fresh, { recursive: true, force: true })
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
  if (interrupted !== undefined) process.exit(interrupted === 'SIGINT' ? 130 : 143)
}
