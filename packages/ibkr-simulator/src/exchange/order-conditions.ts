import type { EpochMs } from '@onetape/core'
import { isSet } from '../wire/place-order.ts'

/** What conditions are judged by. */
export interface ConditionView {
  readonly now: EpochMs
  priceOf(conId: number): number
  traded(symbol: string): boolean
  instant(text: string): EpochMs | undefined
}

const SIZES: Readonly<Record<string, number>> = { '1': 5, '3': 2, '4': 2, '5': 3, '6': 4, '7': 4 }

/** True when the order may go to work: its good-after time is past and its conditions hold. */
export function conditionsMet(
  text: Readonly<Record<string, string>>,
  block: readonly string[] | undefined,
  view: ConditionView,
): boolean {
  const after = text['goodAfterTime'] ?? ''
  if (after !== '' && !((view.instant(after) ?? -Infinity) <= view.now)) return false
  if (block === undefined) return true
  let result = true
  let and = true
  for (let at = 0; at + 2 < block.length;) {
    const type = block[at]!
    const size = SIZES[type]
    if (size === undefined) return false
    const holds = conditionHolds(type, block.slice(at + 2, at + 2 + size), view)
    result = and ? result && holds : result || holds
    and = block[at + 1] !== 'o'
    at += 2 + size
  }
  return result
}

/** Price, time and execution conditions; margin, volume and percent change never hold here. */
function conditionHolds(type: string, fields: readonly string[], view: ConditionView): boolean {
  const [first = '', second = '', third = ''] = fields
  const more = isSet(first)
  if (type === '1') {
    const price = view.priceOf(Number(third))
    return more ? price >= Number(second) : price <= Number(second)
  }
  if (type === '3') {
    const time = view.instant(second)
    return time !== undefined && (more ? view.now >= time : view.now <= time)
  }
  return type === '5' && view.traded(third)
}
