import { assertNever, InputError } from '@onetape/core'
import { RequestError } from '../wire/field-cursor.ts'
import type { ClientMessage } from '../wire/frame.ts'
import { message } from '../wire/messages.ts'
import { idOf, readRequest, type Request } from '../wire/request.ts'
import type { AccountRequests } from './account-requests.ts'
import type { ClientSession } from './client-session.ts'
import type { GatewayContext } from './context.ts'
import type { DataRequests } from './data-requests.ts'
import type { HistoryRequests } from './history-requests.ts'
import type { OrderRequests } from './order-requests.ts'
import type { ReferenceRequests } from './reference-requests.ts'

export interface RouterParts {
  readonly context: GatewayContext
  readonly accounts: AccountRequests
  readonly data: DataRequests
  readonly history: HistoryRequests
  readonly orders: OrderRequests
  readonly reference: ReferenceRequests
  /** True while requests that need the broker get no answer. */
  brokerAway(): boolean
  /** A frame that cannot be read, or does not fit its layout. */
  badFrame(session: ClientSession, payload: Buffer, reason: string): void
  /** A mistake of the gateway's own. */
  failed(error: unknown): void
}

/** Requests that a Gateway passes on; without its broker they stay without an answer. */
const NEED_BROKER: ReadonlySet<Request['kind']> = new Set([
  'contractDetails',
  'matchingSymbols',
  'historicalData',
  'historicalTicks',
  'headTimestamp',
  'histogram',
  'marketData',
  'tickByTick',
  'realTimeBars',
  'marketDepth',
])

type Unserved =
  | 'familyCodes'
  | 'newsProviders'
  | 'scannerParameters'
  | 'scanner'
  | 'softDollarTiers'
  | 'smartComponents'
  | 'historicalNews'
  | 'userInfo'
  | 'fundamentalData'
  | 'newsBulletins'
  | 'cancelNewsBulletins'
  | 'cancelFundamentalData'
  | 'cancelScanner'
  | 'newsArticle'
  | 'optionCalculation'
  | 'exerciseOptions'
  | 'displayGroups'
  | 'wsh'
  | 'advisors'
  | 'cancelUnserved'

