import {
  type FeeModel,
  type RegulatoryOptions,
  type SlippageModel,
  basisPoints,
  halfSpread,
  ibkrFixedFee,
  ibkrTieredFee,
  noFee,
  noSlippage,
  perContractFee,
  perShareFee,
  percentFee,
  squareRootImpact,
  volumeShare,
} from '@onetape/costs'
import { flagError } from './flag-error.ts'
import { type ModelText, type Models, defined, modelFlag } from './model-text.ts'

const fees: Models<FeeModel> = {
  none: { make: () => noFee() },
  percent: {
    own: true,
    named: ['min'],
    make: (of) => percentFee(defined({ percent: of.own(), minimum: of.number('min') })),
  },
  'per-share': {
    own: true,
    named: ['min', 'max-percent'],
    make: (of) =>
      perShareFee(
        defined({ perShare: of.own() ?? NaN, minimum: of.number('min'), maximumPercent: of.number('max-percent') }),
      ),
  },
  'per-contract': { own: true, make: (of) => perContractFee(of.own() ?? NaN) },
  'ibkr-fixed': { named: ['regulatory', 'last-rates-until'], make: (of) => ibkrFixedFee(regulatory(of)) },
  'ibkr-tiered': {
    named: ['regulatory', 'last-rates-until', 'liquidity', 'add', 'remove'],
    make: (of) =>
      ibkrTieredFee(
        defined({
          ...regulatory(of),
          liquidity: liquidity(of.text('liquidity')),
          addFee: of.number('add'),
          removeFee: of.number('remove'),
        }),
      ),
  },
}

function regulatory(of: ModelText): RegulatoryOptions {
  const wanted = of.text('regulatory')
  if (wanted !== undefined && wanted !== 'none') throw flagError('--fee', 'regulatory:none', `regulatory:${wanted}`)
  return defined({ regulatory: wanted, lastRatesUntil: of.text('last-rates-until') })
}

function liquidity(text: string | undefined): 'add' | 'remove' | undefined {
  if (text === undefined || text === 'add' || text === 'remove') return text
  throw flagError('--fee', 'liquidity:add or liquidity:remove', `liquidity:${text}`)
}

const slippages: Models<SlippageModel> = {
  none: { make: () => noSlippage() },
  bps: { own: true, make: (of) => basisPoints(of.own()) },
  'half-spread': { own: true, make: (of) => halfSpread(defined({ fallbackBps: of.own() })) },
  'volume-share': {
    named: ['limit', 'impact'],
    make: (of) => volumeShare(defined({ limit: of.number('limit'), impact: of.number('impact') })),
  },
  'square-root': {
    own: true,
    named: ['fallback', 'max-percent'],
    make: (of) =>
      squareRootImpact(
        defined({
          coefficient: of.own(),
          fallbackBps: of.number('fallback'),
          maximumPercent: of.number('max-percent'),
        }),
      ),
  },
}

/** `none`, `percent:0.1,min:1`, `per-share:0.005,min:1,max-percent:1`, `per-contract:2.1`, `ibkr-fixed`, `ibkr-tiered`. */
export function feeFlag(text: string): FeeModel {
  return modelFlag('--fee', text, fees)
}

/** `none`, `bps:5`, `half-spread:2`, `volume-share,limit:0.025,impact:0.1`, `square-root:0.1`. */
export function slippageFlag(text: string): SlippageModel {
  return modelFlag('--slippage', text, slippages)
}
