import { isInputError, type SubmitOutcome } from '@onetape/core'
import { isIbkrError } from '../code/ibkr-error.ts'

/** An order that is refused here, before a byte of it leaves. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
  }
}

/**
 * The outcome that a failure before sending has: wrong input, no contract, no connection.
 *
 * @throws the error itself when it is a bug
 */
export function refusedBy(error: unknown): SubmitOutcome {
  if (error instanceof Refusal || isInputError(error) || isIbkrError(error))
    return { kind: 'rejected', code: error.code, detail: error.message }
  throw error
}
