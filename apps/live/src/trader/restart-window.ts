import { calendar } from '@onetape/calendar'
import type { EpochMs } from '@onetape/core'

/** True inside a daily window of New York times; `23:40` to `00:10` spans midnight. */
export function inWindow(window: { readonly from: string; readonly to: string }, now: EpochMs): boolean {
  const exchange = calendar('XNYS')
  const date = exchange.dateOf(now)
  const from = exchange.toUtc(date, window.from)
  const to = exchange.toUtc(date, window.to)
  return window.from <= window.to ? now >= from && now < to : now >= from || now < to
}