/** Reads the fields of a message and hands it to whom it concerns. Whatever goes wrong is answered, never thrown. */
export class RequestRouter {
  readonly #parts: RouterParts

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  route(session: ClientSession, { fields, payload }: ClientMessage): void {
    const { context } = this.#parts
    try {
      const { request, left } = readRequest(fields, session.connection.serverVersion)
      if (left > 0) this.#parts.badFrame(session, payload, `${left} fields more than ${request.kind} has`)
      if (this.#parts.brokerAway() && NEED_BROKER.has(request.kind)) return
      this.#handle(session, request)
    } catch (error) {
      if (error instanceof RequestError) {
        this.#parts.badFrame(session, payload, error.message)
        context.error(session, idOf(fields, session.connection.serverVersion), error.code, error.message)
        return
      }
      // A date beyond the calendar, for one.
      if (!(error instanceof InputError)) this.#parts.failed(error)
      const cause = error instanceof InputError ? error.message : 'Internal error'
      context.error(
        session,
        idOf(fields, session.connection.serverVersion),
        321,
        `Error validating request.-'bS' : cause - ${cause}`,
      )
    }
  }

  #handle(session: ClientSession, request: Request): void {
    const { context, accounts, data, history, orders, reference } = this.#parts
    switch (request.kind) {
      case 'startApi':
        return // a second one says nothing new
      case 'currentTime':
        return session.send(message.currentTime(Math.floor(context.now() / 1000)))
      case 'ids':
        return session.send(message.nextValidId(context.desk.nextId(session.clientId)))
      case 'managedAccounts':
        return session.send(message.managedAccounts([...context.accounts.keys()]))
      case 'serverLogLevel':
        if (!(request.level >= 1 && request.level <= 5)) context.error(session, -1, 319, 'Invalid log level')
        return
      case 'marketDataType':
        session.marketDataType = request.type >= 1 && request.type <= 4 ? request.type : 1
        return
      case 'placeOrder':
        return orders.place(session, request)
      case 'cancelOrder':
        return orders.cancel(session, request.orderId)
      case 'globalCancel':
        return orders.cancelAll(session)
      case 'openOrders':
        return orders.openOrders(session)
      case 'allOpenOrders':
        return orders.allOpenOrders(session)
      case 'autoOpenOrders':
        return orders.autoOpenOrders(session, request.bind)
      case 'completedOrders':
        return orders.completedOrders(session)
      case 'executions':
        return orders.executions(session, request)
      case 'positions':
        return accounts.positions(session)
      case 'cancelPositions':
        session.positions = false
        return
      case 'positionsMulti':
        return accounts.positionsMulti(session, request)
      case 'cancelPositionsMulti':
        session.multiPositions.delete(request.reqId)
        return
      case 'accountSummary':
        return accounts.summary(session, request)
      case 'cancelAccountSummary':
        session.summaries.delete(request.reqId)
        return
      case 'accountUpdates':
        return accounts.updates(session, request)
      case 'accountUpdatesMulti':
        return accounts.updatesMulti(session, request)
      case 'cancelAccountUpdatesMulti':
        session.multiUpdates.delete(request.reqId)
        return
      case 'pnl':
        return accounts.pnl(session, request)
      case 'cancelPnl':
        session.pnl.delete(request.reqId)
        return
      case 'pnlSingle':
        return accounts.pnlSingle(session, request)
      case 'cancelPnlSingle':
        session.pnlSingle.delete(request.reqId)
        return
      case 'contractDetails':
        return reference.contractDetails(session, request)
      case 'matchingSymbols':
        return reference.matchingSymbols(session, request)
      case 'marketRule':
        return reference.marketRule(session, request.ruleId)
      case 'depthExchanges':
        return reference.depthExchanges(session)
      case 'optionParameters':
        return session.send(message.optionParametersEnd(request.reqId))
      case 'historicalData':
        return history.bars(session, request)
      case 'cancelHistoricalData':
        return history.cancel(session, request.reqId)
      case 'headTimestamp':
        return history.headTimestamp(session, request)
      case 'histogram':
        return history.histogram(session, request)
      case 'historicalTicks':
        return history.ticks(session, request)
      case 'cancelHeadTimestamp':
      case 'cancelHistogram':
        return // answered long ago
      case 'marketData':
        return data.marketData(session, request)
      case 'cancelMarketData':
        return data.cancelMarketData(session, request.reqId)
      case 'realTimeBars':
        return data.realTimeBars(session, request)
      case 'cancelRealTimeBars':
        return data.cancelRealTimeBars(session, request.reqId)
      case 'tickByTick':
        return data.tickByTick(session, request)
      case 'cancelTickByTick':
        return data.cancelTickByTick(session, request.reqId)
      case 'marketDepth':
        return context.error(
          session,
          request.reqId,
          10_092,
          'Deep market data is not supported for this combination of security type/exchange',
        )
      case 'cancelMarketDepth':
        return context.error(
          session,
          request.reqId,
          310,
          `Can't find the subscribed market depth with tickerId:${request.reqId}`,
        )
      case 'familyCodes':
      case 'newsProviders':
      case 'scannerParameters':
      case 'scanner':
      case 'softDollarTiers':
      case 'smartComponents':
      case 'historicalNews':
      case 'userInfo':
      case 'fundamentalData':
      case 'newsBulletins':
      case 'cancelNewsBulletins':
      case 'cancelFundamentalData':
      case 'cancelScanner':
      case 'newsArticle':
      case 'optionCalculation':
      case 'exerciseOptions':
      case 'displayGroups':
      case 'wsh':
      case 'advisors':
      case 'cancelUnserved':
        return this.#refuse(session, request.kind, 'reqId' in request ? request.reqId : -1)
      default:
        return assertNever(request)
    }
  }

  /** What this gateway has nothing of: an empty list where the protocol has one, else an error. */
  #refuse(session: ClientSession, kind: Unserved, reqId: number): void {
    const { context } = this.#parts
    switch (kind) {
      case 'familyCodes':
        return session.send(message.familyCodes([...context.accounts.keys()]))
      case 'newsProviders':
        return session.send(message.newsProviders())
      case 'scannerParameters':
        return session.send(message.scannerParameters())
      case 'scanner':
        return session.send(message.scannerData(reqId))
      case 'softDollarTiers':
        return session.send(message.softDollarTiers(reqId))
      case 'smartComponents':
        return session.send(message.smartComponents(reqId))
      case 'historicalNews':
        return session.send(message.historicalNewsEnd(reqId))
      case 'userInfo':
        return session.send(message.userInfo(reqId))
      case 'fundamentalData':
        return context.error(
          session,
          reqId,
          430,
          'We are sorry, but fundamentals data for the security specified is not available.',
        )
      case 'newsBulletins':
      case 'cancelNewsBulletins':
      case 'cancelFundamentalData':
      case 'cancelScanner':
      case 'cancelUnserved':
        return
      case 'advisors':
        return context.error(
          session,
          reqId,
          321,
          "Error validating request.-'bF' : cause - FA data operations ignored for non FA customers.",
        )
      case 'newsArticle':
      case 'optionCalculation':
      case 'exerciseOptions':
      case 'displayGroups':
      case 'wsh':
        return context.error(
          session,
          reqId,
          321,
          `Error validating request.-'bF' : cause - ${kind} is not supported by this gateway`,
        )
      default:
        return assertNever(kind)
    }
  }
}
