import { afterEach, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../src/index.ts'
import { flat, minutes, OPEN } from './recorded.ts'
import { placeOrder, stock, WireClient } from './wire-client.ts'

let gateway: Gateway
let client: WireClient
afterEach(async () => {
  client.close()
  await gateway.close()
})

test('20,000 messages a second of market data pass with the orders among them', async () => {
  const symbols = Array.from({ length: 100 }, (_, i) => `S${i}`)
  gateway = await startGateway({ symbols, speed: 0, start: Date.UTC(2026, 7, 10, 12), paced: false })
  client = await WireClient.start(gateway.port, 1)
  for (const [i, symbol] of symbols.entries()) client.send('1', '11', i + 1, ...stock(symbol), '0', '', '0', '0', '')
  await client.sync()
  client.take()
  const began = performance.now()
  let heard = 0
  let fills = 0
  for (let turn = 1; turn <= 60; turn++) {
    client.send(...placeOrder(turn, 'S1', { quantity: 1 }))
    await gateway.advance(1000)
    await client.sync()
    const messages = client.take()
    heard += messages.length
    fills += messages.filter((m) => m[0] === '11').length
  }
  const rate = (heard / (performance.now() - began)) * 1000
  console.log(`Market data: ${heard} messages, ${Math.round(rate)} a second, on one loop with their client.`)
  expect(fills).toBe(60)
  expect(rate).toBeGreaterThan(20_000)
})

test('a client that does not read costs bounded memory and loses no order', async () => {
  const symbols = Array.from({ length: 100 }, (_, i) => `S${i}`)
  gateway = await startGateway({ symbols, speed: 0, start: Date.UTC(2026, 7, 10, 12), paced: false })
  client = await WireClient.start(gateway.port, 1)
  for (const [i, symbol] of symbols.entries()) client.send('1', '11', i + 1, ...stock(symbol), '0', '', '0', '0', '')
  await client.sync()
  client.take()
  client.socket.pause()
  client.send(...placeOrder(1, 'S1', { quantity: 1, type: 'LMT', limit: 1 }))
  client.send('4', '1', '', '', '2147483647')
  // Not `advance`: that would wait for the client to take everything.
  for (let turn = 0; turn < 1600; turn++) {
    void gateway.advance(1000)
    if (turn % 100 === 0)
      await new Promise((resolve) => {
        setTimeout(resolve, 1)
      })
  }
  expect(gateway.state().dropped).toBeGreaterThan(0)
  client.socket.resume()
  await client.until((m) => m[0] === '3' && m[2] === 'Cancelled', 0, 20_000)
})

test('an answer of 20,000 bars is made in well under a second', async () => {
  gateway = await startGateway({ series: [minutes('AAPL', flat(390))], speed: 0, start: OPEN + 390 * 60_000 })
  await gateway.close()
  gateway = await startGateway({ speed: 0, start: Date.UTC(2026, 7, 10, 12) })
  client = await WireClient.start(gateway.port, 1)
  const began = performance.now()
  client.send('20', '5', ...stock('AAPL'), '0', '', '1 min', '14 D', '0', 'TRADES', '1', '0', '')
  const answer = await client.until((m) => m[0] === '17')
  expect(Number(answer[4])).toBe(14 * 24 * 60)
  expect(performance.now() - began).toBeLessThan(3000)
})

test('one client that asks for much and reads nothing does not keep the others waiting', async () => {
  gateway = await startGateway({ speed: 0, start: Date.UTC(2026, 7, 10, 12), paced: false })
  client = await WireClient.start(gateway.port, 1)
  const greedy = await WireClient.start(gateway.port, 2)
  greedy.socket.pause()
  const before = gateway.state().sent
  // Answers of 2.5 MB.
  for (let id = 1; id <= 14; id++)
    greedy.send('20', id, ...stock('AAPL'), '0', '', '1 min', '20 D', '0', 'TRADES', '1', '0', '')
  for (let turn = 0; turn < 10; turn++) await client.sync()
  // The rest is made when it is read.
  expect(gateway.state().sent - before - 10).toBeLessThan(14)
  greedy.socket.resume()
  await greedy.until((m) => m[0] === '17' && m[1] === '14', 0, 60_000)
  greedy.close()
}, 120_000)
