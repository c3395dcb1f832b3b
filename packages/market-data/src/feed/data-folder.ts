import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { type BarInterval, InputError } from '@onetape/core'
import { type FileName, isDataFile, parseFileName, sameSymbol } from '../bars/file-name.ts'
import { detectLayout } from '../csv/layout.ts'

/** One file of a folder of data. */
export interface DataFile extends FileName {
  readonly path: string
}

const DEPTH = 3

/** What lies in a folder, by the names of its files; looked at once. */
export class DataFolder {
  readonly path: string
  readonly files: readonly DataFile[]
  #contents: ReadonlyMap<DataFile, Content> | undefined

  /** @throws {InputError} `data.folder` when it cannot be read or holds no data files */
  constructor(path: string) {
    this.path = path
    this.files = listed(path, '', DEPTH).map((name) => Object.assign(parseFileName(name), { path: join(path, name) }))
    if (this.files.length === 0)
      throw new InputError('data.folder', 'Expected CSV files, found none.', {
        place: path,
        hint: 'Files are known by their endings .csv, .txt and .tsv, with or without .gz.',
      })
  }

  of(symbol: string, kind: FileName['kind']): readonly DataFile[] {
    return this.files.filter(
      (file) => file.kind === kind && file.symbol !== undefined && sameSymbol(file.symbol) === sameSymbol(symbol),
    )
  }

  /** Files of bars with a column of symbols. */
  shared(): readonly string[] {
    return this.#with('shared').map(({ path }) => path)
  }

  /** The symbols that names of files of bars give. */
  symbols(): readonly string[] {
    return this.#with('bars').flatMap(({ symbol }) => symbol ?? [])
  }

  /** The headers of all files are read at the first call. */
  #with(content: Content): readonly DataFile[] {
    this.#contents ??= new Map(
      this.files.filter(({ kind }) => kind === 'bars').map((file) => [file, contentOf(file.path)]),
    )
    return this.files.filter((file) => this.#contents?.get(file) === content)
  }
}

/** Of files that hold bars of several lengths, those of one; those whose name gives no length as well. */
export function withInterval(files: readonly DataFile[], interval: BarInterval): readonly DataFile[] {
  const exact = files.filter((file) => file.interval === interval)
  return exact.length > 0 ? exact : files.filter((file) => file.interval === undefined)
}

function listed(root: string, folder: string, depth: number): string[] {
  const names: string[] = []
  try {
    const entries = readdirSync(join(root, folder), { withFileTypes: true })
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = join(folder, entry.name)
      if (entry.isDirectory() && depth > 1 && !entry.name.startsWith('.')) names.push(...listed(root, name, depth - 1))
      else if (!entry.isDirectory() && isDataFile(entry.name)) names.push(name)
    }
  } catch (cause) {
    throw new InputError('data.folder', `Expected a folder, found that it cannot be read (${String(cause)}).`, {
      place: join(root, folder),
      cause,
    })
  }
  return names
}

/** `shared`: bars with a column of symbols. */
type Content = 'bars' | 'shared' | 'other'

/** What a file holds, by its first rows: a packed one is unpacked so far. */
export function contentOf(path: string): Content {
  try {
    let bytes: Uint8Array = readFileSync(path)
    if (bytes[0] === 0x1f) bytes = gunzipSync(bytes.subarray(0, 8192), { finishFlush: constants.Z_SYNC_FLUSH })
    const { column } = detectLayout({ bytes, name: path })
    if ((['stamp', 'open', 'high', 'low', 'close'] as const).some((name) => column(name) < 0)) return 'other'
    return column('symbol') < 0 ? 'bars' : 'shared'
  } catch {
    return 'other'
  }
}
