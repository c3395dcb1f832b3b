import { calendar } from '@onetape/calendar'
import { type EpochMs, formatInstant, type OrderRequest } from '@onetape/core'
import { Refusal } from './refusal.ts'

const MINUTE = 60_000
/** What an order may need to reach the exchange, and clocks may differ. */
const GUARD_MS = 5_000

/**
 * Refuses an order for an auction that is over or so near that the exchange would refuse it (code 201). Times in force
 * that may mean the next auction, GTC and OPG, are left to the venue.
 *
 * Cut-offs as in the simulated venue: 09:28 for the open; for the close 15:55 on Nasdaq, 15:50 on NYSE and Arca. What
 * Nasdaq takes later under conditions (limit-on-close until 15:58) is refused too.
 *
 * @param now the gateway's time
 * @throws {Refusal} `ibkr.auction_cutoff`
 */
export function refuseLateForAuction({ type, tif, instrument }: OrderRequest, now: EpochMs): void {
  const onOpen = type === 'market-on-open' || type === 'limit-on-open'
  const onClose = type === 'market-on-close' || type === 'limit-on-close'
  // A calendar that never closes has no auctions to be late for.
  if (!(onOpen || onClose) || tif === 'gtc' || tif === 'opg' || instrument.calendar === '24/7') return
  const session = calendar(instrument.calendar).sessionFor(now)
  const nasdaq = instrument.exchange === 'NASDAQ' || instrument.calendar === 'XNAS'
  const cutoff = onOpen ? session.open - 2 * MINUTE : session.close - (nasdaq ? 5 : 10) * MINUTE
  if (now <= cutoff - GUARD_MS) return
  throw new Refusal(
    'ibkr.auction_cutoff',
    `Expected a ${type} order for ${instrument.symbol} ${GUARD_MS / 1000} s before ${formatInstant(cutoff)}, found ${formatInstant(now)}.`,
  )
}
