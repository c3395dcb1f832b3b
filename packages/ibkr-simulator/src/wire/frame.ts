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
  #held: Buffer = Buffer.alloc(0)
  #at: number = 0
  #prefixSeen: boolean = false

  push(chunk: Buffer): void {
    this.#held = this.#at === this.#held.length ? chunk : Buffer.concat([this.#held.subarray(this.#at), chunk])
    this.#at = 0
  }

  /**
   * The next whole payload, undefined when more bytes are needed.
   * @throws {FrameError} for a wrong prefix or a length beyond {@link MAX_PAYLOAD}
   */
  next(): Buffer | undefined {
    if (!this.#prefixSeen && !this.#takePrefix()) return undefined
    const left = this.#held.length - this.#at
    if (left < 4) return undefined
    const length = this.#held.readUInt32BE(this.#at)
    if (length > MAX_PAYLOAD)
      throw new FrameError(
        `Expected a frame of at most ${MAX_PAYLOAD} bytes, found the length ${length}`,
        this.#held.subarray(this.#at, this.#at + 64),
      )
    if (left < 4 + length) return undefined
    const payload = this.#held.subarray(this.#at + 4, this.#at + 4 + length)
    this.#at += 4 + length
    return payload
  }

  #takePrefix(): boolean {
    const seen = this.#held.subarray(this.#at, this.#at + 4)
    if (!PREFIX.subarray(0, seen.length).equals(seen))
      throw new FrameError('Expected the prefix "API" and a zero byte', this.#held.subarray(this.#at, this.#at + 64))
    if (seen.length < 4) return false
    this.#at += 4
    this.#prefixSeen = true
    return true
  }
}

/** A payload's fields: text ended by a zero byte each. A last field without its zero byte is taken all the same. */
export function splitFields(payload: Buffer): string[] {
  const fields = payload.toString('utf8').split('\0')
  if (fields.at(-1) === '') fields.pop()
  return fields
}

// oxlint-disable-next-line no-control-regex -- zero bytes end fields, all else of ASCII may stand
const BEYOND_ASCII = /[^\u0000-\u007f]/g

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
