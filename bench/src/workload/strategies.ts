import { type Strategy, defineStrategy } from '@onetape/core'
import { atr, crossedAbove, crossedBelow, donchian, ema, rsi, sma } from '@onetape/indicators'

/** W1: one unit while the fast average stands above the slow one. */
export const smaCross: Strategy = defineStrategy({
  name: 'w1',
  create({ use }) {
    const fast = use(sma(10))
    const slow = use(sma(30))
    return {
      onBar(bar, { orders, portfolio }) {
        if (crossedAbove(fast, slow)) {
          if (portfolio.isFlat(bar.instrument)) orders.market(bar.instrument, 1)
        } else if (crossedBelow(fast, slow)) orders.close(bar.instrument)
      },
    }
  },
})

/** W2: the same over many instruments, 10,000 USD an entry in fractions of a share, sized at the signal's close. */
export const notionalCross: Strategy = defineStrategy({
  name: 'w2',
  create({ use }) {
    const fast = use(sma(10))
    const slow = use(sma(30))
    return {
      onBar(bar, { orders, portfolio }) {
        if (crossedAbove(fast, slow)) {
          if (portfolio.isFlat(bar.instrument)) orders.market(bar.instrument, 10_000 / bar.close)
        } else if (crossedBelow(fast, slow)) orders.close(bar.instrument)
      },
    }
  },
})

/** Every tenth bar an entry with a stop and a target that cancel each other; what is left of the last one ends first. */
export const brackets: Strategy = defineStrategy({
  name: 'brackets',
  create() {
    let bars = 0
    return {
      onBar(bar, { orders, portfolio }) {
        if (bars++ % 10 !== 0) return
        const { instrument, close } = bar
        if (!portfolio.isFlat(instrument)) {
          orders.cancelAll(instrument)
          orders.close(instrument)
        }
        const ocaGroup = String(bars)
        const entry = orders.market(instrument, 1)
        orders.stop(instrument, -1, close * 0.999, { parent: entry, ocaGroup })
        orders.limit(instrument, -1, close * 1.001, { parent: entry, ocaGroup })
      },
    }
  },
})

/** Five strategies that have little in common: run before a measurement they leave the engine's code with many shapes. */
export const others: readonly Strategy[] = [
  defineStrategy({
    name: 'mean-reversion',
    create({ use }) {
      const strength = use(rsi(14))
      return {
        onBar(bar, { orders, portfolio }) {
          if (strength.value < 30 && portfolio.isFlat(bar.instrument))
            orders.limit(bar.instrument, 2, bar.close * 0.9999)
          else if (strength.value > 60) orders.close(bar.instrument)
        },
      }
    },
  }),
  defineStrategy({
    name: 'breakout',
    create({ use }) {
      const channel = use(donchian(20))
      const range = use(atr(14))
      return {
        onBar(bar, { orders, portfolio }) {
          if (portfolio.isFlat(bar.instrument)) {
            if (bar.close >= channel.upper.value) orders.targetPercent(bar.instrument, 0.5)
          } else if (bar.close < channel.upper.value - 3 * range.value) orders.targetPercent(bar.instrument, 0)
        },
      }
    },
  }),
  defineStrategy({
    name: 'stop-entry',
    create({ use }) {
      const trend = use(ema(50))
      let fills = 0
      return {
        onBar(bar, { orders, portfolio }) {
          if (bar.count % 50 !== 0) return
          orders.cancelAll()
          if (!portfolio.isFlat(bar.instrument)) orders.close(bar.instrument)
          else if (bar.close > trend.value) orders.stop(bar.instrument, 1, bar.high * 1.0005)
        },
        onFill() {
          fills++
        },
      }
    },
  }),
  defineStrategy({
    name: 'short-side',
    create({ use }) {
      const fast = use(ema(12))
      const slow = use(ema(26))
      let denied = 0
      return {
        onBar(bar, { orders }) {
          if (denied > 1000) return
          if (crossedBelow(fast, slow)) orders.targetQuantity(bar.instrument, -3)
          else if (crossedAbove(fast, slow)) orders.targetQuantity(bar.instrument, 3)
        },
        onOrderEvent(event) {
          if (event.kind === 'denied') denied++
        },
      }
    },
  }),
  defineStrategy({
    name: 'slices',
    create({ use, instruments }) {
      const average = use(sma(100))
      return {
        onSlice(slice, { orders, portfolio }) {
          for (const instrument of instruments) {
            const bar = slice.bar(instrument)
            if (bar === undefined || bar.count % 100 !== 0) continue
            const { value } = average.of(instrument)
            if (bar.close > value && portfolio.isFlat(instrument)) orders.marketOnOpen(instrument, 1)
            else if (bar.close < value) orders.close(instrument)
          }
        },
      }
    },
  }),
]
