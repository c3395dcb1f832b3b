import { closeSync, fstatSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface RollingFileOptions {
  /** Folder and first part of the name: `logs/live` makes `logs/live.1.ndjson` and so on. */
  readonly path: string
  /** A line that would make a file longer begins the next one. */
  readonly maxBytes: number
  /** Files that are kept, the one in hand included. */
  readonly keep: number
  /** Told once of a series of writes that failed: the lines are lost, and later ones are tried again. */
  readonly onError?: (error: unknown) => void
}

/**
 * Lines in numbered files, of which the oldest go. What is written in one turn of the event loop goes out at its end, in
 * one piece per file: a burst changes files as often as its length demands.
 */
export class RollingFile {
  readonly #options: RollingFileOptions
  #number: number
  #fd: number
  #size: number
  #waiting: string[] = []
  #turn: NodeJS.Immediate | undefined
  #failing = false

  constructor(options: RollingFileOptions) {
    this.#options = options
    this.#number = Math.max(1, ...this.#numbers())
    this.#fd = openSync(this.#name(this.#number), 'a')
    this.#size = fstatSync(this.#fd).size
    this.#removeOld()
  }

  write(line: string): void {
    this.#waiting.push(line)
    this.#turn ??= setImmediate(() => this.flush())
  }

  /** Writes what waits now. */
  flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const lines = this.#waiting
    this.#waiting = []
    try {
      this.#put(lines)
      this.#failing = false
    } catch (error) {
      if (!this.#failing) this.#options.onError?.(error)
      this.#failing = true
    }
  }

  close(): void {
    this.flush()
    closeSync(this.#fd)
  }

  #put(lines: readonly string[]): void {
    let part: string[] = []
    let bytes = 0
    const out = (): void => {
      const data = Buffer.from(part.join(''))
      for (let done = 0; done < data.length;) done += writeSync(this.#fd, data, done)
      this.#size += bytes
      part = []
      bytes = 0
    }
    for (const line of lines) {
      const length = Buffer.byteLength(line)
      const before = this.#size + bytes
      if (before > 0 && before + length > this.#options.maxBytes) {
        out()
        this.#roll()
      }
      part.push(line)
      bytes += length
    }
    out()
  }

  #roll(): void {
    const next = openSync(this.#name(this.#number + 1), 'a')
    closeSync(this.#fd)
    this.#fd = next
    this.#number++
    this.#size = 0
    this.#removeOld()
  }

  #removeOld(): void {
    for (const number of this.#numbers())
      if (number <= this.#number - this.#options.keep) rmSync(this.#name(number), { force: true })
  }

  #name(number: number): string {
    return `${this.#options.path}.${number}.ndjson`
  }

  #numbers(): readonly number[] {
    const start = `${basename(this.#options.path)}.`
    return readdirSync(dirname(this.#options.path)).flatMap((name) => {
      const number = name.startsWith(start) ? /^(\d+)\.ndjson$/.exec(name.slice(start.length)) : null
      return number === null ? [] : [Number(number[1])]
    })
  }
}
