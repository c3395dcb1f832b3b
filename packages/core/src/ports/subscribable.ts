export interface Observer<T> {
  next(value: T): void
  error?(error: unknown): void
  complete?(): void
}

/** The least that a stream must be; an rxjs `Observable` is one. */
export interface Subscribable<T> {
  subscribe(observer: Observer<T>): { unsubscribe(): void }
}
