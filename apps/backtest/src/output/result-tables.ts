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

/** Equity after every knowable time. */
export function equityCsv({ equity }: BacktestResult, clock: ResultClock): string {
  const lines = ['time,date,equity']
  for (let i = 0; i < equity.time.length; i++) {
    const time = equity.time[i]!
    lines.push(`${clock.instant(time)},${clock.date(time)},${equity.equity[i]!}`)
  }
  return `${lines.join('\n')}\n`
}

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
