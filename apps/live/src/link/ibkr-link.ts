import { type BrokerEvent, type EpochMs, InputError, type Subscribable } from '@onetape/core'
import { correctedExecution, type Ibkr, type SessionState, type Timing, fileOrderIds, openIbkr } from '@onetape/ibkr'
import { join } from 'node:path'
import type { LiveConfig } from '../config/live-config.ts'
import type { BrokerLink } from './broker-link.ts'

export interface IbkrLinkOptions {
  readonly config: Pick<LiveConfig, 'mode' | 'account'>
  readonly host: string
  readonly port: number
  readonly clientId: number
  /** Where order ids are kept; without it only the gateway knows them. */
  readonly folder?: string | undefined
  /** Time of a simulator that runs faster than the clock. Default: the gateway's, by the session's measure. */
  readonly now?: (() => EpochMs) | undefined
  /** Time, timers and chance of the session. Default those of the machine. */
  readonly timing?: Timing | undefined
  /** How long to wait for the connection, milliseconds. Default 15,000. */
  readonly connectMs?: number | undefined
  /** How patient the session is, milliseconds; its own defaults where left out. */
  readonly patience?: {
    readonly handshakeMs?: number
    readonly heartbeatMs?: number
    readonly heartbeatDeadlineMs?: number
    readonly backOffMs?: number
  }
  /** Open orders and executions are looked at so often while orders are open. Default 60,000 ms; 0 never. */
  readonly checkMs?: number | undefined
}

/** A link with its parts, for those who look deeper. */
export interface IbkrLink extends BrokerLink {
  readonly session: Ibkr['session']
  readonly broker: Ibkr['broker']
  readonly feed: Ibkr['feed']
}

/**
 * Connects to TWS or Gateway and finds the account.
 * @throws {InputError} `live.account` when the login is not the one that is meant
 */
export async function openIbkrLink(options: IbkrLinkOptions): Promise<IbkrLink> {
  const { config, host, port, clientId, folder, patience = {} } = options
  const { backOffMs, ...deadlines } = patience
  const { session, broker, feed } = openIbkr({
    host,
    port,
    clientId,
    ...deadlines,
    backOff: backOffMs === undefined ? undefined : { firstMs: backOffMs, maxMs: 10 * backOffMs },
    timing: options.timing,
    orderIds: folder === undefined ? undefined : fileOrderIds(join(folder, 'order-ids')),
    broker: { account: config.account, checkMs: options.checkMs },
  })
  // The session's timers let a process end; while it connects, and is connected, this one must not.
  const alive = setInterval(() => undefined, 3_600_000)
  session.start()
  try {
    const accounts = await firstConnection(session, options)
    const account = chosenAccount(config, accounts)
    const now = options.now ?? (() => session.now())
    return {
      session,
      broker,
      feed,
      events: options.now === undefined ? broker.events : restamped(broker.events, now),
      account,
      now,
      driftMs: () => (options.now === undefined ? session.clockOffsetMs : 0),
      corrects: correctedExecution,
      getExecutions: () => broker.getExecutions(),
      getCompletedOrders: () => broker.getCompletedOrders(),
      restored: session.restored,
      online: mapped<SessionState, boolean>(session.states, ({ kind }) => kind === 'online'),
      notices: session.notices,
      async close() {
        clearInterval(alive)
        await session.stop()
      },
    }
  } catch (error) {
    clearInterval(alive)
    await session.stop()
    throw error
  }
}

/** At the start a port that refuses is a mistake, or TWS is not up: nobody should wait for it. Later losses are waited out. */
async function firstConnection(session: Ibkr['session'], options: IbkrLinkOptions): Promise<readonly string[]> {
  const refused = Promise.withResolvers<never>()
  const states = session.states.subscribe((state) => {
    if (state.kind !== 'waiting' || !state.reason.includes('ECONNREFUSED')) return
    refused.reject(
      new InputError(
        'live.refused',
        `Expected TWS or Gateway at ${options.host}:${options.port}, found: ${state.reason}.`,
        {
          hint: 'Start it and log in, compare the port with its API settings, and see "doctor".',
        },
      ),
    )
  })
  try {
    return await Promise.race([session.online(options.connectMs ?? 15_000), refused.promise])
  } finally {
    states.unsubscribe()
  }
}

/**
 * A broker's events with the time of a simulator instead of that of the session's clock, which such a gateway outruns.
 * Executions carry the gateway's own time.
 */
function restamped(events: Subscribable<BrokerEvent>, now: () => EpochMs): Subscribable<BrokerEvent> {
  return mapped(events, (event) =>
    event.kind === 'filled' || event.kind === 'corrected' ? event : { ...event, time: now() },
  )
}

/** The account that is meant: a port proves nothing, its id does. */
export function chosenAccount(config: Pick<LiveConfig, 'mode' | 'account'>, accounts: readonly string[]): string {
  const listed = accounts.join(', ') || 'none'
  const account = config.account ?? (accounts.length === 1 ? accounts[0] : undefined)
  if (account === undefined)
    throw new InputError('live.account', `Expected to know which account to trade, found ${listed}.`, {
      hint: 'Set account to one of them.',
    })
  if (!accounts.includes(account))
    throw new InputError('live.account', `Expected a login with account ${account}, found ${listed}.`, {
      hint: 'Log in with the user of that account, or correct the setting "account".',
    })
  if (config.mode === 'paper' && !account.startsWith('D'))
    throw new InputError('live.account', `Mode paper trades accounts that begin with D, found ${account}.`, {
      hint: 'This is an account with real money: connect to the paper login (TWS 7497, Gateway 4002).',
    })
  return account
}

function mapped<A, B>(source: Subscribable<A>, map: (value: A) => B): Subscribable<B> {
  return { subscribe: (observer) => source.subscribe({ next: (value) => observer.next(map(value)) }) }
}
