/** A bug or corrupt data: the process must stop, since going on would act on something false. */
export class InvariantError extends Error {
  /** Stable, for comparison across copies of this package. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'InvariantError'
    this.code = code
  }
}

/**
 * Closes an exhaustive `switch`: a new kind fails to compile here, and a kind from outside throws.
 * @throws {InvariantError} `kind.unknown`, always
 */
export function assertNever(value: never): never {
  throw new InvariantError('kind.unknown', `Expected a known kind, found ${JSON.stringify(value)}`)
}
