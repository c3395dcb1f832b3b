/** An append-only record of what the engine took in and decided. */
export interface ITape<Line = unknown> {
  append(line: Line): void
  /**
   * When it returns, what was appended survives the end of the process; with `durable` the loss of power, too. Orders
   * leave only after it.
   */
  commit(durable: boolean): void
  close(): void
}
