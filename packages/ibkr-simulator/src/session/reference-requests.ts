import { MS_PER_DAY, usEquityTick } from '@onetape/core'
import { exchangesOf, type Listing } from '../market/listing.ts'
import { message } from '../wire/messages.ts'
import type { Request } from '../wire/request.ts'
import { clockText, dayText } from '../wire/time-text.ts'
import type { ClientSession } from './client-session.ts'
import { type GatewayContext, NO_CONTRACT } from './context.ts'

const ORDER_TYPES =
  'ACTIVETIM,AD,ADJUST,ALERT,ALLOC,AON,BASKET,COND,DAY,GAT,GTC,GTD,IOC,LIT,LMT,LOC,LOO,MIT,MKT,MOC,MOO,OCA,OPG,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,TRAILMIT,WHATIF'
/** The rule of US stocks: 0.0001 below 1 USD, 0.01 from there on. */
const US_STOCK_RULE = 26

/** Answers what never changes: contracts, symbols, price steps, lists. */
export class ReferenceRequests {
  readonly #context: GatewayContext

  constructor(context: GatewayContext) {
    this.#context = context
  }

  contractDetails(session: ClientSession, { reqId, contract }: Extract<Request, { kind: 'contractDetails' }>): void {
    const listing = this.#context.listings.find(contract)
    if (listing === undefined) return this.#context.error(session, reqId, 200, NO_CONTRACT)
    const exchange = contract.exchange === '' ? 'SMART' : contract.exchange
    session.send(
      message.contractData(
        reqId,
        listing,
        {
          exchange,
          minTick: listing.spec.tick > 0 ? listing.spec.tick : usEquityTick(1, this.#context.now()),
          orderTypes: ORDER_TYPES,
          validExchanges: exchangesOf(listing).join(','),
          longName: listing.longName,
          industry: listing.industry,
          category: listing.category,
          timeZone: zoneName(listing),
          tradingHours: this.#hours(listing, false),
          liquidHours: this.#hours(listing, true),
          marketRules: exchangesOf(listing)
            .map(() => US_STOCK_RULE)
            .join(','),
          sizeStep: listing.spec.lot,
        },
        session.connection.serverVersion,
      ),
    )
    session.send(message.contractDataEnd(reqId))
  }

  matchingSymbols(session: ClientSession, { reqId, pattern }: Extract<Request, { kind: 'matchingSymbols' }>): void {
    session.send(message.symbolSamples(reqId, this.#context.listings.search(pattern), session.connection.serverVersion))
  }

  marketRule(session: ClientSession, ruleId: number): void {
    if (ruleId === US_STOCK_RULE)
      return session.send(
        message.marketRule(ruleId, [
          [0, 0.0001],
          [1, 0.01],
        ]),
      )
    this.#context.error(session, -1, 321, `Error validating request.-'bF' : cause - Invalid market rule ${ruleId}`)
  }

  depthExchanges(session: ClientSession): void {
    session.send(message.depthExchanges(['NASDAQ', 'ARCA', 'BATS', 'NYSE', 'IEX']))
  }

  /** Today and the next five days, on the exchange's clock. */
  #hours(listing: Listing, regular: boolean): string {
    const { calendar } = listing
    const zone = calendar.timeZone
    const at = (t: number): string => `${dayText(t, zone)}:${clockText(t, zone).slice(0, 5).replace(':', '')}`
    const days: string[] = []
    for (let day = 0; day < 6; day++) {
      const date = calendar.dateOf(this.#context.now() + day * MS_PER_DAY)
      const session = calendar.sessionOn(date)
      if (session === undefined) days.push(`${date.replaceAll('-', '')}:CLOSED`)
      else {
        const { open, close } = regular ? session : calendar.extendedHours(session)
        days.push(`${at(open)}-${at(close)}`)
      }
    }
    return days.join(';')
  }
}

function zoneName(listing: Listing): string {
  return listing.calendar.timeZone === 'America/New_York' ? 'US/Eastern' : 'UTC'
}
