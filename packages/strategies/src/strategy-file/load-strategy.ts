import {
  InputError,
  STRATEGY_API_VERSION,
  STRATEGY_MARK,
  type Strategy,
  didYouMean,
  isStrategy,
  nearestWord,
} from '@onetape/core'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { builtInNames, loadBuiltIn } from '../built-in/catalog.ts'
import { loadingFailure } from './loading-failure.ts'
import { registerModuleHooks } from './module-hooks.ts'
import { shown } from './place.ts'

export interface LoadedStrategy {
  readonly strategy: Strategy
  /** Absolute path, or undefined for a built-in. */
  readonly file: string | undefined
}

const EXTENSIONS = /\.(ts|mts|js|mjs|cjs)$/

/**
 * A strategy by the path of its file or the name of a built-in one.
 *
 * @param base folder that relative paths start from
 * @param resolvePackage where `@onetape/*` is for the strategy: the program's own copies
 * @throws {InputError} `strategy.*` for a file that is missing, does not load or exports no strategy
 */
export async function loadStrategy(
  wanted: string,
  base: string,
  resolvePackage: (specifier: string) => string = (specifier) => import.meta.resolve(specifier),
): Promise<LoadedStrategy> {
  const isPath = /[\\/]/.test(wanted) || EXTENSIONS.test(wanted)
  if (!isPath && builtInNames.includes(wanted)) return { strategy: await loadBuiltIn(wanted), file: undefined }
  const file = resolve(base, wanted)
  if (!isPath || !existsSync(file) || statSync(file).isDirectory()) throw missing(wanted, file, isPath)
  const show = (path: string): string => shown(path, base)
  if (!EXTENSIONS.test(file))
    throw new InputError('strategy.file', 'Expected a .ts, .mts, .js or .mjs file.', { place: show(file) })
  registerModuleHooks(resolvePackage)
  let exports: Record<string, unknown>
  try {
    exports = (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (error) {
    throw await loadingFailure(error, file, show)
  }
  return { strategy: strategyOf(exports, show(file)), file }
}

function missing(wanted: string, file: string, isPath: boolean): InputError {
  if (existsSync(file) && statSync(file).isDirectory())
    return new InputError('strategy.missing', `Expected a strategy file, found the folder "${wanted}".`, {
      hint: 'Name a .ts file in it.',
    })
  if (!isPath) {
    const asFile = ['.ts', '.js', '.mjs'].find((end) => existsSync(file + end))
    return new InputError('strategy.missing', `There is no built-in strategy "${wanted}".`, {
      hint: asFile === undefined ? didYouMean(wanted, builtInNames) : `Did you mean the file "${wanted}${asFile}"?`,
    })
  }
  const near = nearestWord(basename(file), strategyFilesIn(dirname(file)))
  const builtIn = nearestWord(basename(file).replace(EXTENSIONS, ''), builtInNames)
  return new InputError('strategy.missing', `There is no file "${wanted}".`, {
    hint:
      near !== undefined
        ? `Did you mean "${near}"?`
        : builtIn !== undefined
          ? `There is a built-in strategy "${builtIn}": name it without an extension.`
          : `Name a .ts or .js file, or one of the built-in strategies: ${builtInNames.join(', ')}.`,
  })
}

function strategyFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => EXTENSIONS.test(name))
  } catch {
    return []
  }
}

/** The default export, or the only export that is a strategy. */
function strategyOf(exports: Record<string, unknown>, place: string): Strategy {
  const found = Object.entries(exports).filter(([, value]) => isStrategy(value))
  const values = new Set(found.map(([, value]) => value))
  const strategy = isStrategy(exports['default']) ? exports['default'] : values.size === 1 ? [...values][0] : undefined
  if (strategy !== undefined) return checkVersion(strategy as Strategy, place)
  if (values.size > 1)
    throw new InputError(
      'strategy.exports',
      `Expected one strategy, found ${found.map(([name]) => name).join(', ')}.`,
      { place, hint: 'Make one of them the default export.' },
    )
  if (Object.keys(exports).length === 0)
    throw new InputError('strategy.exports', 'The file exports nothing.', {
      place,
      hint: 'Write: export default defineStrategy({ … }).',
    })
  throw new InputError('strategy.exports', `Expected a strategy, found ${describe(exports)}.`, {
    place,
    hint: 'Write: export default defineStrategy({ … }), with defineStrategy from @onetape/core.',
  })
}

function describe(exports: Record<string, unknown>): string {
  const [name, value] = 'default' in exports ? ['default', exports['default']] : Object.entries(exports)[0]!
  const sort =
    typeof value === 'function'
      ? /^class\b/.test(Function.prototype.toString.call(value))
        ? 'a class'
        : 'a function'
      : value === null || value === undefined
        ? String(value)
        : typeof value === 'object' && 'create' in value
          ? 'a plain object with "create"'
          : `a value of type ${typeof value}`
  return name === 'default' ? `${sort} as default export` : `${sort} as export "${name}"`
}

function checkVersion(strategy: Strategy, place: string): Strategy {
  const version = strategy[STRATEGY_MARK]
  if (version === STRATEGY_API_VERSION) return strategy
  throw new InputError(
    'strategy.api_version',
    `Expected a strategy of API version ${STRATEGY_API_VERSION}, found ${version}.`,
    {
      place,
      hint:
        version > STRATEGY_API_VERSION
          ? 'It was written for a newer @onetape/core: update @onetape/cli.'
          : 'It was written for an older @onetape/core: update the strategy.',
    },
  )
}
