import { InvariantError, ORDER_STATES, OrderStateCode as S } from '@onetape/core'

/** What can happen to an order, in the order of the integer codes. */
export const ORDER_INPUTS = [
  'park',
  'deny',
  'approve',
  'accept',
  'reject',
  'lose',
  'fill-partial',
  'fill-rest',
  'trigger',
  'cancel-request',
  'cancel-reject',
  'cancel',
  'replace-request',
  'replace-reject',
  'replace',
  'expire',
  'reopen',
] as const

export const OrderInput = {
  park: 0,
  deny: 1,
  approve: 2,
  accept: 3,
  reject: 4,
  lose: 5,
  fillPartial: 6,
  fillRest: 7,
  trigger: 8,
  cancelRequest: 9,
  cancelReject: 10,
  cancel: 11,
  replaceRequest: 12,
  replaceReject: 13,
  replace: 14,
  expire: 15,
  reopen: 16,
} as const

/** No edge: such an input is a bug of ours or of the venue. */
const NO_EDGE = 255

const WIDTH = 32

/**
 * The state machine of an order as one table: `next[state * 32 + input]`. Executions are the truth, so fills are taken
 * in every state but `denied` and `created`: a cancel or an expiry may have crossed a fill on its way.
 */
const TRANSITIONS: Uint8Array = table()

// Under names of their own: what is exported is loaded at every use, a constant of the module is folded.
export const ORDER_TRANSITIONS: Uint8Array = TRANSITIONS
export const ILLEGAL: number = NO_EDGE

function table(): Uint8Array {
  const next = new Uint8Array(ORDER_STATES.length * WIDTH).fill(NO_EDGE)
  const edge = (from: number, input: number, to: number): void => {
    next[from * WIDTH + input] = to
  }
  const I = OrderInput
  edge(S.created, I.park, S.parked)
  edge(S.created, I.deny, S.denied)
  edge(S.created, I.approve, S.submitting)
  edge(S.parked, I.deny, S.denied)
  edge(S.parked, I.approve, S.submitting)
  edge(S.parked, I.cancel, S.cancelled)
  edge(S.parked, I.expire, S.expired)

  for (const sent of [S.submitting, S.unknown]) {
    edge(sent, I.accept, S.working)
    edge(sent, I.reject, S.rejected)
    edge(sent, I.lose, S.unknown)
    edge(sent, I.cancelRequest, S.cancelling)
    edge(sent, I.replaceRequest, S.replacing)
  }
  for (const live of [S.working, S.cancelling, S.replacing]) {
    edge(live, I.accept, live)
    edge(live, I.trigger, live)
    edge(live, I.reject, S.rejected)
    edge(live, I.lose, S.unknown)
    edge(live, I.cancelRequest, S.cancelling)
  }
  edge(S.working, I.replaceRequest, S.replacing)
  edge(S.replacing, I.replaceRequest, S.replacing)
  edge(S.replacing, I.replace, S.working)
  edge(S.replacing, I.replaceReject, S.working)
  edge(S.cancelling, I.replace, S.cancelling)
  edge(S.cancelling, I.replaceReject, S.cancelling)
  edge(S.cancelling, I.cancelReject, S.working)
  edge(S.working, I.replace, S.working)

  for (const open of [S.submitting, S.unknown, S.working, S.cancelling, S.replacing]) {
    edge(open, I.fillPartial, open === S.submitting || open === S.unknown ? S.working : open)
    edge(open, I.fillRest, S.filled)
    edge(open, I.cancel, S.cancelled)
    edge(open, I.expire, S.expired)
  }
  for (const final of [S.filled, S.cancelled, S.expired, S.rejected]) {
    for (const late of [I.accept, I.trigger, I.cancelReject, I.replace, I.replaceReject, I.lose, I.fillPartial])
      edge(final, late, final)
    edge(final, I.fillRest, S.filled)
    edge(final, I.reopen, S.working)
  }
  edge(S.cancelled, I.cancel, S.cancelled)
  edge(S.expired, I.expire, S.expired)
  return next
}

/**
 * The state after an input.
 * @throws {InvariantError} `order.transition` for an input that the state does not take
 */
export function nextState(state: number, input: number): number {
  const next = TRANSITIONS[state * WIDTH + input]!
  if (next === NO_EDGE)
    throw new InvariantError(
      'order.transition',
      `An order that is ${ORDER_STATES[state]} cannot take "${ORDER_INPUTS[input]}".`,
    )
  return next
}

/** True when an order in this state can take the input. */
export function takes(state: number, input: number): boolean {
  return TRANSITIONS[state * WIDTH + input] !== NO_EDGE
}
