/** A request that cannot be read: answered with this code, never by closing. */
export class RequestError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.name = 'RequestError'
    this.code = code
  }
}

const UNSET_ID = 2_147_483_647

/** Reads a request field by field. Clients disagree on how "not set" is spelt; all spellings read the same here. */
export class FieldCursor {
  readonly #fields: readonly string[]
  #at: number
  /** How many fields were asked for beyond the end. */
  missing: number = 0

  constructor(fields: readonly string[], at: number) {
    this.#fields = fields
    this.#at = at
  }

  get left(): number {
    return Math.max(0, this.#fields.length - this.#at)
  }

  /** The next field as it stands; '' beyond the end. */
  text(): string {
    const field = this.#fields[this.#at++]
    if (field === undefined) this.missing++
    return field ?? ''
  }

  /**
   * A whole number; `unset` for '' and 2147483647.
   * @throws {RequestError} 320
   */
  int(unset: number = 0): number {
    const text = this.text()
    if (text === '' || text === '2147483647') return unset
    const value = Number(text)
    if (!Number.isSafeInteger(value)) throw unreadable(text, 'a whole number')
    return value
  }

  /**
   * An id that must be there, of 32 bits as clients count; 2147483647 is none.
   * @throws {RequestError} 320
   */
  id(): number {
    const text = this.text()
    const value = Number(text)
    if (text === '' || !Number.isInteger(value) || value < -UNSET_ID || value >= UNSET_ID)
      throw unreadable(text, 'an id')
    return value
  }

  /**
   * Any number; NaN when it is not set: '', the largest double in any spelling.
   * @throws {RequestError} 320
   */
  number(): number {
    return numberOf(this.text())
  }

  /** `1`, `true` and every other number but 0 are true; '' is false. */
  bool(): boolean {
    const text = this.text()
    return text !== '' && text !== '0' && text.toLowerCase() !== 'false'
  }

  /**
   * A count of what follows.
   * @throws {RequestError} 320 for one that cannot be
   */
  count(): number {
    const n = this.int()
    if (!(n >= 0 && n <= this.left)) throw unreadable(String(n), `a count from 0 to ${this.left}`)
    return n
  }

  skip(): void {
    this.text()
  }
}

/**
 * The number of a field, NaN when it is not set.
 * @throws {RequestError} 320
 */
export function numberOf(text: string): number {
  if (text === '') return Number.NaN
  if (text === 'Infinite' || text === 'Infinity') return Infinity
  const value = Number(text)
  if (Number.isNaN(value)) throw unreadable(text, 'a number')
  return value >= 1.797e308 && value < Infinity ? Number.NaN : value
}

function unreadable(found: string, expected: string): RequestError {
  return new RequestError(320, `Error reading request. Expected ${expected}, found "${found.slice(0, 80)}".`)
}
