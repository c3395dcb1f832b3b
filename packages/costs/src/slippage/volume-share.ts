import type { SlippageModel } from '../slippage-model.ts'
import { costOption } from '../cost-option.ts'

/** Options of {@link volumeShare}. */
export interface VolumeShareOptions {
  /** Largest share of the bar's volume that the impact grows with, 0 to 1. Default 0.025. */
  readonly limit?: number
  /** Impact as a fraction of the price at a share of 1. Default 0.1. */
  readonly impact?: number
}

/**
 * Impact that grows with the square of the share of the bar's volume that fills have taken, this one included:
 * price · (1 ± impact · share²), share = min((taken + quantity) / volume, limit). It moves the price only; how much of a bar may be filled is the venue's participation
 * limit. A bar without a known volume, or with none, counts as the full `limit`, the worst that the model knows.
 *
 * @throws {InputError} `costs.option` unless `limit` is from 0 to 1 and `impact` from 0 to below 1
 * @see https://zipline.ml4trading.io/api-reference.html `VolumeShareSlippage`, whose defaults and formula these are
 */
export function volumeShare(options: VolumeShareOptions = {}): SlippageModel {
  const limit = costOption('volumeShare', 'limit', options.limit ?? 0.025, 0, 1)
  const impact = costOption('volumeShare', 'impact', options.impact ?? 0.1, 0, 0.9999)
  return {
    name: `volume-share(limit ${limit}, impact ${impact})`,
    needsHistory: false,
    price(side, price, quantity, market) {
      const asked = (market.taken + quantity) / market.volume
      // Written so that an unknown (NaN) volume takes the limit.
      const share = asked < limit ? asked : limit
      return price + side * (impact * share * share) * price
    },
  }
}
