import { type BarSeries, type Strategy, type StrategyHandlers, defineStrategy } from '@onetape/core'

/** Close of the first bar of a series that is not known at a time: the one that a cheat reads. */
function nextClose({ columns }: BarSeries, now: number): number {
  return columns.close[columns.end.findIndex((end) => end > now)] ?? NaN
}

function cheat(name: string, intervals: Strategy['intervals'], handlers: () => StrategyHandlers): Strategy<any> {
  return defineStrategy({ name, ...(intervals === undefined ? {} : { intervals }), create: handlers })
}

/** Long before a rise, flat before a fall. */
export function nextBarCheat(data: readonly BarSeries[]): Strategy<any> {
  return cheat('next-bar', ['1h'], () => ({
    onBar(bar, { orders }) {
      const own = data.find((s) => s.instrument.symbol === bar.instrument.symbol && s.interval === bar.interval)!
      if (nextClose(own, bar.end) > bar.close) orders.targetPercent(bar.instrument, 0.3)
      else orders.close(bar.instrument)
    },
  }))
}

/** Decides a quarter of an hour before each bar of A ends, by its close. */
export function barInHandCheat(data: readonly BarSeries[]): Strategy<any> {
  const own = data.find((s) => s.instrument.symbol === 'A' && s.interval === '1h')!
  return cheat('bar-in-hand', ['1h'], () => ({
    onStart: ({ timers }) => timers.at(1.75 * 3_600_000, 'early'),
    onTimer(timer, { orders, timers, now, latest }) {
      timers.at(timer.time + 3_600_000, 'early')
      if (nextClose(own, now) > (latest('A')?.close ?? NaN)) orders.targetPercent('A', 0.5)
      else orders.close('A')
    },
  }))
}

/** Trades A at the end of its bars by the close of B's longer bar, which is open then. */
export function otherInstrumentCheat(data: readonly BarSeries[]): Strategy<any> {
  const other = data.find((s) => s.instrument.symbol === 'B')!
  return cheat('other-instrument', undefined, () => ({
    onBar(bar, { orders, latest }) {
      if (bar.instrument.symbol !== 'A' || bar.end % (4 * 3_600_000) === 0) return
      if (nextClose(other, bar.end) > (latest('B')?.close ?? NaN)) orders.targetPercent('A', 0.5)
      else orders.close('A')
    },
  }))
}

/** Trades A hour by hour by the close of its own four-hour bar, which is open then. */
export function higherTimeframeCheat(data: readonly BarSeries[]): Strategy<any> {
  const slow = data.find((s) => s.instrument.symbol === 'A' && s.interval === '4h')!
  return cheat('higher-timeframe', ['1h'], () => ({
    onBar(bar, { orders }) {
      if (bar.instrument.symbol !== 'A' || bar.end % (4 * 3_600_000) === 0) return
      if (nextClose(slow, bar.end) > bar.close) orders.targetPercent('A', 0.5)
      else orders.close('A')
    },
  }))
}
