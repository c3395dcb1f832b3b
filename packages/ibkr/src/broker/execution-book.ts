import type { ExecutionId, OrderId, Shares } from '@onetape/core'

/** What a report of an execution is, compared with those before it. */
export type ExecutionNews =
  | { readonly kind: 'new' }
  /** It replaces an earlier report, which stated `quantity`. */
  | { readonly kind: 'correction'; readonly superseded: ExecutionId; readonly quantity: Shares }
  /** Said before, or older than what is known. */
  | { readonly kind: 'repeat' }

interface Known {
  readonly id: ExecutionId
  readonly revision: number
  readonly orderId: OrderId | undefined
  readonly quantity: Shares
}

/**
 * Executions by their ids. A correction has the id of what it corrects but for the part after the last dot, which
 * counts up: `0000e0d5.69dd7411.01.01` is superseded by `0000e0d5.69dd7411.01.02`.
 */
export class ExecutionBook {
  readonly #known = new Map<string, Known>()
  readonly #most: number

  /** @param most executions remembered; a day of them is reported again at every question */
  constructor(most = 200_000) {
    this.#most = most
  }

  /** @param orderId undefined for somebody else's */
  take(id: ExecutionId, orderId: OrderId | undefined, quantity: Shares): ExecutionNews {
    const { base, revision } = split(id)
    const before = this.#known.get(base)
    if (before !== undefined && revision <= before.revision) return { kind: 'repeat' }
    this.#known.set(base, { id, revision, orderId, quantity })
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value!)
    if (before === undefined) return { kind: 'new' }
    return { kind: 'correction', superseded: before.id, quantity: before.quantity }
  }

  /** Whose execution it is; `unreported` while nothing of it was seen, undefined for somebody else's. */
  orderOf(id: ExecutionId): OrderId | 'unreported' | undefined {
    const found = this.#known.get(split(id).base)
    return found === undefined ? 'unreported' : found.orderId
  }

  /** False for an execution that was corrected since. */
  stands(id: ExecutionId): boolean {
    const { base, revision } = split(id)
    return this.#known.get(base)?.revision === revision
  }
}

/** Corrections of one execution that are looked back over. */
const REVISIONS = 100

/**
 * The latest of the executions in hand that `id` corrects: after a restart a correction comes as a report like any
 * other, and what it corrects is known from the tape alone.
 */
export function correctedExecution(id: ExecutionId, booked: ReadonlySet<ExecutionId>): ExecutionId | undefined {
  const { base, revision } = split(id)
  for (let r = revision - 1; r >= Math.max(0, revision - REVISIONS); r--) {
    const earlier = `${base}.${String(r).padStart(2, '0')}` as ExecutionId
    if (booked.has(earlier)) return earlier
  }
  return undefined
}

function split(id: ExecutionId): { base: string; revision: number } {
  const dot = id.lastIndexOf('.')
  const revision = Number(id.slice(dot + 1))
  return dot > 0 && Number.isInteger(revision) ? { base: id.slice(0, dot), revision } : { base: id, revision: 0 }
}
