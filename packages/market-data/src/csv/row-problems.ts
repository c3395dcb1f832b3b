import { InputError } from '@onetape/core'

/** The bad rows of one file: the first one is told in full, the others are counted. */
export class RowProblems {
  readonly source: string
  #first: { line: number; code: string; text: string; column: string | undefined } | undefined
  #lastLine = 0
  #count = 0

  constructor(source: string) {
    this.source = source
  }

  get count(): number {
    return this.#count
  }

  /** `line` counts from 1. Several problems of one line count once. */
  add(line: number, code: string, text: string, column?: string): void {
    if (line !== this.#lastLine) this.#count++
    this.#lastLine = line
    if (this.#first === undefined || line < this.#first.line) this.#first = { line, code, text, column }
  }

  /** @throws {InputError} the first problem, when there is one */
  throwFirst(): void {
    if (this.#first === undefined) return
    const { line, code, text, column } = this.#first
    const more = this.#count - 1
    throw new InputError(code, text, {
      place: `${this.source}:${line}${column === undefined ? '' : ` column "${column}"`}`,
      hint: `${more === 0 ? '' : `${more} more bad row${more === 1 ? '' : 's'} follow${more === 1 ? 's' : ''}. `}Correct the file, or leave bad rows out with onBadRow: 'drop'.`,
    })
  }
}
