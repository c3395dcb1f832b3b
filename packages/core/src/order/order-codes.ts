/**
 * Why the gate denied an order: stable codes and their meaning. The documentation's table is made from this list.
 */
export const DENIAL_CODES = {
  buying_power:
    'The order would cost more than the cash or margin that is free after the reservations of all working orders.',
  no_price: 'The instrument has no price yet, so the order cannot be valued.',
  invalid_price: 'A limit, stop or trail price is missing, not finite, or not positive.',
  price_far: 'The limit is more than the allowed distance from the last price (a misplaced decimal point).',
  invalid_quantity: 'The quantity is zero, negative or not finite.',
  lot_size: 'The quantity is not a multiple of the lot.',
  tick_size: 'The price is not on the grid of the tick.',
  warm_up: 'The instrument is still warming up its indicators.',
  late_data: 'Placed while handling a late bar, and the strategy does not accept late data.',
  opg_type: 'Only market and limit orders can be good for the opening.',
  auction_cutoff: 'Placed after the cut-off of the opening or closing auction.',
  outside_rth_type: 'Only limit-type orders may work outside regular trading hours.',
  unknown_instrument: 'The instrument is not part of this run.',
  not_open: 'The order to cancel or modify is not open.',
  reduce_only: 'A reduce-only order would open or increase a position.',
  bad_link: 'The parent or group of the order does not exist or is already final.',
  short_not_allowed: 'The account cannot sell short.',
  settled_cash: 'A cash account has too little settled cash.',
  pattern_day_trader: 'The day trade is more than the account may do in five business days.',
  intraday_margin: 'The order would exceed the intraday margin standard.',
  no_target: 'The target quantity cannot be computed: equity or price is missing or not positive.',
  broker_link: 'The broker cannot be reached, and nothing is sent late without a fresh decision.',
  stale_data: 'The last price is older than allowed.',
  halted: 'Trading is halted.',
} as const

export type DenialCode = keyof typeof DENIAL_CODES

/** Why a working order ended without (all of) its fills. */
export const END_CODES = {
  requested: 'The strategy cancelled it.',
  day_end: 'The session ended and the order was good for the day.',
  gtd_reached: 'Its good-till time was reached.',
  ioc_remainder: 'Immediate-or-cancel: what could not fill at once was cancelled.',
  fok_unfilled: 'Fill-or-kill: it could not fill whole at once.',
  opg_missed: 'The opening auction passed.',
  moc_missed: 'The closing auction passed.',
  oca: 'Another order of its group filled.',
  parent_ended: 'Its parent ended without a fill.',
  corporate_action: 'A split changed the basis of prices.',
  delisted: 'The instrument was delisted.',
  target_replaced: 'A newer target of the strategy points the other way.',
  insufficient_funds: 'At the fill the account could not pay for it.',
  nothing_to_do: 'Sized at its fill, the order had nothing to trade.',
  reduce_complete: 'Nothing was left to reduce.',
  margin_call: 'The account was liquidated.',
  end_of_data: 'The data ended.',
  never_sent: 'After a restart no trace of it was found at the broker, and too much time had passed to send it.',
  modify_denied: 'The change was denied by the gate.',
} as const

export type EndCode = keyof typeof END_CODES
