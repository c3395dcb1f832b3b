import { CONVENTIONS, type Convention } from '@onetape/analytics'
import { type IRiskGate, InputError, TIMES_IN_FORCE, type TimeInForce, didYouMean } from '@onetape/core'
import {
  type BorrowModel,
  type DayTradingRule,
  type FeeModel,
  type InterestModel,
  type MarginModel,
  type SlippageModel,
  basisPoints,
  percentFee,
  regTMargin,
} from '@onetape/costs'
import { basicGate } from '@onetape/engine'
import type { BacktestOptions } from '../options.ts'

/** Options with their defaults filled in and checked. */
export interface ResolvedOptions {
  readonly cash: number
  readonly account: 'margin' | 'cash'
  readonly leverage: number
  readonly shortSelling: boolean
  readonly fees: FeeModel
  readonly feesPer: 'session' | 'order'
  readonly slippage: SlippageModel
  readonly margin: MarginModel | undefined
  readonly marginInterest: InterestModel | undefined
  readonly creditInterest: InterestModel | undefined
  readonly shortInterest: InterestModel | undefined
  readonly borrow: BorrowModel | undefined
  readonly settlement: boolean
  readonly dayTrading: DayTradingRule | undefined
  readonly participation: number
  readonly limitFillProbability: number
  readonly latencyMs: { readonly min: number; readonly max: number }
  readonly delayBars: number
  readonly limitFill: 'through' | 'touch'
  readonly exits: 'pessimistic' | 'optimistic' | 'path' | 'finer'
  readonly marketFill: 'open' | 'close' | 'same-close'
  readonly trigger: 'trade' | 'quote' | 'both'
  readonly displayedSize: boolean
  readonly openCutoffMinutes: number
  readonly closeCutoffMinutes: number | 'exchange'
  readonly mark: 'last' | 'mid'
  readonly prices: 'raw' | 'adjusted'
  readonly dividends: 'cash' | 'reinvest' | 'ignore'
  readonly splitOrders: 'cancel' | 'adjust'
  readonly sizeAt: 'decision' | 'fill'
  readonly buffer: number
  readonly minChange: number
  readonly rejectAtFill: boolean
  readonly creditSells: boolean
  readonly tif: TimeInForce
  readonly closeAtEnd: boolean
  readonly gate: IRiskGate
  readonly lots: 'average' | 'fifo'
  readonly convention: Convention
  readonly riskFree: number
  readonly seed: number
  readonly runId: string
}

/** Names of all options, for "did you mean". */
const KNOWN = [
  'strategy',
  'params',
  'data',
  'quotes',
  'trades',
  'from',
  'to',
  'cash',
  'account',
  'leverage',
  'shortSelling',
  'fees',
  'feesPer',
  'slippage',
  'participation',
  'margin',
  'marginInterest',
  'creditInterest',
  'shortInterest',
  'borrow',
  'settlement',
  'dayTrading',
  'limitFillProbability',
  'latencyMs',
  'delayBars',
  'limitFill',
  'finer',
  'exits',
  'marketFill',
  'trigger',
  'displayedSize',
  'openCutoffMinutes',
  'closeCutoffMinutes',
  'mark',
  'prices',
  'dividends',
  'splitOrders',
  'sizeAt',
  'buffer',
  'minChange',
  'rejectAtFill',
  'creditSells',
  'tif',
  'closeAtEnd',
  'gate',
  'lots',
  'benchmark',
  'convention',
  'riskFree',
  'periodsPerYear',
  'seed',
  'runId',
  'onProgress',
] as const satisfies readonly (keyof BacktestOptions)[]

/**
 * @throws {InputError} `option.unknown` for a misspelt name, `option.value` for a value out of range
 */
