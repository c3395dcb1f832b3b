import { InputError, type Random, seededRandom } from '@onetape/core'
import { type SlippageModel, noSlippage } from '@onetape/costs'

/** How the simulated venue fills. Every option has a name so that a result can list it. */
export interface VenueOptions {
  /**
   * Share of a bar's volume that all fills of the bar together may take: 0.1 = 10 %. `Infinity` switches the cap off.
   * Instruments without volume have none. Default 0.1.
   */
  readonly participation: number
  /** What a resting limit needs: `through` = the bar trades at least one tick beyond it, `touch` = at it. */
  readonly limitFill: 'through' | 'touch'
  /** Which exit of an OCA group fills when one bar reaches several; default `pessimistic` = the stop. */
  readonly exits: 'pessimistic' | 'optimistic' | 'path' | 'finer'
  /** Price of the eligible bar that a market order takes. Default `open`. */
  readonly marketFill: 'open' | 'close'
  /** Applied to market fills and triggered stops, never beyond the order's limit. Default none. */
  readonly slippage: SlippageModel
  /** Working orders at a split: ended with `corporate_action`, or carried over to the new basis. Default `cancel`. */
  readonly splitOrders: 'cancel' | 'adjust'
  /**
   * What fires stops and if-touched orders on ticks: `trade` (default; quotes while the instrument has no trades),
   * `quote` (a buy stop on the ask, a sell stop on the bid), `both`.
   */
  readonly trigger: 'trade' | 'quote' | 'both'
  /** True (default): fills on a quote take at most its displayed size, once. False: the quote has no bottom. */
  readonly displayedSize: boolean
  /** Chance that a resting limit fills when the market reaches it inside a bar or tick; 1 (default) = always. */
  readonly limitFillProbability: number
  /** Delay of requests on their way to the venue, drawn uniformly. Milliseconds, default 0. */
  readonly latencyMs: { readonly min: number; readonly max: number }
  /** Source of chance for the two options above. Default `seededRandom(1)`, made anew for each venue. */
  readonly random: Random
  /** Minutes before the open after which on-open orders are refused. Default 2. */
  readonly openCutoffMinutes: number
  /** Minutes before the close after which on-close orders are refused. Default 5 on Nasdaq, 10 elsewhere. */
  readonly closeCutoffMinutes: number | undefined
}

/** The pessimistic and honest choices; `random` is made anew for each venue. */
export const DEFAULT_VENUE_OPTIONS: Omit<VenueOptions, 'random'> = {
  participation: 0.1,
  limitFill: 'through',
  exits: 'pessimistic',
  marketFill: 'open',
  slippage: noSlippage(),
  splitOrders: 'cancel',
  trigger: 'trade',
  displayedSize: true,
  limitFillProbability: 1,
  latencyMs: { min: 0, max: 0 },
  openCutoffMinutes: 2,
  closeCutoffMinutes: undefined,
}

/**
 * Fills in the defaults.
 * @throws {InputError} `venue.option` for a number out of its range
 */
export function venueOptions(given: Partial<VenueOptions>): VenueOptions {
  const options = { ...DEFAULT_VENUE_OPTIONS, random: given.random ?? seededRandom(1), ...given }
  const { participation, limitFillProbability, latencyMs } = options
  if (!(participation > 0)) throw outOfRange('participation', '> 0 (Infinity = no cap)', participation)
  if (!(limitFillProbability >= 0 && limitFillProbability <= 1))
    throw outOfRange('limitFillProbability', 'from 0 to 1', limitFillProbability)
  if (!(latencyMs.min >= 0 && latencyMs.max >= latencyMs.min && latencyMs.max < Infinity))
    throw outOfRange('latencyMs', '0 <= min <= max', `${latencyMs.min} to ${latencyMs.max}`)
  return options
}

function outOfRange(name: string, range: string, found: number | string): InputError {
  return new InputError('venue.option', `Expected ${name} ${range}, found ${found}.`)
}
