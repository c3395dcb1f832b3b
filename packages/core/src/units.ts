/** Milliseconds since 1970-01-01T00:00:00Z. Integral in all data of ours. */
export type EpochMs = number

/** US dollars, unrounded float64. */
export type Usd = number

/** US dollars per share (per unit of quantity before the multiplier). */
export type UsdPerShare = number

/** Shares or contracts. Fractions are allowed where the instrument's lot allows them. */
export type Shares = number

/** +1 buys, −1 sells. */
export type Sign = 1 | -1
