/** Largest payload in bytes that the official client accepts; longer ones are refused in both directions. */
export const MAX_PAYLOAD = 0xff_ffff

/** The bytes cannot be a frame; what follows them cannot be found again, so the connection has to end. */
export class FrameError extends Error {
  /** The first bytes of what is wrong. */
  readonly bytes: Buffer

  constructor(message: string, bytes: Buffer) {
    super(message)
    this.name = 'FrameError'
    this.bytes = bytes
  }
}

const PREFIX = Buffer.from('API\0', 'latin1')

/** Takes bytes as they arrive, split anywhere, and gives whole payloads. The first four bytes must be `API\0`. */
export class FrameReader {
  /** What is held stands from `#at` to `#end`; behind it there may be room. */
  #held: Buffer = Buffer.alloc(0)
  #at: number = 0
  #end: number = 0
  #prefixSeen: boolean = false

  push(chunk: Buffer): void {
    const used = this.#end - this.#at
    if (used === 0) {
      this.#held = chunk
      this.#at = 0
      this.#end = chunk.length
      return
    }
    if (this.#end + chunk.length > this.#held.length) {
      // Twice the room each time: a long frame costs the same whatever the pieces that it comes in. A new buffer,
      // because payloads that were given out are parts of the old one.
      const grown = Buffer.allocUnsafe(Math.max(1024, 2 * (used + chunk.length)))
      this.#held.copy(grown, 0, this.#at, this.#end)
      this.#held = grown
      this.#at = 0
      this.#end = used
    }
    chunk.copy(this.#held, this.#end)
    this.#end += chunk.length
  }

  /**
   * The next whole payload, undefined when more bytes are needed.
   * @throws {FrameError} for a wrong prefix or a length beyond {@link MAX_PAYLOAD}
   */
  next(): Buffer | undefined {
    if (!this.#prefixSeen && !this.#takePrefix()) return undefined
    const left = this.#end - this.#at
    if (left < 4) return undefined
    const length = this.#held.readUInt32BE(this.#at)
    if (length > MAX_PAYLOAD)
      throw new FrameError(
        `Expected a frame of at most ${MAX_PAYLOAD} bytes, found the length ${length}`,
        this.#bytes(64),
      )
    if (left < 4 + length) return undefined
    const payload = this.#held.subarray(this.#at + 4, this.#at + 4 + length)
    this.#at += 4 + length
    return payload
  }

  #takePrefix(): boolean {
    const seen = this.#bytes(4)
    if (!PREFIX.subarray(0, seen.length).equals(seen))
      throw new FrameError('Expected the prefix "API" and a zero byte', this.#bytes(64))
    if (seen.length < 4) return false
    this.#at += 4
    this.#prefixSeen = true
    return true
  }

  #bytes(most: number): Buffer {
    return this.#held.subarray(this.#at, Math.min(this.#at + most, this.#end))
  }
}

/** What a client sent: its fields, and the bytes behind their length, which are what a report of a bad frame shows. */
export interface ClientMessage {
  readonly fields: readonly string[]
  readonly payload: Buffer
}

/** A payload's fields: text ended by a zero byte each. A last field without its zero byte is taken all the same. */
export function splitFields(payload: Buffer): string[] {
  const fields = payload.toString('utf8').split('\0')
  if (fields.at(-1) === '') fields.pop()
  return fields
}

// oxlint-disable-next-line no-control-regex -- zero bytes end fields, all else of ASCII may stand
const BEYOND_ASCII = /[^\u0000-\u007f]/g

/** A payload with its length before it. */
export function framed(payload: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(4 + payload.length)
  bytes.writeUInt32BE(payload.length, 0)
  payload.copy(bytes, 4)
  return bytes
}

/** A frame of these fields. Text beyond ASCII goes out as `\uXXXX`, as since server version 153. */
export function frame(fields: readonly string[]): Buffer {
  let text = `${fields.join('\0')}\0`
  if (BEYOND_ASCII.test(text)) {
    BEYOND_ASCII.lastIndex = 0
    text = text.replace(BEYOND_ASCII, (c) => String.raw`\u` + c.charCodeAt(0).toString(16).padStart(4, '0'))
  }
  const bytes = Buffer.allocUnsafe(4 + text.length)
  bytes.writeUInt32BE(text.length, 0)
  bytes.write(text, 4, 'latin1')
  return bytes
}
