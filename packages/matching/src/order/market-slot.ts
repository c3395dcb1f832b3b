import type { EpochMs, Shares, Sign } from '@onetape/core'

/** What the event in hand does to the order of a slot. */
export const SlotState = { rests: 0, planned: 1, filled: 2 } as const

/**
 * One plain market order, alone at its instrument: most orders of most strategies. Its few fields take the place of an
 * order from the pool until anything but its fill happens to it. Fractions start as NaN, so that they stay doubles.
 */
export class MarketSlot {
  /** The sender's number, -1 while the slot is empty. */
  number: number = -1
  side: Sign = 1
  /** `TimeInForceCode`: day or gtc. */
  tif: number = 0
  quantity: Shares = Number.NaN
  acceptedAt: EpochMs = Number.NaN
  expiresAt: EpochMs = Number.NaN
  seq: number = 0
  /** `SlotState` */
  state: number = SlotState.rests
}
