export type { Fault, FaultScript, RandomFaults, ScriptedFault } from './faults/fault.ts'
export { readFaultScript } from './faults/read-script.ts'
export { type Gateway, type GatewayEvent, type GatewayState, startGateway } from './gateway.ts'
export type { GatewayOptions } from './gateway-options.ts'
