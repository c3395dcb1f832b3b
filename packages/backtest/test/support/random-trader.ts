import { type Instrument, type Orders, type Portfolio, type Random, defineStrategy, int } from '@onetape/core'
import { atr, sma } from '@onetape/indicators'

/** Places every kind of order by chance, on every instrument, also on those whose bar is not in hand or still warming up. */
export default defineStrategy({
  name: 'random-trader',
  params: { period: int(5, { min: 2 }) },
  create({ params, use, instruments }) {
    const average = use(sma(params.period))
    const range = use(atr(params.period))
    return {
      onStart({ orders, timers }) {
        orders.market(instruments[0]!, 3) // waits for the first price
        timers.every(5 * 3_600_000, 'five hours')
      },
      onBar(bar, { orders, portfolio, random, log, latest }) {
        const other = instruments[random.int(0, instruments.length - 1)]!
        log.info([average.value, range.value, average.of(other).value, latest(other)?.close].join(' '))
        if (random.int(0, 2) === 0) trade(orders, portfolio, random, other, latest(other)?.close ?? bar.close)
      },
      onSlice(slice, { orders, random }) {
        if (random.int(0, 9) === 0) orders.targetPercent(slice.bars[0]!.instrument, random.int(-2, 4) / 4)
      },
      onTimer(_timer, { orders, random }) {
        orders.market(instruments[random.int(0, instruments.length - 1)]!, random.int(-20, 20))
      },
      onFill(fill, { orders, portfolio, random }) {
        if (random.int(0, 3) > 0 || portfolio.isFlat(fill.instrument)) return
        const level = portfolio.averageCost(fill.instrument) * (portfolio.quantity(fill.instrument) > 0 ? 0.99 : 1.01)
        orders.stop(fill.instrument, -portfolio.quantity(fill.instrument), level, { tif: 'gtc', reduceOnly: true })
      },
      onCorporateAction(action, { log }) {
        log.info(JSON.stringify(action))
      },
    }
  },
})

/** One order or change of one kind; prices lie within 2 % of `price`. */
function trade(orders: Orders, portfolio: Portfolio, random: Random, on: Instrument, price: number): void {
  const quantity = random.int(1, 40) * (random.int(0, 1) === 0 ? 1 : -1)
  const near = price * (1 + random.int(-20, 20) / 1000)
  const beyond = price * (1 + (Math.sign(quantity) * random.int(0, 20)) / 1000)
  const tif = (['day', 'gtc', 'ioc', 'fok'] as const)[random.int(0, 3)]!
  switch (random.int(0, 12)) {
    case 0:
      return void orders.market(on, quantity, { tif })
    case 1:
      return void orders.limit(on, quantity, near, { tif })
    case 2:
      return void orders.stop(on, quantity, beyond)
    case 3:
      return void orders.stopLimit(on, quantity, beyond, near, { tif: 'gtc' })
    case 4:
      return void orders.marketOnOpen(on, quantity)
    case 5:
      return void orders.marketOnClose(on, quantity)
    case 6: {
      const parent = orders.limit(on, quantity, near, { tif: 'gtc' })
      const group = { parent, ocaGroup: `exits of ${parent}`, tif: 'gtc' } as const
      orders.limit(on, -quantity, price * (1 + Math.sign(quantity) * 0.01), group)
      return void orders.stop(on, -quantity, price * (1 - Math.sign(quantity) * 0.01), group)
    }
    case 7:
    case 8: {
      const type = random.int(0, 1) === 0 ? 'trailing-stop' : 'market-if-touched'
      const side = quantity > 0 ? 'buy' : 'sell'
      const distance = type === 'trailing-stop' ? { trailPercent: 0.005 } : { stopPrice: near }
      return void orders.submit({ instrument: on, side, type, quantity: Math.abs(quantity), tif: 'gtc', ...distance })
    }
    case 9:
      for (const open of orders.open(on).slice(0, 2)) orders.cancel(open.number)
      return
    case 10:
      for (const open of orders.open(on).slice(0, 1)) orders.modify(open.number, { quantity: open.quantity + 1 })
      return
    case 11:
      for (const open of orders.open(on).slice(0, 1))
        if (open.type === 'limit') orders.modify(open.number, { limitPrice: near })
      return
    default:
      return void (portfolio.isFlat(on) || orders.close(on))
  }
}
