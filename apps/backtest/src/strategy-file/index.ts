export { paramFlags } from '../flag/param.ts'
export { userFolder } from '../user-folder.ts'
export { type LoadedStrategy, loadStrategy } from './load-strategy.ts'
