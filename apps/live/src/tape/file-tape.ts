import { InputError, InvariantError, type ITape } from '@onetape/core'
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { RunHeader, TapeLine } from './tape-line.ts'

/** Lines beyond so many bytes are given to the disk before an order has to wait for them. */
const AHEAD_BYTES = 4_096

/**
 * An append-only file of JSON lines, held by one process. Lines wait in memory for `commit`: it writes them in one piece,
 * and waits for the disk when they must survive the power.
 */
export class FileTape implements ITape<TapeLine> {
  readonly path: string
  /** Lines that were there when the tape was opened. */
  readonly lines: readonly TapeLine[]
  /** Lines appended since. */
  written = 0
  #waiting = ''
  /** Length of the file; how much of it is on the disk, and how much of it the disk was asked to take. */
  #at: number
  #durableAt = 0
  #askedAt = 0
  #syncing = false
  /** Once a write was lost nothing that follows makes a tape. */
  #failure: Error | undefined
  readonly #fd: number
  readonly #lock: string

  /**
   * @throws {InputError} `tape.locked` while another process holds it, `tape.damaged` for a line that is not JSON
   */
  constructor(path: string) {
    this.path = path
    this.#lock = `${path}.lock`
    mkdirSync(dirname(path), { recursive: true })
    takeLock(this.#lock)
    try {
      const { lines, bytes, torn } = readTape(path)
      this.lines = lines
      this.#fd = openSync(path, existsSync(path) ? 'r+' : 'w+')
      if (torn) ftruncateSync(this.#fd, bytes)
      this.#at = bytes
    } catch (error) {
      rmSync(this.#lock, { force: true })
      throw error
    }
  }

  get header(): RunHeader | undefined {
    const [first] = this.lines
    return first?.kind === 'run' ? first : undefined
  }

  append(line: TapeLine): void {
    this.#waiting += `${JSON.stringify(line)}\n`
    this.written++
  }

  /** @throws {Error} what the file system says: the tape takes nothing more then */
  commit(durable: boolean): void {
    if (this.#failure !== undefined) throw this.#failure
    try {
      this.#write()
      if (durable && this.#durableAt < this.#at) this.#sync()
    } catch (error) {
      this.#failure = error as Error
      throw error
    }
    if (this.#at - this.#askedAt >= AHEAD_BYTES && !this.#syncing) this.#syncAhead()
  }

  close(): void {
    try {
      this.commit(true)
    } finally {
      closeSync(this.#fd)
      rmSync(this.#lock, { force: true })
    }
  }

  #write(): void {
    if (this.#waiting === '') return
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#at + done)
    this.#at += bytes.length
  }

  #sync(): void {
    fdatasyncSync(this.#fd)
    this.#durableAt = this.#at
    this.#askedAt = this.#at
  }

  #syncAhead(): void {
    const until = this.#at
    this.#syncing = true
    this.#askedAt = until
    fdatasync(this.#fd, (error) => {
      this.#syncing = false
      // The system tells of a lost write once, to whoever asks first.
      if (error !== null) this.#failure = error
      else this.#durableAt = Math.max(this.#durableAt, until)
    })
  }
}

/**
 * The lines of a tape. What a crash left of a last line is cut off; any other bad line is damage.
 * @throws {InputError} `tape.damaged`
 */
export function readTape(path: string): {
  readonly lines: readonly TapeLine[]
  /** Length of the whole lines. */
  readonly bytes: number
  readonly torn: boolean
} {
  if (!existsSync(path)) return { lines: [], bytes: 0, torn: false }
  const content = readFileSync(path)
  const bytes = content.lastIndexOf(10) + 1
  const texts = content.subarray(0, bytes).toString('utf8').split('\n').slice(0, -1)
  const lines = texts.map((text, index) => {
    try {
      return JSON.parse(text) as TapeLine
    } catch {
      throw new InputError('tape.damaged', `Expected a JSON object, found "${text.slice(0, 60)}".`, {
        place: `${path}:${index + 1}`,
        hint: 'Move the file away to begin a new run; the broker keeps its own record of orders.',
      })
    }
  })
  return { lines, bytes, torn: bytes < content.length }
}

function takeLock(lock: string): void {
  for (let attempt = 0; attempt < 2; attempt++)
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = Number(readFileSync(lock, 'utf8'))
      if (isAlive(holder))
        throw new InputError('tape.locked', `The tape is in use by process ${holder}.`, {
          place: lock,
          hint: 'One tape belongs to one trader: stop the other one, or name another folder.',
        })
      rmSync(lock, { force: true }) // its holder was killed
    }
  throw new InvariantError('tape.lock', `Expected to take ${lock} after its holder died, found it taken again`)
}

function isAlive(pid: number): boolean {
  if (!(Number.isInteger(pid) && pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
