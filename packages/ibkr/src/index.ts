export { type Ibkr, type IbkrOptions, openIbkr } from './open-ibkr.ts'

export {
  type PlainQuestion,
  type Question,
  type Restored,
  type SessionState,
  type StreamHandler,
  TwsSession,
  type TwsSessionOptions,
} from './session/tws-session.ts'
export type { BackOffOptions } from './session/back-off.ts'
export type { IbkrNotice } from './session/notice.ts'
export { fileOrderIds, type OrderIdStore } from './session/order-id-source.ts'
export { systemTiming, type Timing } from './session/timing.ts'

export { ContractBook, type ContractOptions, type ResolvedContract } from './contract/contract-book.ts'
export type { ContractSpec } from './contract/contract-spec.ts'

export { IbkrBroker } from './broker/ibkr-broker.ts'
export type { IbkrBrokerOptions } from './broker/broker-desk.ts'
export { correctedExecution } from './broker/execution-book.ts'
export type { IbkrExecution } from './broker/execution-watch.ts'
export type { IbkrCompletedOrder } from './broker/venue-lists.ts'

export { IbkrDataFeed, type IbkrDataFeedOptions } from './feed/ibkr-data-feed.ts'
export type { TradingHours } from './feed/bar-span.ts'
export type { HistoryKind, HistoryProgress } from './feed/history-reader.ts'

export { codeEntry } from './code/classify.ts'
export {
  type ChangeMeaning,
  CODE_TABLE,
  type CodeEntry,
  type CodeHandling,
  type OrderMeaning,
  type RequestMeaning,
  type SessionMeaning,
} from './code/code-table.ts'
export { type IbkrError, isIbkrError } from './code/ibkr-error.ts'
