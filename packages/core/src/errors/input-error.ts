/** Where a wrong input stands and how to put it right. */
export interface InputErrorDetails {
  /** File, line, column, flag or field. */
  readonly place?: string | undefined
  /** The way out, as one sentence. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/**
 * Something a person gave us is wrong: data, a parameter, a date range, a strategy file.
 * `message` is complete by itself (value, place, way out); a stack trace adds nothing for the reader.
 */
export class InputError extends Error {
  /** Stable: `data.unsorted`, `param.range`, `strategy.missing`, … */
  readonly code: string
  readonly place: string | undefined
  readonly hint: string | undefined

  constructor(code: string, message: string, details: InputErrorDetails = {}) {
    const place = details.place === undefined ? '' : `${details.place}: `
    const hint = details.hint === undefined ? '' : ` ${details.hint}`
    super(`${place}${message}${hint}`, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'InputError'
    this.code = code
    this.place = details.place
    this.hint = details.hint
  }
}

/** True for an {@link InputError} of any copy of this package. */
export function isInputError(error: unknown): error is InputError {
  return error instanceof Error && error.name === 'InputError' && typeof (error as { code?: unknown }).code === 'string'
}
