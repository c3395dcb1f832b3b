import { type BarSeries, OrderTypeCode, formatInstant } from '@onetape/core'
import { Booking, type Engine, StreamKind } from '@onetape/engine'
import type { ResolvedOptions } from '../run/resolved-options.ts'

/** What no live account could have done. */
export function warningsOf(resolved: ResolvedOptions): readonly string[] {
  const warnings: string[] = []
  if (resolved.sizeAt === 'fill')
    warnings.push('Target orders were sized at the fill (sizeAt: fill): live trading cannot do this.')
  if (resolved.marketFill === 'same-close')
    warnings.push(
      'Market orders filled at the close that decided them (marketFill: same-close): live trading cannot do this.',
    )
  if (resolved.prices === 'adjusted')
    warnings.push(
      'Orders traded back-adjusted prices (prices: adjusted), which no market ever quoted; corporate actions are off.',
    )
  return warnings
}

/** What the reader has to know before comparing the figures of a run. */
export function noticesOf(engine: Engine, resolved: ResolvedOptions, data: readonly BarSeries[]): readonly string[] {
  const notices: string[] = []
  if (data.some((s) => s.prices === 'split-adjusted'))
    notices.push(
      'The data is split-adjusted: share counts and per-share fees differ from what was possible at the time.',
    )
  for (const { instrument, columns, length, interval } of data)
    if (instrument.hasVolume && length > 0 && !columns.volume.some((volume) => volume > 0))
      notices.push(
        `No bar of ${instrument.symbol} (${interval}) has volume, and without it nothing fills: an instrument whose data carries none says so (hasVolume: false).`,
      )
  const { log } = engine.ledger
  let unpaid = 0
  let earned = 0
  for (let row = 0; row < log.count; row++) {
    if (log.kind[row] === Booking.dividend && log.quantity[row] !== 0) unpaid++
    else if (log.kind[row] === Booking.interest) earned += Math.max(0, log.cash[row]!)
  }
  const noPayDate = data.some(
    (s) => s.prices !== 'adjusted' && s.actions.some((a) => a.kind === 'dividend' && a.payTime === undefined),
  )
  if (unpaid > 0 && noPayDate && resolved.dividends === 'cash')
    notices.push('The data has no pay-dates: dividends were paid on the ex-date.')
  if (earned > 0) notices.push(`Cash earned ${earned.toFixed(2)} USD of interest.`)
  const { minimumCash, wentShort } = engine.ledger
  if (minimumCash < 0 && resolved.marginInterest === undefined)
    notices.push(`Cash went down to ${minimumCash.toFixed(2)} USD and no interest was charged (marginInterest: none).`)
  if (wentShort && resolved.borrow === undefined) notices.push('Short positions paid no borrow fee (borrow: none).')
  for (const [code, count] of engine.flow.denials)
    notices.push(`${count} order${count === 1 ? ' was' : 's were'} denied: ${code}.`)
  notices.push(...neverReady(engine), ...unfilledMarketOrders(engine))
  if (engine.flow.table.count === 0) notices.push('No order was placed.')
  const working = openOrders(engine)
  if (working > 0)
    notices.push(
      `${working} order${working === 1 ? ' was' : 's were'} still open at the end of the data (${formatInstant(engine.flow.now)}).`,
    )
  return notices
}

function openOrders(engine: Engine): number {
  const { table } = engine.flow
  let count = 0
  for (let n = table.firstOpen; n !== -1; n = table.nextOpen(n)) count++
  return count
}

/** Ends of a market order that its strategy did not ask for, and what would have let it live. */
const LOST = {
  day_end: 'expired with the day before they were filled whole (day_end; with tif: gtc they wait)',
  insufficient_funds: 'could not be paid whole when they filled: insufficient_funds',
} as const

function unfilledMarketOrders({ flow }: Engine): readonly string[] {
  const { table, codes } = flow
  const counts = codes.map(() => 0)
  for (let n = 0; n < table.count; n++) if (table.type[n] === OrderTypeCode.market) counts[table.code[n]!]!++
  return Object.entries(LOST).flatMap(([code, what]) => {
    const count = counts[codes.indexOf(code)] ?? 0
    return count === 0 ? [] : [`${count} market order${count === 1 ? '' : 's'} ${what}.`]
  })
}

/** Instruments with fewer bars than the indicators of a strategy need, for which its `onBar` is never called. */
function neverReady({ hosts, streams }: Engine): readonly string[] {
  return hosts.flatMap(({ id, warmUp }) => {
    const short = streams.filter((s) => s.kind === StreamKind.bar && s.length < (warmUp.get(s.interval) ?? 0))
    const first = short[0]
    if (first === undefined) return []
    const others = short.length === 1 ? '' : `, and ${short.length - 1} more like it`
    return [
      `${id} was never called for ${first.instrument.symbol}: its indicators need ${warmUp.get(first.interval)} bars (${first.interval}), and there are ${first.length}${others}.`,
    ]
  })
}
