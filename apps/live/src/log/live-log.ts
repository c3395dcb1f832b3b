import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { RollingFile } from './rolling-file.ts'

/** Structured log of the trader: one JSON object per line. */
export interface LiveLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
  /** Writes what is buffered. */
  close(): void
}

/** Fields whose values never reach a log, at any of the first three levels. */
const SECRET = ['password', 'token', 'secret', 'apiKey', 'authorization', 'account'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
])

const FILE_BYTES = 10_000_000
const FILES = 5

/**
 * Logs to `<folder>/logs/live.<number>.ndjson`, errors also to `errors.<number>.ndjson`: five files each, of at most
 * 10 MB. A disk that takes no more is told on `complain` and stops nobody from trading.
 */
export function fileLog(
  folder: string,
  level: string,
  complain: (text: string) => void = (text) => void process.stderr.write(`${text}\n`),
): LiveLog {
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true })
  const rolling = (name: string): RollingFile =>
    new RollingFile({
      path: join(logs, name),
      maxBytes: FILE_BYTES,
      keep: FILES,
      onError: (error) => complain(`The log ${name} cannot be written: ${String(error)}`),
    })
  const all = rolling('live')
  const errors = rolling('errors')
  const log = pino(
    { level, redact: { paths: SECRET, censor: '[secret]' }, base: null },
    pino.multistream([
      { level: level as pino.Level, stream: all },
      { level: 'error', stream: errors },
    ]),
  )
  return {
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    close() {
      all.close()
      errors.close()
    },
  }
}

/** A log that is not kept. */
export const noLog: LiveLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  close: () => undefined,
}
