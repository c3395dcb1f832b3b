import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

const TYPESCRIPT = /\.m?ts$/
const OURS = '/node_modules/@onetape/'
let registered = false
/** Set while the program's own resolver is asked, which must not come back here. */
let asking = false

/**
 * Lets a strategy file be what its author has: a `.ts` file in any folder.
 * - `@onetape/*` means the copies that the program runs with, so that a strategy needs no node_modules and a
 *   project's own copies do not make two of each;
 * - `.ts` is ESM also under `"type": "commonjs"`, where Node would take it for CommonJS, and in node_modules, where Node
 *   strips no types;
 * - `.js` with import or export statements is ESM under `"type": "commonjs"` too.
 */
export function registerModuleHooks(resolve: (specifier: string) => string): void {
  if (registered) return
  registered = true
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (asking || !specifier.startsWith('@onetape/') || parentURL?.includes(OURS) === true)
        return next(specifier, context)
      try {
        asking = true
        return { url: resolve(specifier), shortCircuit: true }
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
        return next(specifier, context)
      } finally {
        asking = false
      }
    },
    load(url, context, next) {
      if (!url.startsWith('file:') || url.includes(OURS)) return next(url, context)
      const path = url.split(/[?#]/)[0]!
      if (TYPESCRIPT.test(path)) {
        if (!path.includes('/node_modules/')) return next(url, { ...context, format: 'module-typescript' })
        return { format: 'module', source: withoutTypes(fileURLToPath(path)), shortCircuit: true }
      }
      if (path.endsWith('.js') && !path.includes('/node_modules/') && hasModuleSyntax(path))
        return next(url, { ...context, format: 'module' })
      return next(url, context)
    },
  })
}

/** As Node does it, which says that its own function is experimental. */
function withoutTypes(file: string): string {
  const warnings = process.listeners('warning')
  process.removeAllListeners('warning')
  try {
    return stripTypeScriptTypes(readFileSync(file, 'utf8'))
  } finally {
    for (const listener of warnings) process.nextTick(() => process.on('warning', listener))
  }
}

function hasModuleSyntax(url: string): boolean {
  try {
    return /^\s*(import\s*[\w{*'"]|export\s)/m.test(readFileSync(fileURLToPath(url), 'utf8'))
  } catch {
    return false
  }
}
