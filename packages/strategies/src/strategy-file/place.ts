import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const PATH = String.raw`(?:file:\/\/|\/|[A-Za-z]:\\)[^)]*?`
const HEAD = new RegExp(`^(${PATH}):(\\d+)\\s*$`)
const FRAME = new RegExp(`^\\s+at (?:.*\\()?(${PATH}):(\\d+):\\d+\\)?$`, 'gm')

/**
 * File and line in the user's code that an error names: the head of a syntax error's stack, else the first frame outside
 * of Node and of our own packages; undefined when there is neither.
 */
export function placeOf(error: unknown, show: (path: string) => string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const head = HEAD.exec(stack.split('\n', 1)[0]!)
  if (head !== null) return `${show(toPath(head[1]!))}:${head[2]}`
  for (const [, where, line] of stack.matchAll(FRAME)) {
    const path = toPath(where!)
    if (!isOurs(path)) return `${show(path)}:${line}`
  }
  return undefined
}

/** A path as the user would write it: relative to where they stand when it lies below. */
export function shown(path: string, base: string): string {
  const short = relative(base, path)
  return short.startsWith('..') ? path : short
}

function toPath(where: string): string {
  return where.startsWith('file:') ? fileURLToPath(where) : where
}

/** The packages' folder of the source tree; what is installed lies in node_modules. */
const packages = fileURLToPath(new URL('../../../../packages/', import.meta.url))
const apps = fileURLToPath(new URL('../../../../apps/', import.meta.url))

function isOurs(path: string): boolean {
  const builtIn = /[\\/]built-in[\\/]/.test(path)
  return /[\\/]node_modules[\\/]/.test(path) || ((path.startsWith(packages) || path.startsWith(apps)) && !builtIn)
}
