import { backtest } from '@onetape/backtest'
import { ibkrFixedFee } from '@onetape/costs'
import { startLive } from '@onetape/engine'
import { openIbkr, systemTiming } from '@onetape/ibkr'
import { startGateway } from '@onetape/ibkr-simulator'
import strategy from './strategy.ts'

// The gateway simulator, two minutes of its market in each second. For TWS or Gateway: port 7497 or 4002, no `timing`.
const gateway = await startGateway({ symbols: ['AAPL'], speed: 120, start: Date.UTC(2026, 8, 16, 16), paced: false })
const timing = { ...systemTiming, now: () => gateway.now() }
const { session, feed, broker } = openIbkr({ port: gateway.port, clientId: 1, timing })
session.start()
await session.online()

const bars = await feed.getHistoricalData({ symbol: 'AAPL', interval: '5s', from: session.now() - 3_600_000 })
const settings = { strategy, cash: 100_000, fees: ibkrFixedFee({ regulatory: 'none' }) }
const tested = backtest({ ...settings, data: [bars] })
console.log(`Backtest: ${tested.fills.length} fills on ${bars.length} bars, ${tested.finalEquity.toFixed(2)} USD`)

let fills = 0
const enough = Promise.withResolvers<void>()
const live = await startLive({
  ...settings,
  history: [bars],
  feed,
  broker,
  clock: session,
  onOrder(event) {
    if (event.kind !== 'filled') return
    console.log(`Live: ${event.fill.side} ${event.fill.quantity} at ${event.fill.price.toFixed(2)}`)
    if (++fills === 4) enough.resolve()
  },
})
await enough.promise
await live.stop()
console.log(`Live: ${fills} fills, ${live.engine.ledger.equity().toFixed(2)} USD`)
await session.stop()
await gateway.close()
