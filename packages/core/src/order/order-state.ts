/**
 * The life of an order of ours, in the order of its integer codes. The first seven are open, the rest are final.
 * - `created`: placed by a strategy, not yet checked; `parked`: waits for the instrument's first price, then the gate
 * - `submitting`: approved, on its way; `unknown`: no proof from the venue either way, the broker is asked
 * - `working`: accepted by the venue; `cancelling`, `replacing`: the same, with a request of ours under way
 */
export const ORDER_STATES = [
  'created',
  'parked',
  'submitting',
  'unknown',
  'working',
  'cancelling',
  'replacing',
  'filled',
  'cancelled',
  'expired',
  'rejected',
  'denied',
] as const

export type OrderState = (typeof ORDER_STATES)[number]

export const OrderStateCode = {
  created: 0,
  parked: 1,
  submitting: 2,
  unknown: 3,
  working: 4,
  cancelling: 5,
  replacing: 6,
  filled: 7,
  cancelled: 8,
  expired: 9,
  rejected: 10,
  denied: 11,
} as const

/** True when nothing more can happen to the order but a correction of an execution. */
export function isFinalState(state: OrderState): boolean {
  return ORDER_STATES.indexOf(state) >= OrderStateCode.filled
}
