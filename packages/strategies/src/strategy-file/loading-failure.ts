import { InputError, isInputError, nearestWord } from '@onetape/core'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { placeOf } from './place.ts'

/** Each TypeScript feature that needs code to be generated, and what to write instead. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/enum/i, "Write `const Side = { Buy: 'buy', Sell: 'sell' } as const` and a union type instead."],
  [/namespace|module/i, 'Put its contents in a module of their own and import that instead.'],
  [/parameter property/i, 'Declare the field and assign it in the constructor instead.'],
  [/import.*=|export.*=/i, "Write `import … from '…'` instead."],
  [/decorator/i, 'Call the decorating function instead.'],
]

/**
 * What went wrong while a strategy file was loaded, in our words: file, line and the way out.
 *
 * @param show how a path is named to the user
 */
export async function loadingFailure(
  error: unknown,
  file: string,
  show: (path: string) => string,
): Promise<InputError> {
  const at = placeOf(error, show) ?? show(file)
  if (isInputError(error)) return new InputError(error.code, bare(error), { place: at, hint: error.hint, cause: error })
  const { code, message } = error as { code?: string; message?: string }
  switch (code ?? '') {
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX': {
      const feature = String(message).replace(/ (is|are) not supported in strip-only mode.*$/s, '')
      return new InputError(
        'strategy.typescript',
        `Strategy files are run without a compiler, which excludes: ${feature}.`,
        {
          place: at,
          hint: INSTEAD.find(([pattern]) => pattern.test(feature))?.[1],
          cause: error,
        },
      )
    }
    case 'ERR_MODULE_NOT_FOUND':
    case 'ERR_UNSUPPORTED_DIR_IMPORT':
      return missingModule(error as Error & { url?: string }, file, show)
    case 'ERR_PACKAGE_PATH_NOT_EXPORTED': {
      const inside = /subpath '\.\/(.+?)'.* in .*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(String(message))
      const what = inside === null ? String(message) : `"${inside[2]}" offers no "${inside[2]}/${inside[1]}"`
      return new InputError('strategy.import', `${what}.`, {
        place: inside === null ? at : lineOf(file, `${inside[2]}/${inside[1]}`, show),
        hint: inside === null ? undefined : `Import what you need from "${inside[2]}" itself.`,
        cause: error,
      })
    }
  }
  if (error instanceof SyntaxError) {
    const missing = /^The requested module '(.+)' does not provide an export named '(.+)'/.exec(error.message)
    if (missing !== null) return await missingExport(error, missing[1]!, missing[2]!, at)
    return new InputError('strategy.syntax', `Expected TypeScript or JavaScript, found: ${error.message}.`, {
      place: at === show(file) ? (checkedPlace(file, show) ?? at) : at,
      cause: error,
    })
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new InputError('strategy.load', `The file threw while it was loaded: ${what}`, { place: at, cause: error })
}

/** Node keeps the line of a syntax error in an ES module from programs, and tells it on the terminal alone. */
function checkedPlace(file: string, show: (path: string) => string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: 5000 })
  const error = new Error()
  error.stack = stderr
  return placeOf(error, show)
}

/** The message without the place and hint that its constructor put around it. */
function bare({ message, place, hint }: InputError): string {
  const start = place === undefined ? 0 : place.length + 2
  return message.slice(start, hint === undefined ? undefined : message.length - hint.length - 1)
}

function missingModule(error: Error & { url?: string }, file: string, show: (path: string) => string): InputError {
  const [, kind, wanted, from] =
    /^(?:Cannot find (module|package)|Directory import) '(.+?)' .*imported from (.+)$/.exec(error.message) ?? [
      undefined,
      undefined,
      undefined,
      undefined,
    ]
  const importer = from === undefined ? file : from.startsWith('file:') ? fileURLToPath(from) : from
  if (wanted === undefined)
    return new InputError('strategy.import', `${error.message}.`, { place: show(importer), cause: error })
  if (kind === 'package')
    return new InputError('strategy.import', `There is no package "${wanted}" here.`, {
      place: lineOf(importer, wanted, show),
      hint: wanted.startsWith('@onetape/')
        ? 'Strategies may import @onetape/core, @onetape/indicators and the other packages that this command line has.'
        : `Install it next to the strategy: npm install ${wanted}`,
      cause: error,
    })
  const target = resolve(dirname(importer), wanted)
  const specifier = specifierOf(importer, target)
  const written = specifier ?? show(target)
  const right = ['.ts', '.js', '.mjs', '.mts', '/index.ts'].find((end) => existsSync(target + end))
  const swapped = target.replace(/\.js$/, '.ts')
  return new InputError('strategy.import', `There is no file "${written}".`, {
    place: specifier === undefined ? show(importer) : lineOf(importer, specifier, show),
    hint:
      right !== undefined
        ? `Name the file with its extension: "${written}${right}".`
        : swapped !== target && existsSync(swapped)
          ? `Name the file as it is: "${written.replace(/\.js$/, '.ts')}".`
          : undefined,
    cause: error,
  })
}

async function missingExport(error: Error, from: string, name: string, at: string): Promise<InputError> {
  const ours = from.startsWith('@onetape/') ? Object.keys((await import(from)) as object) : []
  const near = nearestWord(name, ours)
  return new InputError('strategy.import', `"${from}" exports no value "${name}".`, {
    place: at,
    hint:
      near === undefined
        ? `If it is a type, say so: import type { ${name} } from '${from}'.`
        : `Did you mean "${near}"? If it is a type, say so: import type { ${name} } from '${from}'.`,
    cause: error,
  })
}

/** The relative import of `importer` that stands for `target`. */
function specifierOf(importer: string, target: string): string | undefined {
  for (const [, specifier] of read(importer).matchAll(/['"](\.{1,2}\/[^'"]*)['"]/g))
    if (join(dirname(importer), specifier!) === target) return specifier
  return undefined
}

function lineOf(path: string, text: string, show: (path: string) => string): string {
  const line = read(path)
    .split('\n')
    .findIndex((each) => each.includes(`'${text}`) || each.includes(`"${text}`))
  return line < 0 ? show(path) : `${show(path)}:${line + 1}`
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
