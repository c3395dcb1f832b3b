/** Which messages a callback fault is about. */
export type CallbackKind = 'openOrder' | 'orderStatus' | 'execution' | 'commission' | 'position' | 'data'

/**
 * Something that goes wrong. `ms` are milliseconds of the gateway's time. Where `clientId` is given, only that client's
 * connection is concerned, else all are.
 */
export type Fault =
  /** The TCP connection ends; new ones are refused for `refuseMs`. */
  | { readonly kind: 'drop'; readonly how?: 'fin' | 'rst'; readonly clientId?: number; readonly refuseMs?: number }
  /** The connection stays up and is dead: nothing is sent any more, nothing read. */
  | { readonly kind: 'half-open'; readonly clientId?: number }
  /** Connections are accepted and the handshake is never answered. */
  | { readonly kind: 'mute-handshake'; readonly ms: number }
  /** Nothing is read from, or written to, the socket for a while; then all that waits comes at once. */
  | { readonly kind: 'stall-reads' | 'stall-writes'; readonly ms: number; readonly clientId?: number }
  /**
   * The Gateway loses the broker: 1100 again and again, then 1101 (`lost`: all subscriptions are gone) or 1102. Orders
   * work on; what happens to them is not told.
   */
  | {
      readonly kind: 'broker-link'
      readonly ms: number
      readonly data?: 'lost' | 'maintained'
      readonly repeatMs?: number
    }
  /** A market data farm breaks and comes back; with `dead` its streams stay silent without a word. */
  | { readonly kind: 'farm'; readonly farm?: string; readonly ms: number; readonly dead?: boolean }
  /** The next order ids given out are lower than before, as after a restart that lost some. */
  | { readonly kind: 'id-roll-back'; readonly by: number }
  /** Client ids count as in use: 326, and the connection ends. */
  | { readonly kind: 'client-id-in-use'; readonly ms: number; readonly clientId?: number }
  /** Callbacks are sent twice, late, in another order, or not at all, each with the given probability. */
  | {
      readonly kind: 'callbacks'
      readonly what: 'duplicate' | 'late' | 'reorder' | 'lose'
      readonly of?: readonly CallbackKind[]
      readonly probability?: number
      readonly ms?: number
      /** How many callbacks at most. */
      readonly count?: number
    }
  /** An execution of the day (the last one by default) is corrected, or busted with `shares: 0`. */
  | {
      readonly kind: 'correct-execution'
      readonly execId?: string
      readonly price?: number
      readonly shares?: number
    }
  /** The next orders, modifications or cancels are refused with this code. */
  | {
      readonly kind: 'reject'
      readonly on?: 'place' | 'modify' | 'cancel'
      readonly code?: number
      readonly text?: string
      readonly symbol?: string
      readonly advancedReject?: string
      readonly count?: number
    }
  /** The next modification leaves the order as it was and makes a second one with the same reference. */
  | { readonly kind: 'twin-modify' }
  /** Somebody enters an order in TWS itself: order id 0, no client. Market without a limit. */
  | {
      readonly kind: 'manual-order'
      readonly symbol: string
      readonly action: 'BUY' | 'SELL'
      readonly quantity: number
      readonly limit?: number
    }
  /** Short sales of a symbol wait for shares to borrow; `ms: 0` ends it. */
  | { readonly kind: 'locate-hold'; readonly symbol: string; readonly ms: number }
  /** The sizes of quotes are cut, so that orders fill in parts; `shares: 0` ends it. */
  | { readonly kind: 'partial-fills'; readonly shares: number }
  /** Cancels are confirmed only after a while: fills can come in between. */
  | { readonly kind: 'slow-cancels'; readonly ms: number }
  /** The next historical requests are refused for pacing. */
  | { readonly kind: 'pacing-violation'; readonly count?: number }
  /** The Gateway restarts: connections end, are refused for a while, and all subscriptions are gone. */
  | { readonly kind: 'restart'; readonly ms: number }
  /** As a restart, but somebody has to log in again first. */
  | { readonly kind: 'weekly-authentication'; readonly ms: number }
  /** The user is logged in elsewhere: 10197, and no data. */
  | { readonly kind: 'competing-session'; readonly ms: number }
  /** Any message to the clients, for codes that nothing here causes. */
  | { readonly kind: 'notice'; readonly id?: number; readonly code: number; readonly text: string }
  /** Bytes as they are: a malformed frame towards the client. */
  | { readonly kind: 'raw'; readonly hex: string; readonly clientId?: number }

/**
 * A fault with its time: `after` milliseconds of the gateway's time since its start, or `at` New York's clock: daily as
 * `23:45`, weekly as `Sun 01:00`.
 */
export interface ScriptedFault {
  readonly after?: number
  readonly at?: string
  /** Repeats after so many milliseconds. */
  readonly every?: number
  readonly fault: Fault
}

/** Chaos: faults drawn from `of` with the gateway's seed, on average `perMinute` a minute of the gateway's time. */
export interface RandomFaults {
  readonly perMinute: number
  readonly of: readonly Fault[]
}

export interface FaultScript {
  readonly faults?: readonly ScriptedFault[]
  readonly random?: RandomFaults
}
