import type { Shares, UsdPerShare } from '@onetape/core'

/** What may change in a working order. */
export interface VenueChanges {
  readonly quantity?: Shares | undefined
  readonly limit?: UsdPerShare | undefined
  readonly stop?: UsdPerShare | undefined
  readonly trailAmount?: UsdPerShare | undefined
  readonly trailPercent?: number | undefined
}
