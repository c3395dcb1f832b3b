import type { EpochMs } from '@onetape/core'
import type { Timeline } from '../clock/timeline.ts'
import type { Account } from '../exchange/account.ts'
import type { OrderDesk } from '../exchange/order-desk.ts'
import type { Listing, Listings } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import type { NamedZone } from '../wire/time-text.ts'
import type { ClientSession } from './client-session.ts'

/** How many of something a client may have; TWS's figures by default. */
export interface GatewayLimits {
  /** Market data lines. Default 100. */
  readonly marketDataLines: number
  /** Tick-by-tick streams at once. Default 5. */
  readonly tickByTick: number
  /** New real-time bar requests in ten minutes of wall time. Default 60. */
  readonly realTimeBars: number
  /** Connections. Default 32. */
  readonly clients: number
}

/** What the services of a gateway share. */
export interface GatewayContext {
  readonly timeline: Timeline
  readonly market: Market
  readonly listings: Listings
  readonly accounts: ReadonlyMap<string, Account>
  readonly desk: OrderDesk
  readonly zone: NamedZone
  readonly limits: GatewayLimits
  /** Whether limits by rate are enforced. */
  readonly paced: boolean
  /** Market data that the user pays for. */
  readonly subscriptions: 'live' | 'delayed' | 'none'
  readonly sessions: ReadonlyMap<number, ClientSession>
  /** Why market data is refused now, undefined when it is not. */
  dataFault(): { readonly code: number; readonly text: string } | undefined
  /** True while the next historical requests are to be refused for pacing. */
  takePacingFault(): boolean
  error(session: ClientSession, id: number, code: number, text: string): void
  /** The last price, of the market or of the venue; NaN when there is none yet. */
  priceOf(listing: Listing): number
  /** From now on this stock's prices are followed. */
  follow(listing: Listing): void
  now(): EpochMs
}

export const NO_CONTRACT = 'No security definition has been found for the request'
