import { didYouMean } from '@onetape/core'
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
import { numberFlag } from './number.ts'

/** `percent:0.1,min:1` as its parts: the text behind the model's own name, and those behind its named options. */
interface ModelText {
  /** The number behind the name, or undefined when there is none. */
  own(): number | undefined
  number(key: string): number | undefined
  text(key: string): string | undefined
}

/** A model by its name in a flag; `named` lists the options it takes. */
type Models<M> = Readonly<Record<string, { readonly named?: readonly string[]; readonly make: (of: ModelText) => M }>>

const fees: Models<FeeModel> = {
  none: { make: () => noFee() },
  percent: {
    named: ['min'],
    make: (of) => percentFee(defined({ percent: of.own(), minimum: of.number('min') })),
  },
  'per-share': {
    named: ['min', 'max-percent'],
    make: (of) =>
      perShareFee(
        defined({ perShare: of.own() ?? NaN, minimum: of.number('min'), maximumPercent: of.number('max-percent') }),
      ),
  },
  'per-contract': { make: (of) => perContractFee(of.own() ?? NaN) },
  'ibkr-fixed': { named: ['regulatory', 'last-rates-until'], make: (of) => ibkrFixedFee(regulatory(of)) },
  'ibkr-tiered': {
    named: ['regulatory', 'last-rates-until', 'liquidity'],
    make: (of) => ibkrTieredFee(defined({ ...regulatory(of), liquidity: liquidity(of.text('liquidity')) })),
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
  bps: { make: (of) => basisPoints(of.own()) },
  'half-spread': { make: (of) => halfSpread(defined({ fallbackBps: of.own() })) },
  'volume-share': {
    named: ['limit', 'impact'],
    make: (of) => volumeShare(defined({ limit: of.number('limit'), impact: of.number('impact') })),
  },
  'square-root': { make: (of) => squareRootImpact(defined({ coefficient: of.own() })) },
}

/** `none`, `percent:0.1,min:1`, `per-share:0.005,min:1,max-percent:1`, `per-contract:2.1`, `ibkr-fixed`, `ibkr-tiered`. */
export function feeFlag(text: string): FeeModel {
  return model('--fee', text, fees)
}

/** `none`, `bps:5`, `half-spread:2`, `volume-share,limit:0.025,impact:0.1`, `square-root:0.1`. */
export function slippageFlag(text: string): SlippageModel {
  return model('--slippage', text, slippages)
}

function model<M>(flag: string, given: string, models: Models<M>): M {
  const [head = '', ...rest] = given.split(',').map((part) => part.trim())
  const [name = '', own] = split(head)
  const known = models[name]
  if (known === undefined)
    throw flagError(flag, `one of ${Object.keys(models).join(', ')}`, given, didYouMean(name, Object.keys(models)))
  const named = new Map<string, string>()
  for (const part of rest) {
    const [key = '', value = ''] = split(part)
    const keys = known.named ?? []
    if (!keys.includes(key)) throw flagError(flag, `an option of "${name}"`, part, didYouMean(key, keys))
    named.set(key, value)
  }
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : numberFlag(flag, text)
  return known.make({
    own: () => number(own),
    number: (key) => number(named.get(key)),
    text: (key) => named.get(key),
  })
}

/** Name and what stands behind the colon. */
function split(part: string): readonly (string | undefined)[] {
  const at = part.indexOf(':')
  return at < 0 ? [part] : [part.slice(0, at), part.slice(at + 1)]
}

/** Without the keys that are undefined: a model's own defaults stay in force. */
function defined<T extends object>(options: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}
