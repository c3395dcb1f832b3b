import type { RequestEvent } from './tws-events.ts'

/** Who waits for answers under one id. */
export interface RequestHandler {
  event(name: RequestEvent, args: readonly unknown[]): void
  /** A message of TWS with the request's id. */
  message(code: number, text: string): void
  /** The link is gone: nothing more will come. */
  lost(): void
}

/** Ids of a handful of past requests, whose late answers are no news. */
const REMEMBERED = 1_000

/**
 * Requests under way, by id. Ids lie above all that order ids reach, since messages about orders and requests share
 * one space of ids; they are never used twice.
 */
export class RequestBook {
  readonly #handlers = new Map<number, RequestHandler>()
  readonly #past = new Set<number>()
  #next: number

  /** @param random from 0 to below 1: a gateway may still hold the subscriptions of a process that died */
  constructor(random: number) {
    this.#next = REQUEST_IDS + Math.floor(random * 400_000) * 1_000
  }

  open(handler: RequestHandler): number {
    const id = this.#next++
    this.#handlers.set(id, handler)
    return id
  }

  close(id: number): void {
    if (!this.#handlers.delete(id)) return
    this.#past.add(id)
    if (this.#past.size > REMEMBERED) this.#past.delete(this.#past.values().next().value!)
  }

  deliver(id: number, name: RequestEvent, args: readonly unknown[]): void {
    this.#handlers.get(id)?.event(name, args)
  }

  /** False for an id that was never a request. */
  message(id: number, code: number, text: string): boolean {
    const handler = this.#handlers.get(id)
    handler?.message(code, text)
    return handler !== undefined || this.#past.has(id) || id >= REQUEST_IDS
  }

  loseAll(): void {
    const handlers = [...this.#handlers]
    for (const [id, handler] of handlers) {
      this.close(id)
      handler.lost()
    }
  }
}

/** Where ids of requests begin; order ids stay below. */
export const REQUEST_IDS = 1_500_000_000
