import { type BarSeries, type EpochMs, InputError } from '@onetape/core'
import type { FeeModel } from '@onetape/costs'
import type { VenueOptions } from '@onetape/matching'
import type { FaultScript } from './faults/fault.ts'
import type { RecordedTicks } from './market/tick-market.ts'
import type { GatewayLimits } from './session/context.ts'

/** How a gateway runs. All of it may be left out: then it serves a seeded market that never closes. */
export interface GatewayOptions {
  /** TCP port; 0, the default, takes a free one. */
  readonly port?: number | undefined
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** Highest server version that is offered, 157 to 193. Default 193. */
  readonly serverVersion?: number | undefined
  /** Accounts with their cash at first, USD. Default DU1234567 with 1,000,000. */
  readonly accounts?: readonly { readonly id: string; readonly cash: number }[] | undefined
  /** Source of everything that is drawn. Default 1. */
  readonly seed?: number | undefined
  /** Stocks of the seeded market. Default some twenty well-known ones. */
  readonly symbols?: readonly string[] | undefined
  /** Recorded bars; with them the seeded market is off. */
  readonly series?: readonly BarSeries[] | undefined
  /** Recorded trades and quotes, instead of bars. */
  readonly ticks?: readonly RecordedTicks[] | undefined
  /** Simulated seconds per second of wall time; 0 = time stands still until `advance` moves it. Default 1. */
  readonly speed?: number | undefined
  /** Time at the start. Default: that of the state file, the first recorded bar, else the wall's. */
  readonly start?: EpochMs | undefined
  /** What orders meet. Default: recorded bars as a whole, as in a backtest; quotes and trades of the seeded market. */
  readonly matching?: 'bars' | 'ticks' | undefined
  /** How the exchange fills, as in a backtest. */
  readonly venue?: Partial<VenueOptions> | undefined
  /** Default IBKR's fixed pricing; the commission alone on dates whose regulatory fees are not known. */
  readonly fees?: FeeModel | undefined
  /** The client that sees orders and executions of all clients. Default none. */
  readonly masterClientId?: number | undefined
  /** Lets a client cancel orders of others; the documentation says no, captures say yes. Default false. */
  readonly crossClientCancel?: boolean | undefined
  /** Refuses orders, as a Gateway in read-only mode. Default false. */
  readonly readOnly?: boolean | undefined
  /**
   * Market data that the user pays for: `live`; `delayed` = 10089 for live data, delayed data on request; `none` = that
   * neither. Default `live`.
   */
  readonly subscriptions?: 'live' | 'delayed' | 'none' | undefined
  /** Orders wait for somebody to confirm them in a window, which nobody does: no answer at all. Default false. */
  readonly orderPrecautions?: boolean | undefined
  /** Zone in which the Gateway writes times. Default New York. */
  readonly timeZone?: 'America/New_York' | 'UTC' | undefined
  /** Repeats openOrder and orderStatus now and then, as real Gateways do. Default true. */
  readonly repeats?: boolean | undefined
  /** Enforces IBKR's limits by rate, on wall time. Default: unless time is simulated. */
  readonly paced?: boolean | undefined
  readonly limits?: Partial<GatewayLimits> | undefined
  /** File that remembers ids, orders, executions and positions over a restart. Default none. */
  readonly stateFile?: string | undefined
  readonly faults?: FaultScript | undefined
}

/** @throws {InputError} `simulator.option` for a value out of its range */
export function checkOptions(options: GatewayOptions): void {
  const within = (name: 'port' | 'serverVersion' | 'speed', low: number, high: number): void => {
    const value = options[name]
    if (value !== undefined && !(value >= low && value <= high))
      throw new InputError('simulator.option', `Expected ${name} from ${low} to ${high}, found ${value}.`)
  }
  within('port', 0, 65_535)
  within('serverVersion', 157, 193)
  within('speed', 0, 100_000)
  for (const { id, cash } of options.accounts ?? [])
    if (id === '' || !Number.isFinite(cash))
      throw new InputError('simulator.option', `Expected accounts with an id and cash, found "${id}" with ${cash}.`)
  if (options.ticks !== undefined && (options.series !== undefined || options.matching === 'bars'))
    throw new InputError('simulator.option', 'Expected recorded ticks or recorded bars, found both.')
  if (options.accounts?.length === 0)
    throw new InputError('simulator.option', 'Expected at least one account, found none.')
}
