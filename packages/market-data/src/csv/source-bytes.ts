import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { InputError, nearestWord } from '@onetape/core'

/** A file path, or the bytes of a file; gzip is recognised by its first bytes. */
export type CsvSource = string | Uint8Array

/** The content of a source, unpacked, as UTF-8 without byte order mark. */
export interface SourceBytes {
  /** For messages: the path as it was given, or `bytes`. */
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Reads a source whole and unpacks it.
 *
 * @param name what messages call it; by default the path
 * @throws {InputError} `data.file` when it cannot be read, `data.gzip` when it does not unpack, `data.empty`, `data.not_csv`
 */
export function readSource(source: CsvSource, name?: string): SourceBytes {
  const shown = name ?? (typeof source === 'string' ? source : 'bytes')
  let bytes = typeof source === 'string' ? readFile(source) : source
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzip(bytes, shown)
  bytes = toUtf8(bytes)
  refuseOtherFormats(bytes, shown)
  return { name: shown, bytes }
}

/** @throws {InputError} `data.file` when there is no such file */
export function requireFile(path: string): void {
  if (!existsSync(path)) throw missingFile(path)
}

function missingFile(path: string, cause?: unknown): InputError {
  return new InputError('data.file', 'Expected a file, found none of that name.', {
    place: path,
    hint: nearName(path),
    cause,
  })
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    if (code === 'ENOENT') throw missingFile(path, cause)
    const found = code === 'EISDIR' ? 'a folder' : `that it cannot be read (${String(code ?? cause)})`
    throw new InputError('data.file', `Expected a file, found ${found}.`, { place: path, cause })
  }
}

function nearName(path: string): string | undefined {
  try {
    const near = nearestWord(basename(path), readdirSync(dirname(path)))
    return near === undefined ? undefined : `Did you mean "${near}"?`
  } catch {
    return `There is no folder "${dirname(path)}".`
  }
}

function gunzip(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    throw new InputError('data.gzip', `Expected gzip data, found that it does not unpack (${String(cause)}).`, {
      place: name,
      hint: 'The download may have broken off; fetch it again.',
      cause,
    })
  }
}

function toUtf8(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3)
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : ''
  return utf16 === '' ? bytes : new TextEncoder().encode(new TextDecoder(utf16).decode(bytes))
}

const OTHER_FORMATS: readonly (readonly [start: RegExp, what: string, hint: string])[] = [
  [/^PK\W{2}/, 'a zip archive', 'Unpack it first; gzip is read as it is.'],
  [/^PAR1/, 'a Parquet file', 'Export it as CSV first.'],
  [
    /^\s*<(!doctype|html|head|\?xml|body)/i,
    'a web page',
    'The download gave an error page instead of data; fetch it again.',
  ],
  [/^\s*[{[]/, 'JSON', 'A vendor that refuses a request answers so; look at the text and fetch the data again.'],
]

function refuseOtherFormats(bytes: Uint8Array, name: string): void {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 4096))
  if (start.trim() === '')
    throw new InputError(
      'data.empty',
      `Expected rows of data, found ${bytes.length === 0 ? 'an empty file' : 'only blanks'}.`,
      {
        place: name,
      },
    )
  for (const [pattern, what, hint] of OTHER_FORMATS)
    if (pattern.test(start))
      throw new InputError('data.not_csv', `Expected CSV, found ${what}: ${shorten(start)}.`, { place: name, hint })
  if (start.includes('\0')) throw new InputError('data.not_csv', 'Expected CSV, found binary data.', { place: name })
}

/** A cell or line as a message shows it: quoted, on one line, not too long. */
export function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line)
}
