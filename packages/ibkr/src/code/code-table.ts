/** What a message says about an order that was just sent. */
export type OrderMeaning =
  /** Proof: the venue has no such order. */
  | 'rejected'
  /** A warning: the order works. */
  | 'alive'
  /** It works, but waits (for shares to borrow, for a confirmation in TWS). */
  | 'held'
  /** It is over: the confirmation of a cancellation. */
  | 'ended'
  /** Nothing certain: the order may or may not be live, so it is asked for. */
  | 'unknown'

/** What a message says about a change of a working order, or about its cancellation. */
export type ChangeMeaning =
  /** Not done: the order works on as it was. */
  | 'refused'
  | 'alive'
  /** The order is over. */
  | 'ended'
  | 'unknown'

/** What a message says about a request for data with the same id. */
export type RequestMeaning =
  | 'failed'
  /** A warning: the answer still comes. */
  | 'info'
  /** The request or subscription was over already. */
  | 'gone'
  /** To be made once more, later. */
  | 'retry'
  /** Depends on the text: see `classifyRequest`. */
  | 'text'
  /** The stream has stopped and must be asked for again. */
  | 'resubscribe'

/** What a message says about the connection as a whole. */
export type SessionMeaning =
  | 'none'
  /** The gateway lost its servers; TCP is up, orders at the venue work on. */
  | 'offline'
  /** Back, subscriptions are gone. */
  | 'restored-lost'
  /** Back, subscriptions continue. */
  | 'restored'
  | 'farm-down'
  /** Sought for, no proof of data. */
  | 'farm-pending'
  | 'farm-up'
  /** The link is closed or about to be. */
  | 'reconnect'
  /** Another connection holds our client id. */
  | 'client-id'
  /** Too many messages a second. */
  | 'slow-down'

/** `retry`: done again by itself, with back-off. `fatal`: a person or the strategy must decide. `info`: nothing to do. */
export type CodeHandling = 'retry' | 'fatal' | 'info'

/** One code of TWS and what it means for whom. */
export interface CodeEntry {
  readonly code: number
  /** What it says, in short. */
  readonly says: string
  readonly order: OrderMeaning
  readonly modify: ChangeMeaning
  readonly cancel: ChangeMeaning
  readonly request: RequestMeaning
  readonly session: SessionMeaning
  readonly handling: CodeHandling
  /** What happens here, and what a person can do. */
  readonly action: string
}

type Meaning = Omit<CodeEntry, 'code' | 'says' | 'action'>

/** A refusal of a new order; of a change it leaves the original as it was. */
const REJECTION: Meaning = {
  order: 'rejected',
  modify: 'refused',
  cancel: 'refused',
  request: 'failed',
  session: 'none',
  handling: 'fatal',
}
const INFO: Meaning = {
  order: 'alive',
  modify: 'alive',
  cancel: 'alive',
  request: 'info',
  session: 'none',
  handling: 'info',
}
/** Concerns a request; with an order's id it would prove nothing. */
const REQUEST: Meaning = {
  order: 'unknown',
  modify: 'unknown',
  cancel: 'unknown',
  request: 'failed',
  session: 'none',
  handling: 'fatal',
}
const SESSION: Meaning = { ...REQUEST, request: 'info' }

function row(code: number, says: string, meaning: Meaning, action: string, own: Partial<Meaning> = {}): CodeEntry {
  return { code, says, ...meaning, ...own, action }
}

function farmDown(code: number, farm: string): CodeEntry {
  const own = { session: 'farm-down', handling: 'retry' } as const
  return row(code, `${farm} farm: connection broken`, INFO, 'Its data counts as stale until it is back.', own)
}

function farmUp(code: number, farm: string): CodeEntry {
  return row(code, `${farm} farm: connection good`, INFO, 'Streams must show that they tick.', { session: 'farm-up' })
}

/**
 * Every code that is known here. What is missing is never guessed: it surfaces as a notice, and an order it names
 * becomes `unknown`.
 *
 * @see https://interactivebrokers.github.io/tws-api/message_codes.html
 */
