import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { InputError } from '@onetape/core'

/** Where the highest order id that may have been used is kept between runs of the process. */
export interface OrderIdStore {
  /** 0 when nothing is stored. */
  load(): number
  /** Durable when it returns. */
  save(next: number): void
}

const BLOCK = 100

/**
 * Order ids: they only go up, whatever the gateway says (its own counter falls back after a restart), and they are
 * reserved on disk in blocks before use, so that placing an order waits for no disk.
 */
export class OrderIdSource {
  readonly #store: OrderIdStore
  #next: number
  #reserved: number

  constructor(store: OrderIdStore = { load: () => 0, save: () => undefined }) {
    this.#store = store
    this.#next = Math.max(1, store.load())
    this.#reserved = this.#next
  }

  /** What the next order gets. */
  get next(): number {
    return this.#next
  }

  /** The gateway's `nextValidId`, or an id that was seen on an order: never used again. */
  raise(atLeast: number): void {
    if (Number.isSafeInteger(atLeast) && atLeast > this.#next) this.#next = atLeast
  }

  /** The first of `count` consecutive ids. */
  take(count: number): number {
    const first = this.#next
    const next = first + count
    if (next > this.#reserved) {
      this.#reserved = next + BLOCK
      this.#store.save(this.#reserved)
    }
    this.#next = next
    return first
  }
}

/**
 * A file that holds one number, replaced as a whole.
 *
 * @throws {InputError} `ibkr.order_ids` at `load` for a file that holds anything else
 */
export function fileOrderIds(path: string): OrderIdStore {
  return {
    load() {
      let text: string
      try {
        text = readFileSync(path, 'utf8')
      } catch {
        return 0
      }
      const value = Number(text.trim())
      if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value
      throw new InputError('ibkr.order_ids', `Expected a whole number, found "${text.slice(0, 40)}".`, {
        place: path,
        hint: 'Write the highest order id of this client that TWS knows, plus 1, into the file.',
      })
    },
    save(next) {
      const fresh = `${path}.new`
      const file = openSync(fresh, 'w')
      try {
        writeSync(file, `${next}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(fresh, path)
    },
  }
}
