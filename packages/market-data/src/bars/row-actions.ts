import type { TradingCalendar } from '@onetape/calendar'
import type { CorporateAction } from '@onetape/core'
import { splitRatio } from '../actions/split-ratio.ts'
import type { Table } from '../csv/parse-table.ts'

/** Dividends and splits that stand beside the bars of their ex-days. */
export function rowActions(table: Table, time: Float64Array, cal: TradingCalendar, symbol: string): CorporateAction[] {
  const dividend = table.numbers.get('dividend')
  const split = table.numbers.get('split')
  const actions: CorporateAction[] = []
  if (dividend === undefined && split === undefined) return actions
  for (let i = 0; i < table.length; i++) {
    const ratio = split?.[i] ?? 1
    const amount = dividend?.[i] ?? 0
    if (amount === 0 && (ratio === 0 || ratio === 1)) continue
    const exDay = cal.toUtc(cal.dateOf(time[i]!), '00:00')
    // The dividend comes first: it is paid on the shares before a split of the same day.
    if (amount > 0) actions.push({ symbol, time: exDay, kind: 'dividend', amount })
    if (ratio > 0 && ratio !== 1) actions.push({ symbol, time: exDay, kind: 'split', ratio: splitRatio(ratio) })
  }
  return actions
}
