import type { FeeModel } from '../fee-model.ts'

/** Trading for nothing: for comparison with results that leave costs out. */
export function noFee(): FeeModel {
  return { name: 'none', orderFee: () => 0, parts: () => ({}) }
}
