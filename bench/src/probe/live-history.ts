// One process of a download: how long the event loop stands still while 20,000 bars come in.
import { openIbkr } from '@onetape/ibkr'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { failOnWarnings, Peer, WireTap } from './live-wire.ts'

const BARS = 20_000

const start = Date.UTC(2026, 7, 10, 12)
const peer = await Peer.start({ symbols: ['S0'], speed: 0, start, paced: true })
const tap = new WireTap()
let parts = 0
let largest = 0
const link = openIbkr({
  port: peer.port,
  clientId: 1,
  feed: {
    onProgress({ rows }) {
      largest = Math.max(largest, rows - parts)
      parts = rows
    },
  },
})
failOnWarnings(link)
link.session.start()
await link.session.online()
await link.feed.getTickerInfo('S0')
const to = start - 60_000
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const began = performance.now()
const { length } = await link.feed.getHistoricalData({ symbol: 'S0', interval: '1m', from: to - BARS * 60_000, to })
const ms = performance.now() - began
delay.disable()
if (length !== BARS) throw new Error(`Expected ${BARS} bars, found ${length}`)
if (largest > 2_000) throw new Error(`Expected requests of at most 2,000 bars, found ${largest}`)
console.log(JSON.stringify({ blockMs: delay.max / 1e6, ms, mostInASecond: tap.mostInASecond }))
await link.session.stop()
peer.end()
