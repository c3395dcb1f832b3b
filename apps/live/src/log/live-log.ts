import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import build from 'pino-roll'

/** Structured log of the trader: one JSON object per line. */
export interface LiveLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
  /** Writes what is buffered. */
  close(): Promise<void>
}

/** Fields whose values never reach a log, at any of the first three levels. */
const SECRET = ['password', 'token', 'secret', 'apiKey', 'authorization', 'account'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
])

/** Logs to `<folder>/logs/live.ndjson`, rotated at 10 MB and kept five times; errors also to `errors.ndjson`. */
export async function fileLog(folder: string, level: string): Promise<LiveLog> {
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true })
  const rolling = async (name: string): Promise<Awaited<ReturnType<typeof build>>> =>
    await build({ file: join(logs, `${name}.ndjson`), size: '10m', limit: { count: 5, removeOtherLogFiles: true } })
  const all = await rolling('live')
  const errors = await rolling('errors')
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
    close: async () => {
      await Promise.all([ended(all), ended(errors)])
    },
  }
}

/** A log that is not kept. */
export const noLog: LiveLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  close: () => Promise.resolve(),
}

async function ended(stream: { end(): unknown; once(event: string, listener: () => void): unknown }): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.end()
  })
}
