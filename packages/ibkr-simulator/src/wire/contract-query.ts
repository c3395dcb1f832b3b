import type { FieldCursor } from './field-cursor.ts'

/** What a client says about a contract; '' and 0 where it says nothing. */
export interface ContractQuery {
  readonly conId: number
  readonly symbol: string
  readonly secType: string
  readonly lastTradeDate: string
  readonly right: string
  readonly exchange: string
  readonly primaryExchange: string
  readonly currency: string
  readonly localSymbol: string
  readonly tradingClass: string
}

/** The twelve fields that name a contract in every request. */
export function readContract(r: FieldCursor): ContractQuery {
  const conId = r.int()
  const symbol = r.text()
  const secType = r.text()
  const lastTradeDate = r.text()
  r.number() // strike
  const right = r.text()
  r.skip() // multiplier
  return {
    conId,
    symbol,
    secType,
    lastTradeDate,
    right,
    exchange: r.text(),
    primaryExchange: r.text(),
    currency: r.text(),
    localSymbol: r.text(),
    tradingClass: r.text(),
  }
}

/** Legs of a combination: `conId · ratio · action · exchange` each. */
export function skipLegs(r: FieldCursor, fieldsPerLeg: number): void {
  for (let left = r.count() * fieldsPerLeg; left > 0; left--) r.skip()
}
