import { registerHooks } from 'node:module'

/** Modules through which a strategy gets at data by itself. */
const READERS =
  /^(node:)?(fs|fs\/promises|http|https|http2|net|child_process|worker_threads|sqlite|dgram)$|^@onetape\/(market-data|ibkr|persistence)$/

/**
 * Notes which modules a strategy file, or a file that it imports by a relative path, takes to read data by itself.
 * To be called before the file is loaded.
 *
 * @returns the names found so far
 */
export function watchImports(): { readonly readers: ReadonlySet<string>; readonly stop: () => void } {
  const readers = new Set<string>()
  const own = new Set<string>()
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      const { parentURL } = context
      // The strategy file itself is the one module that is asked for by its URL.
      if (
        specifier.startsWith('file:') ||
        (parentURL !== undefined && own.has(parentURL) && /^\.{0,2}\//.test(specifier))
      )
        own.add(resolved.url)
      if (parentURL !== undefined && own.has(parentURL) && READERS.test(specifier)) readers.add(specifier)
      return resolved
    },
  })
  return { readers, stop: () => hooks.deregister() }
}
