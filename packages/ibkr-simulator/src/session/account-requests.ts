import type { Account } from '../exchange/account.ts'
import type { Listing } from '../market/listing.ts'
import { message } from '../wire/messages.ts'
import type { Request } from '../wire/request.ts'
import { clockText } from '../wire/time-text.ts'
import { type AccountRow, accountRows, ledgerRows } from './account-values.ts'
import type { ClientSession } from './client-session.ts'
import type { GatewayContext } from './context.ts'

const MOST_SUMMARIES = 2
const REFRESH_MS = 180_000

/** Answers requests about accounts, positions and P&L, and keeps their subscriptions up to date. */
export class AccountRequests {
  readonly #context: GatewayContext
  #pnlRuns: boolean = false

  constructor(context: GatewayContext) {
    this.#context = context
    context.timeline.every(REFRESH_MS, () => {
      for (const session of context.sessions.values()) this.#refresh(session)
    })
  }

  // --------------------------------------------------------------------------------------------- positions

  positions(session: ClientSession): void {
    session.positions = true
    for (const account of this.#context.accounts.values())
      for (const p of account.positions.values())
        if (p.quantity !== 0) session.send(message.position(account.id, p.listing, p.quantity, p.averageCost))
    session.send(message.positionEnd())
  }

  positionsMulti(session: ClientSession, { reqId, account: id }: Extract<Request, { kind: 'positionsMulti' }>): void {
    const accounts = this.#chosen(session, reqId, id)
    if (accounts === undefined) return
    session.multiPositions.set(reqId, id)
    for (const account of accounts)
      for (const p of account.positions.values())
        if (p.quantity !== 0)
          session.send(message.positionMulti(reqId, account.id, p.listing, p.quantity, p.averageCost))
    session.send(message.positionMultiEnd(reqId))
  }

  /** A position changed: who subscribed is told, a position that was closed as 0. */
  positionChanged(id: string, listing: Listing): void {
    const account = this.#context.accounts.get(id)
    const position = account?.positions.get(listing.index)
    if (account === undefined || position === undefined) return
    for (const session of this.#context.sessions.values()) {
      if (session.positions) session.send(message.position(id, listing, position.quantity, position.averageCost))
      for (const [reqId, wanted] of session.multiPositions)
        if (wanted === '' || wanted === 'All' || wanted === id)
          session.send(message.positionMulti(reqId, id, listing, position.quantity, position.averageCost))
      if (session.accountUpdates === id) this.#sendUpdates(session, account)
      for (const [reqId, { account: wanted, ledger }] of session.multiUpdates)
        if (wanted === '' || wanted === 'All' || wanted === id) this.#sendMulti(session, reqId, account, ledger)
    }
  }

  // --------------------------------------------------------------------------------------- summary, updates

  summary(session: ClientSession, { reqId, group, tags }: Extract<Request, { kind: 'accountSummary' }>): void {
    if (!session.summaries.has(reqId) && session.summaries.size >= MOST_SUMMARIES)
      return this.#context.error(
        session,
        reqId,
        322,
        "Error processing request.-'bE' : cause - Maximum number of account summary requests exceeded",
      )
    session.summaries.set(reqId, { group, tags })
    this.#sendSummary(session, reqId, tags)
    session.send(message.accountSummaryEnd(reqId))
  }

