import type { BacktestResult } from '@onetape/backtest'
import { type TradingCalendar, calendar } from '@onetape/calendar'
import { type Cell, csv, instantFormatter } from './csv.ts'

type Column<R> = readonly [name: string, cell: (record: R) => Cell]

/** Times of a result as text: UTC instants, and dates of the exchange. */
export class ResultClock {
  readonly instant: (time: number) => string = instantFormatter()
  readonly #calendar: TradingCalendar
  #hour = NaN
  #date = ''

  constructor(calendarName: string) {
    this.#calendar = calendar(calendarName)
  }

  /** Local date at the exchange. No zone that we know changes its date within an hour of UTC. */
  date(time: number): string {
    const hour = Math.floor(time / 3_600_000)
    if (!Number.isFinite(hour)) return ''
    if (hour !== this.#hour) {
      this.#hour = hour
      this.#date = this.#calendar.dateOf(time)
    }
    return this.#date
  }
}

/** Closed round trips, in order of their end. */
export function tradesCsv({ trades }: BacktestResult, clock: ResultClock): string {
  return table<BacktestResult['trades'][number]>(trades, [
    ['symbol', (trade) => trade.symbol],
    ['strategy', (trade) => trade.strategy],
    ['side', (trade) => trade.side],
    ['entry_time', (trade) => clock.instant(trade.entryTime)],
    ['entry_date', (trade) => clock.date(trade.entryTime)],
    ['exit_time', (trade) => clock.instant(trade.exitTime)],
    ['exit_date', (trade) => clock.date(trade.exitTime)],
    ['quantity', (trade) => trade.quantity],
    ['entry_price', (trade) => trade.entryPrice],
    ['exit_price', (trade) => trade.exitPrice],
    ['pnl', (trade) => trade.pnl],
    ['fees', (trade) => trade.fees],
    ['bars', (trade) => trade.bars],
    ['mae', (trade) => trade.mae],
    ['mfe', (trade) => trade.mfe],
    ['tag', (trade) => trade.tag],
  ])
}

/** Equity after every knowable time. The one table that can be as long as the data: its text is made by the hour. */
export function equityCsv({ equity: { time, equity } }: BacktestResult, clock: ResultClock): string {
  let text = 'time,date,equity\n'
  let hour = NaN
  let [start, end] = ['', '']
  for (let i = 0; i < time.length; i++) {
    const t = time[i]!
    const now = Math.floor(t / 3_600_000)
    if (now !== hour) {
      hour = now
      start = clock.instant(now * 3_600_000).slice(0, 14)
      end = `Z,${clock.date(t)},`
    }
    const seconds = (t - now * 3_600_000) / 1000
    const rest = Number.isInteger(seconds)
      ? TWO[Math.floor(seconds / 60)]! + ':' + TWO[seconds % 60]!
      : clock.instant(t).slice(14, -1)
    text += start + rest + end + equity[i]! + '\n'
  }
  return text
}

const TWO: readonly string[] = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

/** Every order with its end. */
export function ordersCsv({ orders }: BacktestResult, clock: ResultClock): string {
  return table<BacktestResult['orders'][number]>(orders, [
    ['id', (order) => order.id],
    ['strategy', (order) => order.strategy],
    ['symbol', (order) => order.symbol],
    ['side', (order) => order.side],
    ['type', (order) => order.type],
    ['tif', (order) => order.tif],
    ['state', (order) => order.state],
    ['quantity', (order) => order.quantity],
    ['filled', (order) => order.filled],
    ['limit_price', (order) => order.limitPrice],
    ['stop_price', (order) => order.stopPrice],
    ['average_price', (order) => order.averagePrice],
    ['fees', (order) => order.fees],
    ['placed_at', (order) => clock.instant(order.placedAt)],
    ['placed_date', (order) => clock.date(order.placedAt)],
    ['updated_at', (order) => clock.instant(order.updatedAt)],
    ['updated_date', (order) => clock.date(order.updatedAt)],
    ['code', (order) => order.code],
    ['tag', (order) => order.tag],
  ])
}

function table<R>(records: readonly R[], columns: readonly Column<R>[]): string {
  return csv(
    columns.map(([name]) => name),
    records.map((record) => columns.map(([, cell]) => cell(record))),
  )
}