export function resolveOptions(options: BacktestOptions<any>): ResolvedOptions {
  for (const name of Object.keys(options))
    if (!(KNOWN as readonly string[]).includes(name))
      throw new InputError('option.unknown', `There is no option "${name}".`, { hint: didYouMean(name, KNOWN) })
  const account = oneOf('account', options.account, ['margin', 'cash'])
  const resolved: ResolvedOptions = {
    cash: number('cash', options.cash ?? 100_000, 0, Infinity),
    account,
    leverage: number('leverage', options.leverage ?? 1, 0, 1000),
    shortSelling: options.shortSelling ?? account === 'margin',
    fees: options.fees ?? percentFee({ percent: 0.1, minimum: 1 }),
    feesPer: oneOf('feesPer', options.feesPer, ['session', 'order']),
    slippage: options.slippage ?? basisPoints(5),
    margin: options.margin === false || account === 'cash' ? undefined : (options.margin ?? regTMargin()),
    marginInterest: options.marginInterest,
    creditInterest: options.creditInterest,
    shortInterest: options.shortInterest,
    borrow: options.borrow,
    settlement: account === 'cash' && (options.settlement ?? true),
    dayTrading: options.dayTrading,
    limitFillProbability: number('limitFillProbability', options.limitFillProbability ?? 1, -1e-12, 1),
    latencyMs: latency(options.latencyMs ?? 0),
    delayBars: whole('delayBars', options.delayBars ?? 0, 1000),
    participation:
      options.participation === Infinity ? Infinity : number('participation', options.participation ?? 0.1, 0, 1),
    limitFill: oneOf('limitFill', options.limitFill, ['through', 'touch']),
    exits: oneOf('exits', options.exits, ['pessimistic', 'optimistic', 'path', 'finer']),
    marketFill: oneOf('marketFill', options.marketFill, ['open', 'close', 'same-close']),
    trigger: oneOf('trigger', options.trigger, ['trade', 'quote', 'both']),
    displayedSize: options.displayedSize ?? true,
    openCutoffMinutes: number('openCutoffMinutes', options.openCutoffMinutes ?? 2, -1e-12, 24 * 60),
    closeCutoffMinutes:
      options.closeCutoffMinutes === undefined || options.closeCutoffMinutes === 'exchange'
        ? 'exchange'
        : number('closeCutoffMinutes', options.closeCutoffMinutes, -1e-12, 24 * 60),
    mark: oneOf('mark', options.mark, ['last', 'mid']),
    prices: oneOf('prices', options.prices, ['raw', 'adjusted']),
    dividends: oneOf('dividends', options.dividends, ['cash', 'reinvest', 'ignore']),
    splitOrders: oneOf('splitOrders', options.splitOrders, ['cancel', 'adjust']),
    sizeAt: oneOf('sizeAt', options.sizeAt, ['decision', 'fill']),
    buffer: number('buffer', options.buffer ?? 0.0025, -1e-12, 0.5),
    minChange: number('minChange', options.minChange ?? 0.005, -1e-12, 1),
    rejectAtFill: options.rejectAtFill ?? false,
    creditSells: options.creditSells ?? account === 'margin',
    tif: oneOf('tif', options.tif, TIMES_IN_FORCE),
    closeAtEnd: options.closeAtEnd ?? false,
    gate: options.gate ?? basicGate(),
    lots: oneOf('lots', options.lots, ['average', 'fifo']),
    convention: oneOf('convention', options.convention, CONVENTIONS),
    riskFree: number('riskFree', options.riskFree ?? 0, -1, 1),
    seed: options.seed ?? 1,
    runId: options.runId ?? 'backtest',
  }
  if (resolved.tif === 'gtd')
    throw new InputError('option.value', 'A default time in force "gtd" has no end time.', {
      place: 'tif',
      hint: 'Give "goodTill" with each order.',
    })
  if (account === 'cash' && resolved.leverage !== 1)
    throw new InputError('option.value', `A cash account has no leverage, found ${resolved.leverage}.`, {
      place: 'leverage',
    })
  return resolved
}

function whole(name: string, value: number, max: number): number {
  if (!(Number.isInteger(value) && value >= 0 && value <= max))
    throw new InputError('option.value', `Expected a whole number from 0 to ${max}, found ${String(value)}.`, {
      place: name,
    })
  return value
}

function latency(value: number | { readonly min: number; readonly max: number }): { min: number; max: number } {
  const { min, max } = typeof value === 'number' ? { min: value, max: value } : value
  if (!(min >= 0 && max >= min && max < Infinity))
    throw new InputError('option.value', `Expected 0 <= min <= max milliseconds, found ${min} to ${max}.`, {
      place: 'latencyMs',
    })
  return { min, max }
}

function number(name: string, value: number, above: number, max: number): number {
  if (!(typeof value === 'number' && value > above && value <= max && Number.isFinite(value)))
    throw new InputError(
      'option.value',
      `Expected a number above ${Math.max(0, above)}${max === Infinity ? '' : ` and up to ${max}`}, found ${String(value)}.`,
      { place: name },
    )
  return value
}

function oneOf<const T extends string>(name: string, value: T | undefined, known: readonly T[]): T {
  if (value === undefined) return known[0]!
  if (!known.includes(value))
    throw new InputError('option.value', `Expected one of ${known.join(', ')}, found ${JSON.stringify(value)}.`, {
      place: name,
      hint: didYouMean(value, known),
    })
  return value
}

function shown(value: unknown): string | number | boolean {
  if (value === undefined) return 'none'
  if (value === Infinity) return 'off'
  if (typeof value !== 'object' || value === null) return value as string | number | boolean
  if ('name' in value) return String(value.name)
  const { min, max } = value as { min: number; max: number }
  return min === max ? min : `${min} to ${max}`
}

/** What stands in the result: every option in force by name, and whether it is the default. */
export function optionsInForce(
  options: BacktestOptions<any>,
  resolved: ResolvedOptions,
): Record<string, { value: string | number | boolean; isDefault: boolean }> {
  const inForce: Record<string, { value: string | number | boolean; isDefault: boolean }> = {}
  for (const [name, value] of Object.entries(resolved))
    inForce[name] = {
      value: shown(value),
      isDefault: (options as unknown as Record<string, unknown>)[name] === undefined,
    }
  return inForce
}
