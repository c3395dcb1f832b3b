// One process of bar in → order out: 100 instruments, half by five-second bars and half by ticks, as the feed deals them
// out. Time is simulated, so that slices come one after the other, slowly enough for the limit of messages a second.
import { defineStrategy } from '@onetape/core'
import { openIbkr, systemTiming } from '@onetape/ibkr'
import { setTimeout as sleep } from 'node:timers/promises'
import { failOnWarnings, firstBars, Peer, quantile, SYMBOLS, Trader, until, WireTap } from './live-wire.ts'

const WARM_UP = 50
const SLICES = process.argv[2] === 'quick' ? 200 : 400
const STEP_MS = 1_250
const BAR_MS = 5_000
/** Two orders a slice then stay below the pacing's 45 a second. */
const SLICE_WALL_MS = 60

const start = Date.UTC(2026, 7, 10, 12)
const began = performance.now()
let skew = 0
const clock = (): number => start + skew + performance.now() - began

const state = { slice: -1, burst: false }
const strategy = defineStrategy({
  name: 'two-orders',
  create() {
    return {
      onBar({ instrument }, { orders, portfolio }) {
        if (instrument.id === 0) state.slice++
        if (state.burst) orders.market(instrument, 1)
        else if (instrument.id === state.slice % 100 || instrument.id === (state.slice + 50) % 100) {
          if (portfolio.isFlat(instrument)) orders.market(instrument, 1)
          else orders.close(instrument)
        }
      },
    }
  },
})

const peer = await Peer.start({
  symbols: SYMBOLS,
  speed: 0,
  start,
  // Messages are counted where they leave.
  paced: false,
  accounts: [{ id: 'DU1234567', cash: 1e9 }],
})
const tap = new WireTap()
const link = openIbkr({
  port: peer.port,
  clientId: 1,
  // Time moves in steps: the gateway's is asked for once.
  heartbeatMs: 3_600_000,
  timing: { ...systemTiming, now: clock },
  broker: { checkMs: 0 },
})
failOnWarnings(link)
skew -= clock() - start
link.session.start()
await link.session.online()

/** Moves time on to the next step, and waits until all that came of it was read. */
let at = start
const step = async (): Promise<void> => {
  at = Math.max(at + STEP_MS, Math.floor(clock() / STEP_MS) * STEP_MS)
  skew += Math.max(0, at - clock())
  const { sent } = await peer.ask({ time: at })
  await until('all messages', () => tap.frames >= sent)
}
const keepUp = async (): Promise<void> => {
  if (clock() >= at + STEP_MS) await step()
  await sleep(10)
}

const instruments = await Promise.all(SYMBOLS.map(async (symbol) => await link.feed.getTickerInfo(symbol)))
const ready = firstBars(link, SYMBOLS, keepUp)
for (const symbol of SYMBOLS) await link.feed.subscribe(symbol, '5s')
await ready
for (let phase = NaN; phase !== STEP_MS; phase = at % BAR_MS) await step()

const trader = new Trader(link, tap, { strategy, instruments, interval: '5s' })
trader.session.start()
let orders = 0
let orderAt = NaN
tap.onOrder = (time) => {
  orders++
  orderAt = time
}

/** Plays until a slice has been decided and its orders are out. */
const play = async (count: number): Promise<void> => {
  orders = 0
  const before = state.slice
  while (state.slice === before) await step()
  await until(`${count} orders, found ${orders}`, () => orders >= count)
}
const fromBar: number[] = []
const fromBytes: number[] = []
const disk: number[] = []
for (let k = 0; k < WARM_UP + SLICES; k++) {
  const turn = sleep(SLICE_WALL_MS)
  const diskBefore = trader.diskMs
  await play(2)
  if (orders !== 2) throw new Error(`Expected two orders of a slice, found ${orders}`)
  if (k >= WARM_UP) {
    fromBar.push(orderAt - trader.barAt)
    fromBytes.push(orderAt - trader.barArrivedAt)
    disk.push(trader.diskMs - diskBefore)
  }
  await turn
}
await sleep(1_100)
state.burst = true
await play(100)
const burstMs = orderAt - trader.barAt
state.burst = false
await until('no open orders', () => trader.open === 0, 10)

console.log(
  JSON.stringify({
    p50: quantile(fromBar, 0.5),
    p99: quantile(fromBar, 0.99),
    bytesP50: quantile(fromBytes, 0.5),
    diskP50: quantile(disk, 0.5),
    diskP99: quantile(disk, 0.99),
    burstMs,
    mostInASecond: tap.mostInASecond,
  }),
)
trader.end()
await link.session.stop()
peer.end()
