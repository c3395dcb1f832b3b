export { AccountKeeper, type AccountModels } from './account/account-keeper.ts'
export { type BasicGateOptions, basicGate } from './gate/basic-gate.ts'
export { BOOKINGS, Booking, type BookingKind, LedgerLog } from './ledger/ledger-log.ts'
export { Ledger } from './ledger/ledger.ts'
export { BrokerExecution, type BrokerLink } from './live/broker-execution.ts'
export type { LiveEvent, TapeRecord } from './live/live-event.ts'
export { type Incoming, LiveSession, type LiveSessionOptions, silentBroker } from './live/live-session.ts'
export { type Live, type LiveOptions, startLive } from './live/start-live.ts'
export {
  type Discrepancy,
  type OwnOrder,
  type ReconcileInput,
  type VenueExecution,
  type VenueOrderState,
  reconcile,
} from './live/reconcile.ts'
export { Engine, type EngineOptions, type EngineResult, type EngineStrategy, type IncomingBar } from './loop/engine.ts'
export type { ApprovedNumber, ExecutionPort } from './loop/execution-port.ts'
export { type MergeInput, type MergePlan, mergePlan } from './loop/merge-plan.ts'
export { Stream, StreamKind } from './loop/stream.ts'
export { type FlowRules, OrderFlow } from './order/order-flow.ts'
export { ILLEGAL, ORDER_INPUTS, ORDER_TRANSITIONS, OrderInput, nextState } from './order/order-machine.ts'
export { type OrderExtras, OrderFlag, OrderTable } from './order/order-table.ts'
export type { SizingRules } from './strategy/order-desk.ts'
export { type LogLine, NEVER } from './strategy/strategy-host.ts'
