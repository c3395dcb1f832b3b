import { calendar } from '@onetape/calendar'
import {
  type BarSeries,
  type CorporateAction,
  type Instrument,
  type Random,
  type StrategyContext,
  barSeries,
  defineStrategy,
  instrument,
  seededRandom,
  snapToTick,
} from '@onetape/core'
import { basisPoints, ibkrFixedFee, noFee, noSlippage, perShareFee, percentFee } from '@onetape/costs'
import type { BacktestOptions } from '@onetape/backtest'

const HALF_HOUR = 1_800_000

export interface SceneSize {
  readonly seed: number
  readonly sessions: number
  readonly instruments: number
}

/** To the cent, one dollar at least. */
const grid = (price: number): number => Math.max(1, snapToTick(price, 0.01))

const pick = <T>(random: Random, values: readonly T[]): T => values[random.int(0, values.length - 1)]!

/**
 * Half-hour bars of New York sessions on a cent grid: gaps, ties, halts, thin volume, missing bars, instruments that
 * list later, splits and dividends (often both on one day), one future.
 */
export function randomSeries(size: SceneSize): BarSeries[] {
  return Array.from({ length: size.instruments }, (_, k) => oneSeries(size, k))
}

function oneSeries({ seed, sessions, instruments }: SceneSize, k: number): BarSeries {
  const random = seededRandom(seed * 7 + k)
  const future = instruments > 1 && k === instruments - 1 && random.next() < 0.4
  const symbol = `I${k}`
  const spec = instrument(symbol, {
    tick: 0.01,
    lot: random.next() < 0.15 ? 0.01 : 1,
    ...(future ? { kind: 'future', multiplier: 20, initialMargin: 500, maintenanceMargin: 400, lot: 1 } : {}),
  })
  const cal = calendar('XNYS')
  const rows: number[][] = []
  const actions: CorporateAction[] = []
  let session = cal.sessionFor(cal.toUtc('2024-03-04', '00:00'))
  let price = random.int(1500, 12_000) / 100
  for (let s = 0; s < sessions; s++) {
    const midnight = cal.toUtc(session.date, '00:00')
    if (!future && s > 0 && random.next() < 0.2) {
      const payTime = random.next() < 0.6 ? midnight + random.int(1, 20) * 86_400_000 : undefined
      actions.push({ kind: 'dividend', symbol, time: midnight, amount: random.int(1, 90) / 100, payTime })
    }
    if (!future && s > 0 && random.next() < 0.15) {
      const ratio = pick(random, [2, 3, 1.5, 0.1, 0.5, 7])
      actions.push({ kind: 'split', symbol, time: midnight, ratio })
      price = grid(price / ratio)
    }
    for (let t = session.open; t < session.close; t += HALF_HOUR) {
      if ((s === 0 && k > 0 && t < session.open + k * HALF_HOUR) || random.next() < 0.04) continue
      const move = (spread: number): number => grid(price * (1 + (random.next() - 0.5) * spread))
      const open = random.next() < 0.1 ? move(0.12) : move(0.01)
      const close = move(0.03)
      const volume = random.next() < 0.06 ? 0 : random.int(1, 40) * random.int(1, 400)
      rows.push([t, open, Math.max(open, close, move(0.02)), Math.min(open, close, move(0.02)), close, volume])
      price = close
    }
    session = cal.sessionFor(session.close)
  }
  const column = (c: number): Float64Array => Float64Array.from(rows, (row) => row[c]!)
  const columns = {
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
  return barSeries({ instrument: spec, interval: '30m', columns, actions })
}

/** Every kind of order, target, cancel and change by chance, in every instrument, in sizes that thin bars cannot fill. */
export const randomStrategy = defineStrategy({
  name: 'by-chance',
  create: () => ({
    onStart(ctx) {
      for (const each of ctx.instruments) if (ctx.random.next() < 0.3) ctx.orders.market(each, ctx.random.int(1, 30))
      ctx.timers.every(5_400_000, 'ninety minutes')
    },
    onBar(bar, ctx) {
      if (ctx.random.next() < 0.3) act(ctx, bar.instrument, bar.close)
    },
    onSlice(slice, ctx) {
      if (ctx.random.next() < 0.06) ctx.orders.targetPercent(slice.bars[0]!.instrument, ctx.random.int(-3, 4) / 5)
    },
    onTimer(_timer, ctx) {
      const any = pick(ctx.random, ctx.instruments)
      if (ctx.random.next() < 0.1) ctx.orders.market(any, ctx.random.int(-60, 60))
    },
    onFill(fill, ctx) {
      if (ctx.random.next() < 0.15) ctx.orders.stop(fill.instrument, -10, fill.price * 0.98, { tif: 'gtc' })
    },
    onCorporateAction(action, ctx) {
      if (action.kind === 'split' && ctx.random.next() < 0.3) ctx.orders.close(action.symbol)
    },
  }),
})

function act({ orders, portfolio, random }: StrategyContext, on: Instrument, price: number): void {
  const size = pick(random, [5, 60, 400])
  const quantity = random.int(1, size) * (random.next() < 0.55 ? 1 : -1)
  const near = price * (1 + random.int(-25, 25) / 1000)
  const beyond = price * (1 + (Math.sign(quantity) * random.int(0, 15)) / 1000)
  const tif = pick(random, ['day', 'gtc', 'gtc', 'ioc', 'fok'] as const)
  const open = orders.open(on)
  switch (random.int(0, 11)) {
    case 0:
    case 1:
      return void orders.market(on, quantity, { tif })
    case 2:
      return void orders.limit(on, quantity, near, { tif })
    case 3:
      return void orders.stop(on, quantity, beyond, { tif })
    case 4:
      return void orders.stopLimit(on, quantity, beyond, near, { tif: 'gtc' })
    case 5:
      return void orders.targetPercent(on, random.int(-4, 5) / 8)
    case 6:
      return void orders.targetQuantity(on, quantity)
    case 7:
      return void orders.close(on)
    case 8:
      return open.length > 0 ? orders.cancel(pick(random, open).number) : orders.cancelAll()
    case 9: {
      const order = open.length > 0 ? pick(random, open) : undefined
      if (order !== undefined)
        orders.modify(order.number, { quantity: Math.max(1, order.quantity + random.int(-20, 20)) })
      return
    }
    case 10: {
      const order = open.find((o) => o.limitPrice !== undefined)
      if (order !== undefined) orders.modify(order.number, { limitPrice: near })
      return
    }
    default:
      if (portfolio.isFlat(on)) orders.market(on, quantity, { tif: 'gtc' })
      else orders.stop(on, -portfolio.quantity(on), price * 0.99, { tif: 'gtc', reduceOnly: true })
  }
}

/** Rules of account, costs and fills by chance. */
export function randomOptions(seed: number): Partial<BacktestOptions> {
  const random = seededRandom(seed ^ 0x51ed270b)
  const cash = random.next() < 0.15
  return {
    cash: pick(random, [20_000, 100_000, 1_000_000]),
    fees: pick(random, [percentFee(), perShareFee({ perShare: 0.005, minimum: 1 }), ibkrFixedFee(), noFee()]),
    slippage: pick(random, [basisPoints(5), noSlippage()]),
    participation: pick(random, [0.1, 0.02, Infinity]),
    limitFill: pick(random, ['through', 'touch']),
    marketFill: pick(random, ['open', 'open', 'close', 'same-close']),
    account: cash ? 'cash' : 'margin',
    leverage: cash ? 1 : pick(random, [1, 1, 2]),
    rejectAtFill: random.next() < 0.2,
    dividends: pick(random, ['cash', 'cash', 'reinvest', 'ignore']),
    splitOrders: pick(random, ['cancel', 'adjust']),
    sizeAt: pick(random, ['decision', 'decision', 'fill']),
    closeAtEnd: random.next() < 0.2,
    seed,
  }
}
