import type { BrokerEvent, Instrument, SubmitOutcome, UsdPerShare } from '@onetape/core'
import type { FeeModel, SlippageModel } from '@onetape/costs'
import { Subject } from 'rxjs'
import { ContractBook } from '../contract/contract-book.ts'
import type { TwsSession } from '../session/tws-session.ts'
import { Refusal } from './refusal.ts'
import { type Pending, WireOrders } from './wire-order.ts'

/** How a broker behaves; nothing is needed for a login with one account. */
export interface IbkrBrokerOptions {
  /** The account to trade; may be left out when the login has one. */
  readonly account?: string | undefined
  /** Contracts, shared with the feed. */
  readonly contracts?: ContractBook | undefined
  /** The run's instrument of a symbol, for positions. Without it positions carry instruments with the id −1. */
  readonly instrument?: ((symbol: string) => Instrument | undefined) | undefined
  /** Last price of a symbol, for first levels of trailing stop-limits. */
  readonly lastPrice?: ((symbol: string) => UsdPerShare | undefined) | undefined
  /** Estimates of what an order costs. Default `ibkrFixedFee()` and `halfSpread()`. */
  readonly fees?: FeeModel | undefined
  readonly slippage?: SlippageModel | undefined
  /** How long the acknowledgement of a request may take before its outcome is `unknown`. Default 5,000 ms. */
  readonly acknowledgeMs?: number | undefined
  /** Open orders and executions are looked at every so often while orders are open. Default 60,000 ms; 0 never. */
  readonly checkMs?: number | undefined
  /** The zone of times without one: that of the gateway's login. Default `America/New_York`. */
  readonly timeZone?: string | undefined
}

/** What the parts of a broker share. */
export class BrokerDesk {
  readonly session: TwsSession
  readonly options: IbkrBrokerOptions
  readonly contracts: ContractBook
  readonly orders: WireOrders = new WireOrders()
  readonly events: Subject<BrokerEvent> = new Subject()
  /** Asks TWS what became of everything: set by the broker. */
  resync: () => void = () => undefined

  constructor(session: TwsSession, options: IbkrBrokerOptions) {
    this.session = session
    this.options = options
    this.contracts = options.contracts ?? new ContractBook(session)
  }

  /** Undefined while not connected, and when the login has several and none was chosen. */
  get account(): string | undefined {
    const { accounts } = this.session
    const { account } = this.options
    if (account === undefined) return accounts.length === 1 ? accounts[0] : undefined
    return accounts.length === 0 || accounts.includes(account) ? account : undefined
  }

  /**
   * The account, when orders may be sent for it.
   *
   * @throws {Refusal} `ibkr.read_only`, `ibkr.link`, `ibkr.account`
   */
  tradingAccount(): string {
    if (this.session.state.kind !== 'online') throw new Refusal('ibkr.link', NOT_SENT.detail)
    if (this.session.readOnly)
      throw new Refusal('ibkr.read_only', 'Expected an API that takes orders, found it read-only (a setting of TWS).')
    const { account } = this
    if (account === undefined) throw new Refusal('ibkr.account', this.accountProblem)
    return account
  }

  get accountProblem(): string {
    const listed = this.session.accounts.join(', ') || 'none'
    return `Expected one account, or the option "account" to name one; the login has ${listed}.`
  }

  get zone(): string {
    return this.options.timeZone ?? 'America/New_York'
  }

  /** A promise of an outcome, `unknown` when nothing is heard in time after it was sent. */
  pending(over: () => void): { readonly promise: Promise<SubmitOutcome>; readonly pending: Pending } {
    const { promise, resolve } = Promise.withResolvers<SubmitOutcome>()
    let open = true
    let cancel: (() => void) | undefined
    const settle = (outcome: SubmitOutcome): void => {
      if (!open) return
      open = false
      cancel?.()
      over()
      resolve(outcome)
    }
    const ms = this.options.acknowledgeMs ?? 5_000
    const sent = (): void => {
      if (!open) return
      cancel = this.session.timing.after(ms, () => {
        settle({ kind: 'unknown', detail: `TWS said nothing for ${ms} ms.` })
        this.resync()
      })
    }
    return { promise, pending: { settle, sent } }
  }
}

/** The outcome of what was refused because there is no connection. */
export const NOT_SENT: SubmitOutcome & { readonly kind: 'rejected' } = {
  kind: 'rejected',
  code: 'ibkr.link',
  detail: 'Expected a connection, found none. Nothing was sent, and nothing will be without a fresh decision.',
}
