import { type ExchangeClock, exchangeClock } from './format/exchange-clock.ts'
import { formatNumber, formatSigned } from './format/number.ts'
import type { Markup } from './html/markup.ts'
import type { ReportInput } from './report-input.ts'
import { type SessionPoints, sessionPoints } from './series/session-points.ts'

/** What every section needs: the input, and how to write times and money. */
export interface ReportContext {
  readonly input: ReportInput
  readonly clock: ExchangeClock
  readonly currency: string
  /** True when the data's bars are whole sessions, so that times are shown as dates. */
  readonly daily: boolean
  readonly sessions: SessionPoints
  readonly periodsPerYear: number
  time(time: number): string
  /** `1,234.50 USD` */
  money(amount: number): string
  /** `+1,234.50` without the currency, for columns whose heading names it. */
  gain(amount: number): string
  price(price: number): string
}

/** One part of the page; `wide` takes the whole width. */
export interface Section {
  readonly id: string
  readonly title: string
  /** In the bar at the top; default the title. */
  readonly short?: string | undefined
  /** One sentence under the title: what is shown, in which unit. */
  readonly lead?: string | undefined
  readonly wide?: boolean
  readonly body: Markup
}

export function reportContext(input: ReportInput): ReportContext {
  const clock = exchangeClock(input.timeZone ?? 'America/New_York')
  const currency = input.currency ?? 'USD'
  const daily = /[dw]$/.test(input.data.interval)
  return {
    input,
    clock,
    currency,
    daily,
    sessions: sessionPoints(input, clock),
    periodsPerYear: input.periodsPerYear ?? 252,
    time: (time) => (daily ? clock.day(time) : clock.minute(time)),
    money: (amount) => (Number.isNaN(amount) ? 'n/a' : `${formatNumber(amount)} ${currency}`),
    gain: (amount) => formatSigned(amount),
    price: (price) => formatNumber(price, Math.abs(price) < 10 ? 4 : 2),
  }
}