export const CODE_TABLE: readonly CodeEntry[] = [
  row(0, 'near 50 messages a second', INFO, 'Nothing: the pace is kept here.'),
  row(100, 'more than 50 messages a second', SESSION, 'Nothing is sent for two seconds; a disconnect may follow.', {
    session: 'slow-down',
    handling: 'retry',
  }),
  row(101, 'too many market-data lines', REQUEST, 'Unsubscribe from something; not asked again at once.'),
  row(102, 'duplicate ticker id', REQUEST, 'Old subscription cancelled, asked again under a new id.', {
    request: 'retry',
    handling: 'retry',
  }),
  row(
    103,
    'duplicate order id',
    REJECTION,
    'Order ids are raised; the order is looked for before anything is resent.',
    {
      order: 'unknown',
      modify: 'unknown',
    },
  ),
  row(104, 'a filled order cannot be modified', REJECTION, 'Executions are asked for.', {
    order: 'unknown',
    modify: 'ended',
    cancel: 'ended',
  }),
  row(105, 'the change does not match the original order', REJECTION, 'The original works on.'),
  row(107, 'order data incomplete', REJECTION, 'No order exists.'),
  row(109, 'price outside the percentage precaution', REJECTION, 'See the presets of TWS (precautionary settings).'),
  row(
    110,
    'price off the minimum variation',
    REJECTION,
    'Prices must lie on the market rule at the order’s own price.',
  ),
  row(111, 'time in force and order type do not go together', REJECTION, 'No order exists.'),
  row(113, 'market- and limit-on-close must be DAY', REJECTION, 'No order exists.'),
  row(116, 'the exchange is not available', REJECTION, 'No order exists.'),
  row(135, 'no order with this id', REJECTION, 'Open and completed orders are asked for.', {
    order: 'unknown',
    modify: 'unknown',
    cancel: 'unknown',
  }),
  row(136, 'this order cannot be cancelled', REJECTION, 'The order is as it was; it is asked for.', {
    order: 'unknown',
    modify: 'unknown',
  }),
  row(161, 'not in a state that can be cancelled', REJECTION, 'Most often over already: it is asked for.', {
    order: 'unknown',
    modify: 'unknown',
    cancel: 'unknown',
  }),
  row(162, 'historical data service', REQUEST, 'By its text: no data, pacing, cancelled, or refused.', {
    request: 'text',
  }),
  row(165, 'historical data service, a note', INFO, 'Nothing.'),
  row(200, 'no such contract, or an ambiguous one', REJECTION, 'Give exchange, currency or contract id.'),
  row(201, 'order rejected; the reason stands in the text', REJECTION, 'The reason is in the detail.'),
  row(202, 'order cancelled', INFO, 'A confirmation.', { order: 'ended', modify: 'ended', cancel: 'ended' }),
  row(203, 'not available or allowed for this account', REJECTION, 'Trading permissions of the account.'),
  row(300, 'no subscription with this id', INFO, 'Follows a cancellation that crossed an end.', {
    order: 'unknown',
    modify: 'unknown',
    cancel: 'unknown',
    request: 'gone',
  }),
  row(309, 'too many market-depth requests', REQUEST, 'Free one first.'),
  row(310, 'no market-depth subscription with this id', INFO, 'Nothing.', {
    order: 'unknown',
    modify: 'unknown',
    cancel: 'unknown',
    request: 'gone',
  }),
  row(317, 'market depth was reset', INFO, 'The book is emptied.'),
  row(320, 'a request could not be read', REJECTION, 'Client and gateway disagree about a message: report it.'),
  row(321, 'a request did not validate', REJECTION, 'The cause is in the text; may say that the API is read-only.', {
    request: 'text',
  }),
  row(
    322,
    'a request could not be processed',
    REJECTION,
    'By its text: a duplicate id is asked again under a new one.',
    {
      request: 'text',
    },
  ),
  row(
    326,
    'client id in use',
    SESSION,
    'The same id is tried again after a wait: another one would not own our orders.',
    {
      session: 'client-id',
      handling: 'retry',
    },
  ),
  row(327, 'only client 0 may bind manual orders', REQUEST, 'A matter of configuration.'),
  row(329, 'the order type cannot be changed so', REJECTION, 'The original works on.'),
  row(354, 'no subscription to this market data', REQUEST, 'Subscribe in the client portal, or take delayed data.'),
  row(366, 'no historical query with this id', INFO, 'Follows a cancellation that crossed an end.', {
    order: 'unknown',
    modify: 'unknown',
    cancel: 'unknown',
    request: 'gone',
  }),
  row(382, 'size above the precautionary setting', REJECTION, 'See the presets of TWS.'),
  row(383, 'price or size above the precautionary setting', REJECTION, 'See the presets of TWS.'),
  row(387, 'order type not supported here', REJECTION, 'No order exists.'),
  row(388, 'size below the minimum', REJECTION, 'No order exists.'),
  row(399, 'a note about the order', INFO, 'Most often: will not be placed at the exchange until the open.'),
  row(404, 'held while shares are located', INFO, 'The order stays open and may fill later.', { order: 'held' }),
  row(412, 'contract not available for trading', REJECTION, 'No order exists.'),
  row(417, 'contract not available for trading', REJECTION, 'No order exists.'),
  row(420, 'invalid real-time query', REQUEST, 'By its text: pacing is tried again, missing permission is not.', {
    request: 'text',
  }),
  row(430, 'fundamental data not available', REQUEST, 'Nothing.'),
  row(434, 'order size of zero', REJECTION, 'No order exists.'),
  row(460, 'no trading permission', REJECTION, 'Trading permissions of the account.'),
  row(492, 'scanner of low precision', INFO, 'Nothing.'),
  row(501, 'already connected', SESSION, 'Nothing.', { handling: 'info' }),
  row(502, 'cannot connect', SESSION, 'Tried again: is TWS up, is the port right, is the API switched on?', {
    session: 'reconnect',
    handling: 'retry',
  }),
  row(503, 'TWS is too old', SESSION, 'Update TWS.'),
  row(504, 'not connected', REJECTION, 'Nothing was sent.', { handling: 'retry' }),
  row(505, 'a message could not be decoded', SESSION, 'Shown with its bytes.', { handling: 'info' }),
  row(506, 'unsupported version', SESSION, 'The gateway speaks a version that this client does not.'),
  row(507, 'the socket ended inside a message', SESSION, 'Connected again.', {
    session: 'reconnect',
    handling: 'retry',
  }),
  row(1100, 'the gateway lost its servers', SESSION, 'No order is sent until it is back; data counts as stale.', {
    session: 'offline',
    handling: 'retry',
  }),
  row(1101, 'back, data lost', SESSION, 'All streams are asked for again, orders and positions are read again.', {
    session: 'restored-lost',
    handling: 'retry',
  }),
  row(1102, 'back, data kept', SESSION, 'Orders, executions and positions are read again; streams must tick.', {
    session: 'restored',
    handling: 'retry',
  }),
  row(1300, 'the port was changed', SESSION, 'The new port stands in the text: configure it.', {
    session: 'reconnect',
  }),
  row(2100, 'unsubscribed from account data', SESSION, 'Another request took its place.', {
    request: 'resubscribe',
    handling: 'retry',
  }),
  row(2101, 'account data goes to another client', SESSION, 'Nothing.', { handling: 'info' }),
  row(2102, 'still being processed, cannot be modified yet', REJECTION, 'Modify again after the next status.', {
    order: 'unknown',
    handling: 'retry',
  }),
  farmDown(2103, 'market-data'),
  farmUp(2104, 'market-data'),
  farmDown(2105, 'historical'),
  farmUp(2106, 'historical'),
  row(2107, 'historical farm idle, there on demand', INFO, 'Nothing.'),
  row(2108, 'market-data farm idle, there on demand', INFO, 'Nothing.'),
  row(2109, 'outside-hours flag ignored', INFO, 'The order works in regular hours.'),
  row(2110, 'TWS lost its servers', SESSION, 'As 1100.', { session: 'offline', handling: 'retry' }),
  row(2119, 'market-data farm connecting', INFO, 'No proof of data yet.', { session: 'farm-pending' }),
  row(2137, 'cross-side warning', INFO, 'Held until confirmed in TWS: switch that setting off.', {
    order: 'held',
    handling: 'fatal',
  }),
  row(2148, 'account alert (margin)', INFO, 'Shown to a person.', { handling: 'fatal' }),
  row(2150, 'position value cannot be derived', INFO, 'Nothing.'),
  farmDown(2157, 'security-definition'),
  farmUp(2158, 'security-definition'),
  row(2168, 'eTradeOnly not supported', INFO, 'Never set here.'),
  row(2169, 'firmQuoteOnly not supported', INFO, 'Never set here.'),
  row(2174, 'time without a zone', INFO, 'Times are sent in UTC form.'),
  row(10006, 'parent order missing', REJECTION, 'The child does not exist.'),
  row(10052, 'time in force missing or invalid', REJECTION, 'No order exists.'),
  row(10089, 'market data needs another subscription', REQUEST, 'Delayed data can be asked for instead.'),
  row(10090, 'part of the market data is not subscribed', INFO, 'The rest arrives.'),
  row(10091, 'part of the market data is not subscribed', INFO, 'The rest arrives.'),
  row(10092, 'market depth not supported here', REQUEST, 'Nothing.'),
  row(
    10147,
    'the order to cancel was not found',
    REJECTION,
    'May be sent although it was cancelled: it is asked for.',
    {
      order: 'unknown',
      modify: 'unknown',
      cancel: 'unknown',
    },
  ),
  row(10148, 'the order cannot be cancelled in its state', REJECTION, 'Filled or being cancelled: it is asked for.', {
    order: 'unknown',
    modify: 'unknown',
    cancel: 'unknown',
  }),
  row(10167, 'not subscribed, delayed data follows', INFO, 'Ticks are late by a quarter of an hour or so.'),
  row(10168, 'not subscribed, delayed data not enabled', REQUEST, 'Subscribe, or switch delayed data on.'),
  row(10182, 'live updates of history failed', REQUEST, 'Asked for again.', {
    request: 'resubscribe',
    handling: 'retry',
  }),
  row(10186, 'not subscribed, delayed data not enabled', REQUEST, 'Subscribe, or switch delayed data on.'),
  row(10187, 'no permission for historical ticks', REQUEST, 'Nothing.'),
  row(10189, 'tick-by-tick data failed', REQUEST, 'Asked for again after a farm was lost.', {
    request: 'resubscribe',
    handling: 'retry',
  }),
  row(10190, 'too many tick-by-tick requests', REQUEST, 'Free one first.'),
  row(10197, 'no data while another session is live', REQUEST, 'Another login took the data: asked again slowly.', {
    request: 'resubscribe',
    handling: 'retry',
  }),
  row(10225, 'a bust ended the subscription', REQUEST, 'Asked for again at once.', {
    request: 'resubscribe',
    handling: 'retry',
  }),
  row(10243, 'fractional quantity not possible over the API', REJECTION, 'Trade whole shares.'),
  row(10250, 'size off the minimum variation', REJECTION, 'No order exists.'),
  row(10268, 'eTradeOnly not supported', REJECTION, 'Never set here.'),
  row(10269, 'firmQuoteOnly not supported', REJECTION, 'Never set here.'),
  row(10270, 'nbboPriceCap not supported', REJECTION, 'Never set here.'),
  row(10289, 'order rejected', REJECTION, 'The reason is in the detail.'),
  row(10293, 'order rejected', REJECTION, 'The reason is in the detail.'),
  row(10311, 'direct routing warning', INFO, 'Held until the precaution is overridden in TWS.', {
    order: 'held',
    handling: 'fatal',
  }),
  row(10314, 'date or time not valid', REQUEST, 'Client and gateway disagree about a time: report it.'),
  row(10349, 'time in force set to DAY by a preset', INFO, 'The order works.'),
]
