import { Booking, type Engine } from '@onetape/engine'

/**
 * Value of all positions over equity after every knowable time, longs less shorts: 1 = fully invested, −1 = as much
 * short. Taken from equity and the ledger's cash, so that it costs no second walk over the data: what equity has beyond
 * cash and dividends owed is the value of the positions.
 */
export function netExposure(engine: Engine, time: Float64Array, equity: Float64Array): Float64Array {
  const { log, initialCash } = engine.ledger
  const { instruments } = engine
  const width = instruments.length
  // By strategy and future: futures cost no cash, so their basis is added to what equity shows.
  const held = new Map<number, { quantity: number; average: number }>()
  const exposure = new Float64Array(time.length)
  let row = 0
  let cash = initialCash
  let receivable = 0
  let basis = 0
  for (let i = 0; i < time.length; i++) {
    for (; row < log.count && log.time[row]! <= time[i]!; row++) {
      const kind = log.kind[row]!
      cash += log.cash[row]!
      const id = log.instrument[row]!
      const instrument = instruments[id]
      if (instrument === undefined) continue
      if (kind === Booking.dividend) receivable += log.quantity[row]! * log.price[row]! * instrument.multiplier
      else if (kind === Booking.dividendPaid) receivable -= log.cash[row]!
      else if (kind === Booking.fill && instrument.kind === 'future') {
        const slot = log.strategy[row]! * width + id
        const before = held.get(slot) ?? { quantity: 0, average: 0 }
        const after = filled(before, log.quantity[row]!, log.price[row]!)
        held.set(slot, after)
        basis += (after.quantity * after.average - before.quantity * before.average) * instrument.multiplier
      }
    }
    const value = equity[i]! - cash - receivable + basis
    // What rounding leaves of a flat account is no exposure.
    exposure[i] = Math.abs(value) < 1e-9 * Math.abs(equity[i]!) ? 0 : value / equity[i]!
  }
  return exposure
}

function filled(
  { quantity, average }: { readonly quantity: number; readonly average: number },
  signed: number,
  price: number,
): { quantity: number; average: number } {
  const after = quantity + signed
  if (Math.abs(after) < 1e-9 * Math.abs(signed)) return { quantity: 0, average: 0 }
  if (quantity === 0 || quantity > 0 !== after > 0) return { quantity: after, average: price }
  if (quantity > 0 === signed > 0) return { quantity: after, average: (average * quantity + price * signed) / after }
  return { quantity: after, average }
}
