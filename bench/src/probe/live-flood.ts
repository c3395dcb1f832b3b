// One process of the flood: 100 market-data lines of a market that runs many times too fast, with orders among them.
import { defineStrategy } from '@onetape/core'
import { openIbkr } from '@onetape/ibkr'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { failOnWarnings, firstBars, Peer, SYMBOLS, Trader, until, WireTap } from './live-wire.ts'

const SECONDS = process.argv[2] === 'quick' ? 10 : 60
/** A line tells some eight messages of a trade, of which one comes every 1.25 s. */
const SPEED = 38
/** The rest is read and made into bars as well; history that completes their first bars is too dear for all. */
const TRADED = SYMBOLS.slice(0, 60)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heapMb = (): number => {
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

let trading = true
let slice = 0
const strategy = defineStrategy({
  name: 'ten-orders',
  create() {
    return {
      onBar({ instrument }, { orders, portfolio }) {
        if (instrument.id === 0) slice++
        if (!trading || instrument.id % 6 !== slice % 6) return
        if (portfolio.isFlat(instrument)) orders.market(instrument, 1)
        else orders.close(instrument)
      },
    }
  },
})

const peer = await Peer.start({
  symbols: SYMBOLS,
  speed: SPEED,
  // Messages are counted where they leave.
  paced: false,
  accounts: [{ id: 'DU1234567', cash: 1e9 }],
})
const tap = new WireTap()
// The gateway's time runs away from ours: it is asked for once.
const link = openIbkr({
  port: peer.port,
  clientId: 1,
  heartbeatMs: 3_600_000,
  broker: { checkMs: 0 },
  feed: { realTimeBars: 0 },
})
failOnWarnings(link)
link.session.start()
await link.session.online()
const instruments = await Promise.all(TRADED.map(async (symbol) => await link.feed.getTickerInfo(symbol)))
const ready = firstBars(link, TRADED, async () => await sleep(10))
for (const symbol of SYMBOLS) await link.feed.subscribe(symbol, TRADED.includes(symbol) ? '5s' : '1m')
await ready

const trader = new Trader(link, tap, { strategy, instruments, interval: '5s' })
trader.session.start()
const heapAtFirst = heapMb()
const from = performance.now()
let slowest = Infinity
for (let k = 0; k < SECONDS / 5; k++) {
  const [began, before] = [performance.now(), tap.frames]
  await sleep(from + (k + 1) * 5_000 - performance.now())
  slowest = Math.min(slowest, ((tap.frames - before) / (performance.now() - began)) * 1000)
}
const heapGrowthMb = heapMb() - heapAtFirst
trading = false
await link.session.settled()
await until('no open orders', () => trader.open === 0, 10)
await link.session.settled()
const { executions, dropped, positions } = await peer.ask({})
const { engine } = trader.session
const wrong = engine.instruments.filter(({ id, symbol }) => engine.ledger.quantity[id] !== (positions[symbol] ?? 0))
const unheard = executions.filter((id) => !trader.executions.has(id))
const uncharged = executions.filter((id) => !trader.commissions.has(id))
if (trader.orders === 0) throw new Error('Expected orders in the flood, found none')

console.log(
  JSON.stringify({
    messagesPerSecond: slowest,
    orders: trader.orders,
    lost: unheard.length + uncharged.length + wrong.length,
    dropped,
    heapGrowthMb,
    mostInASecond: tap.mostInASecond,
  }),
)
trader.end()
await link.session.stop()
peer.end()
