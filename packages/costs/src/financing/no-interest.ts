import type { InterestModel } from './interest-model.ts'

/** Borrowing and lending cash for nothing: for comparison with results that leave interest out. */
export function noInterest(): InterestModel {
  return { name: 'none', interest: () => 0 }
}
