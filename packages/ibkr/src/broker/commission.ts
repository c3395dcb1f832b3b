import type { CommissionReport } from '@stoqey/ib'
import type { ExecutionId, Usd } from '@onetape/core'

/** A commission that may be booked, or why it may not. */
export type Commission =
  | { readonly kind: 'known'; readonly executionId: ExecutionId; readonly usd: Usd }
  /** Not stated yet: it comes again with the executions. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'foreign-currency'; readonly currency: string; readonly amount: number }

/** More than any commission, less than what TWS writes for "none": 1.797e308. */
const ABSURD = 1e9

/** A report as it may be booked. TWS writes −1 or the largest number for "none"; other negative ones are rebates. */
export function readCommission(report: CommissionReport): Commission {
  const { execId, commission, currency } = report
  if (!execId || commission === undefined || commission === -1 || !(Math.abs(commission) < ABSURD))
    return { kind: 'missing' }
  if (currency !== undefined && currency !== '' && currency !== 'USD')
    return { kind: 'foreign-currency', currency, amount: commission }
  return { kind: 'known', executionId: execId as ExecutionId, usd: commission }
}
