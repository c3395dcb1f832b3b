import { codeEntry } from './classify.ts'
import type { CodeHandling } from './code-table.ts'

/** A request to TWS failed. Compare by `code`. */
export class IbkrError extends Error {
  /** `ibkr.<code of TWS>`, or `ibkr.timeout`, `ibkr.link`, `ibkr.input`, … of our own. */
  readonly code: string
  /** Code of TWS, undefined for failures of our own making. */
  readonly ibCode: number | undefined
  /** TWS' own words, empty for failures of our own making. */
  readonly text: string
  /** What may be done about it: see the table of codes. */
  readonly handling: CodeHandling

  private constructor(code: string, ibCode: number | undefined, text: string, handling: CodeHandling, message: string) {
    super(message)
    this.name = 'IbkrError'
    this.code = code
    this.ibCode = ibCode
    this.text = text
    this.handling = handling
  }

  /** TWS refused something. */
  static ofTws(ibCode: number, text: string, what: string): IbkrError {
    const entry = codeEntry(ibCode)
    const way = entry === undefined ? 'The code is not known here: see the message reference of TWS.' : entry.action
    const message = `Expected an answer to ${what}, found code ${ibCode} of TWS: ${text.trim()} (${way})`
    return new IbkrError(`ibkr.${ibCode}`, ibCode, text, entry?.handling ?? 'fatal', message)
  }

  /** Something on our side of the wire. */
  static own(code: 'timeout' | 'link' | 'input' | 'contract' | 'closed', message: string): IbkrError {
    return new IbkrError(
      `ibkr.${code}`,
      undefined,
      '',
      code === 'timeout' || code === 'link' ? 'retry' : 'fatal',
      message,
    )
  }
}

/** True for an {@link IbkrError} of any copy of this package. */
export function isIbkrError(error: unknown): error is IbkrError {
  return error instanceof Error && error.name === 'IbkrError'
}
