import { expect, test } from 'vitest'
import { type Fault, type GatewayEvent, startGateway } from '../src/index.ts'
import { placeOrder, stock, WireClient } from './wire-client.ts'

const FAULTS: Fault[] = [
  { kind: 'drop', how: 'rst', refuseMs: 2000 },
  { kind: 'drop', how: 'fin' },
  { kind: 'stall-writes', ms: 3000 },
  { kind: 'broker-link', ms: 20_000, data: 'lost' },
  { kind: 'broker-link', ms: 5000 },
  { kind: 'farm', ms: 5000 },
  { kind: 'id-roll-back', by: 3 },
  { kind: 'callbacks', what: 'duplicate', count: 5 },
  { kind: 'callbacks', what: 'late', count: 5, ms: 700 },
  { kind: 'callbacks', what: 'reorder', count: 5 },
  { kind: 'callbacks', what: 'lose', count: 3 },
  { kind: 'correct-execution', price: 100 },
  { kind: 'correct-execution', shares: 0 },
  { kind: 'reject' },
  { kind: 'reject', on: 'cancel', code: 136 },
  { kind: 'locate-hold', symbol: 'AAPL', ms: 5000 },
  { kind: 'partial-fills', shares: 40 },
  { kind: 'slow-cancels', ms: 2000 },
  { kind: 'twin-modify' },
  { kind: 'manual-order', symbol: 'MSFT', action: 'BUY', quantity: 10 },
  { kind: 'restart', ms: 5000 },
  { kind: 'competing-session', ms: 5000 },
]

test.each([1, 2])('an hour of chaos with seed %d: the books agree and nothing fails inside', async (seed) => {
  const gateway = await startGateway({
    speed: 0,
    seed,
    start: Date.UTC(2026, 7, 10, 12),
    faults: { random: { perMinute: 4, of: FAULTS } },
  })
  const events: GatewayEvent[] = []
  gateway.onEvent((event) => events.push(event))
  // Corrections replace what they correct, so the executions of the day are what counts.
  let client: WireClient | undefined
  let id = 1
  for (let turn = 0; turn < 720; turn++) {
    await gateway.advance(5000)
    if (client === undefined || client.closed) {
      client = await WireClient.start(gateway.port, 1).catch(() => undefined)
      if (client === undefined) continue
      id = Number(client.heard.find((m) => m[0] === '9')![2])
      client.send('50', '3', '9001', ...stock('AAPL'), '5', 'TRADES', '0', '')
      client.send('61', '1')
    }
    client.take()
    const side = turn % 2 === 0 ? 'BUY' : 'SELL'
    client.send(...placeOrder(id++, 'AAPL', { action: side, quantity: 30 + (turn % 7) * 25, ref: `r${turn}` }))
    const far = side === 'BUY' ? 100 : 400
    client.send(...placeOrder(id, 'MSFT', { action: side, type: 'LMT', limit: far, quantity: 5 }))
    if (turn % 3 !== 0) client.send('4', id, '', '', '2147483647')
    else client.send(...placeOrder(id, 'MSFT', { action: side, type: 'LMT', limit: far + 1, quantity: 6 }))
    id++
    // While the connection is stalled or gone there is no answer to wait for.
    await Promise.race([
      client.sync().catch(() => {}),
      new Promise((resolve) => {
        setTimeout(resolve, 20)
      }),
    ])
  }
  expect(events.filter((e) => e.kind === 'failure')).toEqual([])
  expect(events.filter((e) => e.kind === 'bad-frame')).toEqual([])
  expect(events.filter((e) => e.kind === 'fault').length).toBeGreaterThan(150)
  const { executions, accounts, orders } = gateway.state()
  const held = new Map<string, number>()
  let cash = 1_000_000
  for (const e of executions) {
    held.set(e.symbol, (held.get(e.symbol) ?? 0) + e.side * e.shares)
    cash -= e.side * e.shares * e.price + e.commission
  }
  expect(executions.length).toBeGreaterThan(200)
  for (const { symbol, quantity } of accounts[0]!.positions) expect(quantity).toBeCloseTo(held.get(symbol) ?? 0, 9)
  expect(accounts[0]!.figures.cash).toBeCloseTo(cash, 4)
  expect(new Set(executions.map((e) => e.execId)).size).toBe(executions.length)
  expect(new Set(orders.map((o) => o.permId)).size).toBe(orders.length)
  for (const o of orders) expect(o.filled).toBeLessThanOrEqual(o.quantity)
  client?.close()
  await gateway.close()
})
