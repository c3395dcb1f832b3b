import type { Brand } from '../brand.ts'

/** Number of an order in its run: 0, 1, 2, … in order of placement over all strategies. Denied orders take one too. */
export type OrderNumber = Brand<number, 'OrderNumber'>

/** `run-strategy-counter`, chosen before the order leaves the process, so a resend can be recognised. */
export type OrderId = Brand<string, 'OrderId'>

/** The venue's name of one execution; a fill known by it is booked once, however often it is reported. */
export type ExecutionId = Brand<string, 'ExecutionId'>

export type RunId = Brand<string, 'RunId'>

/** A pure function of its inputs, so that a replay gives the same ids. */
export function orderId(run: RunId, strategy: string, counter: number): OrderId {
  return `${run}-${strategy}-${counter}` as OrderId
}
