import { MS_PER_DAY, type Usd, civilFromDays } from '@onetape/core'
import type { FeeModel } from '@onetape/costs'
import { Booking, type Engine, type LedgerLog } from '@onetape/engine'

/** What a run paid, by kind. USD; positive is paid. */
export interface RunCosts {
  /**
   * Fees of all fills by the kinds that the fee model tells apart (`commission`, `exchange`, `clearing`, `sec`, …); a
   * model that tells none apart has `commission` alone. Sums to `totalFees`.
   */
  readonly fees: Readonly<Record<string, Usd>>
  /** Charged on debits of cash. */
  readonly interestPaid: Usd
  /** Paid to the account on credits of cash: positive is earned. */
  readonly interestEarned: Usd
  /** For borrowed stock. */
  readonly borrow: Usd
  /** Fees + interest paid − interest earned + borrow. Slippage is no booking: it stands in the prices of the fills. */
  readonly total: Usd
}

/** Costs from the ledger's log. */
export function costsOf(engine: Engine, fees: FeeModel): RunCosts {
  const { log } = engine.ledger
  let [interestPaid, interestEarned, borrow, difference] = [0, 0, 0, 0]
  for (let row = 0; row < log.count; row++) {
    const kind = log.kind[row]!
    const cash = log.cash[row]!
    if (kind === Booking.interest && cash < 0) interestPaid -= cash
    else if (kind === Booking.interest) interestEarned += cash
    else if (kind === Booking.borrow) borrow -= cash
    else if (kind === Booking.feeDifference) difference -= cash
  }
  const byKind = feesByKind(engine, log, fees)
  if (difference !== 0) byKind['difference'] = difference
  const paid = engine.ledger.fees + difference
  return { fees: byKind, interestPaid, interestEarned, borrow, total: paid + interestPaid - interestEarned + borrow }
}

/** What one order traded in one session so far, and its fees by kind. */
interface SessionPart {
  quantity: number
  value: Usd
  parts: Readonly<Record<string, Usd>>
}

/**
 * Fees split as they were charged: per order and session, the model asked with the fills so far, less what it said
 * before. What the parts leave to the fees that were booked (models of one's own need not be exact) is `other`.
 */
function feesByKind(engine: Engine, log: LedgerLog, fees: FeeModel): Record<string, Usd> {
  const total = engine.ledger.fees
  if (fees.parts === undefined) return total === 0 ? {} : { commission: total }
  const sums: Record<string, Usd> = {}
  const sessions = new Map<string, SessionPart>()
  let monthVolume = 0
  let month = -1
  for (let row = 0; row < log.count; row++) {
    const order = log.order[row]!
    if (log.kind[row] !== Booking.fill || order === -1) continue
    const time = log.time[row]!
    const { year, month: inYear } = civilFromDays(Math.floor(time / MS_PER_DAY))
    if (year * 12 + inYear !== month) monthVolume = 0
    month = year * 12 + inYear
    const instrument = log.instrument[row]!
    const quantity = Math.abs(log.quantity[row]!)
    const key = `${order} ${engine.flow.feeTermEnd(instrument, log.barTime[row]!)}`
    let session = sessions.get(key)
    if (session === undefined) sessions.set(key, (session = { quantity: 0, value: 0, parts: {} }))
    const monthBefore = Math.max(0, monthVolume - session.quantity)
    session.quantity += quantity
    session.value += Math.abs(quantity * log.price[row]! * engine.instruments[instrument]!.multiplier)
    const side = log.quantity[row]! > 0 ? 1 : -1
    const parts = fees.parts(session.quantity, session.value, side, time, monthBefore)
    for (const [kind, amount] of Object.entries(parts))
      sums[kind] = (sums[kind] ?? 0) + amount - (session.parts[kind] ?? 0)
    session.parts = parts
    monthVolume += quantity
  }
  const rest = total - Object.values(sums).reduce((a, b) => a + b, 0)
  if (Math.abs(rest) > 1e-9 * Math.max(1, Math.abs(total))) sums['other'] = rest
  return sums
}
