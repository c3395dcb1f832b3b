/** An append-only record of what the engine took in and decided. `append` is durable when it returns. */
export interface ITape {
  append(record: Uint8Array): void
  close(): void
}
