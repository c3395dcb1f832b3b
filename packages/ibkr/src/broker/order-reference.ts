import type { OrderId } from '@onetape/core'

const REFERENCE = /^.+-.+-\d+$/

/** Our id in the reference of an order; undefined for one that is not `run-strategy-counter`. */
export function orderIdOf(reference: string | undefined): OrderId | undefined {
  return reference !== undefined && REFERENCE.test(reference) ? (reference as OrderId) : undefined
}

/** `run-strategy` of an id: groups of one strategy's run do not meet those of another, nor those of yesterday. */
export function scopeOf(id: OrderId): string {
  return id.slice(0, id.lastIndexOf('-'))
}
