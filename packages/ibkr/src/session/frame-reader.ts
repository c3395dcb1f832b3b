/** The longest message that a gateway sends, as the official clients have it. */
const MAX_LENGTH = 0xff_ff_ff

/** What a gateway sent and no gateway should. */
export interface BadFrame {
  readonly problem: string
  /** The first bytes of it, readable: `.` for what is no ASCII. */
  readonly bytes: string
  /** True when the boundaries of messages are lost, so that the link must be given up. */
  readonly fatal: boolean
}

/** Cuts a stream of bytes into messages: four bytes of length, then fields that each end with a zero byte. */
export class FrameReader {
  #chunks: Buffer[] = []
  #length = 0
  #broken = false
  readonly #message: (text: string) => void
  readonly #bad: (frame: BadFrame) => void

  constructor(message: (text: string) => void, bad: (frame: BadFrame) => void) {
    this.#message = message
    this.#bad = bad
  }

  push(chunk: Buffer): void {
    if (this.#broken) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (!this.#broken) {
      if (this.#length < 4) return
      const size = this.#head().readUInt32BE()
      if (size > MAX_LENGTH) return this.#fail(size)
      if (this.#length < 4 + size) return
      const all = this.#joined()
      this.#take(all, 4 + size)
      this.#deliver(all.subarray(4, 4 + size))
    }
  }

  #deliver(payload: Buffer): void {
    if (payload.length === 0) return this.#bad({ problem: 'an empty message', bytes: '', fatal: false })
    if (payload.at(-1) !== 0)
      return this.#bad({ problem: 'a message whose last field does not end', bytes: readable(payload), fatal: false })
    this.#message(payload.toString('utf8'))
  }

  #fail(size: number): void {
    const bytes = readable(this.#joined())
    this.#broken = true
    this.#chunks = []
    this.#bad({ problem: `a message of ${size} bytes`, bytes, fatal: true })
  }

  #head(): Buffer {
    return this.#chunks[0]!.length >= 4 ? this.#chunks[0]! : this.#joined()
  }

  /** All bytes in one piece; pieces of a large message are put together once, when it is whole. */
  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!
  }

  #take(all: Buffer, count: number): void {
    this.#length -= count
    this.#chunks = this.#length > 0 ? [all.subarray(count)] : []
  }
}

/** The first bytes as text, fields divided by `|`. */
export function readable(bytes: Buffer | string): string {
  const text = typeof bytes === 'string' ? bytes : bytes.subarray(0, 240).toString('latin1')
  const shown = text.slice(0, 240).replaceAll('\0', '|')
  return shown.replaceAll(/[^\x20-\x7e]/g, '.')
}
