/** What a status of TWS says about an order. */
export type StatusMeaning =
  /** On its way: not yet confirmed by anybody. */
  | 'pending'
  /** Works or waits for its moment at IBKR. */
  | 'live'
  /** A cancellation is under way; it may still fill. */
  | 'cancelling'
  | 'cancelled'
  | 'filled'
  /** Received and not active: rejected, held for shares to borrow, or unfillable. The reason comes apart. */
  | 'inactive'
  | 'unknown'

const MEANINGS: Readonly<Record<string, StatusMeaning>> = {
  ApiPending: 'pending',
  PendingSubmit: 'pending',
  PreSubmitted: 'live',
  Submitted: 'live',
  PendingCancel: 'cancelling',
  ApiCancelled: 'cancelled',
  Cancelled: 'cancelled',
  Filled: 'filled',
  Inactive: 'inactive',
}

/** @see https://interactivebrokers.github.io/tws-api/order_submission.html */
export function statusMeaning(status: string): StatusMeaning {
  return MEANINGS[status] ?? 'unknown'
}
