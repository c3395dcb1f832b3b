import { IbkrBroker } from './broker/ibkr-broker.ts'
import type { IbkrBrokerOptions } from './broker/broker-desk.ts'
import { ContractBook, type ContractOptions } from './contract/contract-book.ts'
import { IbkrDataFeed, type IbkrDataFeedOptions } from './feed/ibkr-data-feed.ts'
import { TwsSession, type TwsSessionOptions } from './session/tws-session.ts'

/** One connection with everything on it. */
export interface Ibkr {
  readonly session: TwsSession
  readonly feed: IbkrDataFeed
  readonly broker: IbkrBroker
}

/** What {@link openIbkr} takes. */
export interface IbkrOptions extends TwsSessionOptions, ContractOptions {
  readonly broker?: Omit<IbkrBrokerOptions, 'contracts'> | undefined
  readonly feed?: Omit<IbkrDataFeedOptions, 'contracts'> | undefined
}

/**
 * A session with a feed and a broker that share contracts, and of which the broker takes last prices from the feed.
 * Call `session.start()` when everything that listens is in place.
 */
export function openIbkr(options: IbkrOptions): Ibkr {
  const session = new TwsSession(options)
  const contracts = new ContractBook(session, options)
  const feed = new IbkrDataFeed(session, { ...options.feed, contracts })
  const lastPrice = (symbol: string): number | undefined => feed.latest(symbol).bar?.close
  const broker = new IbkrBroker(session, { lastPrice, ...options.broker, contracts })
  return { session, feed, broker }
}
