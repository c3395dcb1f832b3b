import type { EpochMs, OrderId } from '@onetape/core'

/** Something that a person or an alert should know of; nothing depends on it. */
export interface IbkrNotice {
  readonly time: EpochMs
  readonly severity: 'info' | 'warning' | 'critical'
  /** `ibkr.<code of TWS>`, or one of our own: `ibkr.bad_frame`, `ibkr.foreign_order`, … */
  readonly code: string
  readonly message: string
  readonly orderId?: OrderId | undefined
}
