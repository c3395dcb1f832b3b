import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the repository lies on this machine. */
export const root: string = dirname(import.meta.dirname)

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
}

export interface Workspace {
  /** Relative to the root, with forward slashes. */
  readonly dir: string
  readonly manifest: Manifest
}

/** Every workspace that pnpm-workspace.yaml in `at` names, in the order of their folders. */
export function workspaces(at: string = root): Workspace[] {
  const yaml = readFileSync(join(at, 'pnpm-workspace.yaml'), 'utf8')
  const list = /^packages:\n((?: +- .*\n)+)/m.exec(yaml)?.[1]
  if (list === undefined)
    throw new Error(`Expected a list 'packages:' at the top of ${at}/pnpm-workspace.yaml, found none.`)
  return list
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^ +- /, ''))
    .flatMap((glob) => (glob.endsWith('/*') ? foldersIn(at, glob.slice(0, -2)) : [glob]))
    .filter((dir) => existsSync(join(at, dir, 'package.json')))
    .map((dir) => ({ dir, manifest: readJson(join(at, dir, 'package.json')) as Manifest }))
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function foldersIn(at: string, dir: string): string[] {
  if (!existsSync(join(at, dir))) return []
  return readdirSync(join(at, dir))
    .toSorted()
    .map((name) => `${dir}/${name}`)
}
