import {
  type BorrowModel,
  type DayTradingRule,
  type IbkrInterestOptions,
  type InterestModel,
  type MarginModel,
  borrowFee,
  dayTradingRule,
  ibkrCreditInterest,
  ibkrMarginInterest,
  ibkrShortProceedsInterest,
  regTMargin,
} from '@onetape/costs'
import { choiceFlag } from './choice.ts'
import { flagError } from './flag-error.ts'
import { type Models, defined, modelFlag } from './model-text.ts'
import { numberFlag } from './number.ts'

const margins: Models<MarginModel | false> = {
  none: { make: () => false },
  'reg-t': {
    named: ['initial', 'long', 'short'],
    make: (of) =>
      regTMargin(
        defined({
          initialPercent: of.number('initial'),
          longMaintenancePercent: of.number('long'),
          shortMaintenancePercent: of.number('short'),
        }),
      ),
  },
}

/** `reg-t`, `reg-t,initial:60,long:30,short:35` in percent of the value, `none`. */
export function marginFlag(text: string): MarginModel | false {
  return modelFlag('--margin', text, margins)
}

/** Percent a year: `6.5`, or `ibkr:4.33` for IBKR's tiers over that benchmark; `none`. */
export function marginInterestFlag(text: string): InterestModel | undefined {
  return interest('--margin-interest', text, ibkrMarginInterest)
}

/** As {@link marginInterestFlag}, paid to the account. */
export function creditInterestFlag(text: string): InterestModel | undefined {
  return interest('--credit-interest', text, ibkrCreditInterest)
}

/** As {@link marginInterestFlag}, paid on the collateral of shorts. */
export function shortInterestFlag(text: string): InterestModel | undefined {
  return interest('--short-interest', text, ibkrShortProceedsInterest)
}

function interest(
  flag: string,
  text: string,
  schedule: (options: IbkrInterestOptions) => InterestModel,
): InterestModel | undefined {
  if (text === 'none') return undefined
  const [, benchmark] = /^ibkr:(.*)$/.exec(text) ?? []
  if (benchmark !== undefined) return schedule({ benchmark: numberFlag(flag, benchmark, { min: -100, max: 100 }) })
  const percent = rate(flag, text, '6.5, "ibkr:4.33" or "none"')
  const flat = schedule({ benchmark: percent, tiers: [{ upTo: Infinity, spread: 0 }] })
  return { name: `flat(${percent} %)`, interest: (...given) => interestAtFullRate(flat, given) }
}

/** A flat rate is paid to accounts of any size: the schedules of IBKR pay small ones a part. */
function interestAtFullRate(flat: InterestModel, given: Parameters<InterestModel['interest']>): number {
  const [balance, days, time] = given
  return flat.interest(balance, days, time, Infinity)
}

/** Percent a year on borrowed stock, or `none`. */
export function borrowFlag(text: string): BorrowModel | undefined {
  return text === 'none' ? undefined : borrowFee(rate('--borrow', text, '0.25 or "none"'))
}

function rate(flag: string, text: string, like: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw flagError(flag, `percent a year as ${like}`, text)
  return numberFlag(flag, text, { min: 0, max: 1000 })
}

/** `on` for the day-trading rules of their date, `off` for none. */
export function dayTradingFlag(text: string): DayTradingRule | undefined {
  return choiceFlag('--day-trading', ['on', 'off'])(text) === 'on' ? dayTradingRule() : undefined
}

/** Milliseconds: `250`, or `50..400` for a range that each order draws from. */
export function latencyFlag(text: string): number | { readonly min: number; readonly max: number } {
  const bounds = text.split('..')
  if (bounds.length > 2) throw flagError('--latency', 'milliseconds as 250 or 50..400', text)
  const [min, max] = bounds.map((bound) => numberFlag('--latency', bound, { min: 0, max: 86_400_000 }))
  if (max === undefined) return min!
  if (min! > max) throw flagError('--latency', 'a range from low to high', text)
  return { min: min!, max }
}