  #sendSummary(session: ClientSession, reqId: number, tags: readonly string[]): void {
    const ledger = tags.some((tag) => tag.startsWith('$LEDGER'))
    const currency = tags.find((tag) => tag.startsWith('$LEDGER'))?.split(':')[1]
    for (const account of this.#context.accounts.values()) {
      for (const [key, value, unit] of accountRows(account))
        if (tags.includes(key)) session.send(message.accountSummary(reqId, account.id, key, value, unit))
      if (!ledger) continue
      for (const [key, value, unit] of ledgerRows(account))
        if (currency === 'ALL' || unit === (currency ?? 'BASE'))
          session.send(message.accountSummary(reqId, account.id, key, value, unit))
    }
  }

  updates(session: ClientSession, { subscribe, account: id }: Extract<Request, { kind: 'accountUpdates' }>): void {
    if (!subscribe) {
      session.accountUpdates = ''
      return
    }
    const [account] = this.#chosen(session, -1, id) ?? []
    if (account === undefined) return
    if (session.accountUpdates !== '' && session.accountUpdates !== account.id)
      this.#context.error(session, -1, 2100, `API client has been unsubscribed from account data.`)
    session.accountUpdates = account.id
    this.#sendUpdates(session, account)
    session.send(message.accountDownloadEnd(account.id))
  }

  #sendUpdates(session: ClientSession, account: Account): void {
    for (const [key, value, currency] of [...accountRows(account), ...ledgerRows(account)])
      session.send(message.accountValue(key, value, currency, account.id))
    for (const position of account.positions.values()) {
      const result = account.result(position)
      session.send(
        message.portfolioValue(account.id, position.listing, {
          quantity: position.quantity,
          averageCost: position.averageCost,
          realized: position.realized,
          ...result,
        }),
      )
    }
    session.send(message.accountTime(clockText(this.#context.now(), this.#context.zone.zone).slice(0, 5)))
  }

  updatesMulti(session: ClientSession, request: Extract<Request, { kind: 'accountUpdatesMulti' }>): void {
    const { reqId, ledgerAndNlv: ledger } = request
    const accounts = this.#chosen(session, reqId, request.account)
    if (accounts === undefined) return
    session.multiUpdates.set(reqId, { account: request.account, ledger })
    for (const account of accounts) this.#sendMulti(session, reqId, account, ledger)
    session.send(message.accountUpdateMultiEnd(reqId))
  }

  #sendMulti(session: ClientSession, reqId: number, account: Account, ledger: boolean): void {
    const rows: AccountRow[] = ledger
      ? [...accountRows(account).filter(([key]) => key === 'NetLiquidation'), ...ledgerRows(account)]
      : [...accountRows(account), ...ledgerRows(account)]
    for (const [key, value, currency] of rows)
      session.send(message.accountUpdateMulti(reqId, account.id, key, value, currency))
  }

  #refresh(session: ClientSession): void {
    for (const [reqId, { tags }] of session.summaries) this.#sendSummary(session, reqId, tags)
    const account = this.#context.accounts.get(session.accountUpdates)
    if (account !== undefined) this.#sendUpdates(session, account)
  }

  // --------------------------------------------------------------------------------------------------- P&L

  pnl(session: ClientSession, { reqId, account }: Extract<Request, { kind: 'pnl' }>): void {
    if (this.#chosen(session, reqId, account) === undefined) return
    session.pnl.set(reqId, account)
    this.#sendPnl(session)
    this.#runPnl()
  }

  pnlSingle(session: ClientSession, request: Extract<Request, { kind: 'pnlSingle' }>): void {
    const { reqId, account, conId } = request
    if (this.#chosen(session, reqId, account) === undefined) return
    // An unknown contract gets no answer at all.
    session.pnlSingle.set(reqId, { account, conId })
    this.#sendPnl(session)
    this.#runPnl()
  }

  #runPnl(): void {
    if (this.#pnlRuns) return
    this.#pnlRuns = true
    const turn = (): void => {
      let wanted = false
      for (const session of this.#context.sessions.values()) {
        if (session.pnl.size + session.pnlSingle.size === 0) continue
        wanted = true
        this.#sendPnl(session)
      }
      this.#pnlRuns = wanted
      if (wanted) this.#context.timeline.after(1000, turn)
    }
    this.#context.timeline.after(1000, turn)
  }

  #sendPnl(session: ClientSession): void {
    for (const [reqId, id] of session.pnl) {
      let [daily, unrealized, realized] = [0, 0, 0]
      for (const account of this.#accounts(id)) {
        const f = account.figures()
        daily += f.daily
        unrealized += f.unrealized
        realized += f.realized
      }
      session.send(message.pnl(reqId, daily, unrealized, realized))
    }
    for (const [reqId, { account: id, conId }] of session.pnlSingle) {
      const listing = this.#context.listings.byConId(conId)
      if (listing === undefined) continue
      for (const account of this.#accounts(id)) {
        const position = account.positions.get(listing.index)
        if (position === undefined) session.send(message.pnlSingle(reqId, 0, 0, 0, 0, 0))
        else {
          const { daily, unrealized, value } = account.result(position)
          session.send(message.pnlSingle(reqId, position.quantity, daily, unrealized, position.realized, value))
        }
      }
    }
  }

  #accounts(id: string): Account[] {
    return [...this.#context.accounts.values()].filter((a) => id === '' || id === 'All' || a.id === id)
  }

  #chosen(session: ClientSession, reqId: number, id: string): Account[] | undefined {
    const found = this.#accounts(id)
    if (found.length > 0) return found
    this.#context.error(session, reqId, 321, `Error validating request.-'bF' : cause - Invalid account code '${id}'.`)
    return undefined
  }
}
