/** Every order type, in the order of its integer code. */
export const ORDER_TYPES = [
  'market',
  'limit',
  'stop',
  'stop-limit',
  'trailing-stop',
  'trailing-stop-limit',
  'market-if-touched',
  'limit-if-touched',
  'market-on-open',
  'limit-on-open',
  'market-on-close',
  'limit-on-close',
] as const

export type OrderType = (typeof ORDER_TYPES)[number]

/** Integer codes for tables of orders: the index in {@link ORDER_TYPES}. */
export const OrderTypeCode = {
  market: 0,
  limit: 1,
  stop: 2,
  stopLimit: 3,
  trailingStop: 4,
  trailingStopLimit: 5,
  marketIfTouched: 6,
  limitIfTouched: 7,
  marketOnOpen: 8,
  limitOnOpen: 9,
  marketOnClose: 10,
  limitOnClose: 11,
} as const

/** Times in force, in the order of their integer codes. `day` is the default everywhere. */
export const TIMES_IN_FORCE = ['day', 'gtc', 'gtd', 'ioc', 'fok', 'opg'] as const

export type TimeInForce = (typeof TIMES_IN_FORCE)[number]

export const TimeInForceCode = { day: 0, gtc: 1, gtd: 2, ioc: 3, fok: 4, opg: 5 } as const
