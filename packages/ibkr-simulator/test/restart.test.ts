import { seededRandom } from '@onetape/core'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../src/index.ts'
import { flat, MINUTE, minutes, OPEN } from './recorded.ts'
import { placeOrder, WireClient } from './wire-client.ts'

let folder: string
let stateFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  stateFile = join(folder, 'state.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function begin(): Promise<{ gateway: Gateway; client: WireClient }> {
  const gateway = await startGateway({ series: [minutes('AAPL', flat(60))], speed: 0, repeats: false, stateFile })
  return { gateway, client: await WireClient.start(gateway.port, 1) }
}

test('ids, orders, executions and positions are there again after a restart', async () => {
  const first = await begin()
  first.client.send(...placeOrder(1, 'AAPL', { ref: 'a' }))
  first.client.send(...placeOrder(2, 'AAPL', { action: 'SELL', type: 'TRAIL', aux: 5, ref: 'b' }))
  first.client.send(...placeOrder(3, 'AAPL', { type: 'LMT', limit: 98, ref: 'c' }))
  first.client.send(...placeOrder(4, 'AAPL', { type: 'LMT', limit: 97, parent: 3, ref: 'd' }))
  await first.client.sync()
  await first.gateway.advance(2 * MINUTE)
  const before = first.gateway.state()
  first.client.close()
  await first.gateway.close()

  const { gateway, client } = await begin()
  const after = gateway.state()
  expect(after.time).toBe(OPEN + 2 * MINUTE)
  expect(after.orders).toEqual(before.orders)
  expect(after.executions).toEqual(before.executions)
  expect(after.accounts).toEqual(before.accounts)
  // What works is told first, then the next id.
  expect(client.heard.filter((m) => m[0] === '5').map((m) => m[1])).toEqual(['2', '3', '4'])
  expect(client.heard.find((m) => m[0] === '9')?.[2]).toBe('5')
  client.send('7', '3', '9', '0', '', '', '', '', '', '')
  client.send('4', '3', '', '', '2147483647')
  await client.sync()
  expect(client.heard.filter((m) => m[0] === '11').map((m) => m[26])).toEqual(['a'])
  expect(gateway.state().orders.map((o) => o.status)).toEqual(['Filled', 'PreSubmitted', 'Cancelled', 'Cancelled'])
  client.close()
  await gateway.close()
})

test('executions are of the day: the next day begins without them, positions stay', async () => {
  const { gateway, client } = await begin()
  client.send(...placeOrder(1, 'AAPL', {}))
  client.send(...placeOrder(2, 'AAPL', { type: 'LMT', limit: 90, tif: 'GTC' }))
  await client.sync()
  await gateway.advance(24 * 60 * MINUTE)
  const state = gateway.state()
  expect(state.executions).toEqual([])
  expect(state.orders.map((o) => o.orderId)).toEqual([2])
  expect(state.accounts[0]!.positions).toMatchObject([{ symbol: 'AAPL', quantity: 100 }])
  expect(state.accounts[0]!.figures.daily).toBe(0)
  client.close()
  await gateway.close()
})

test('an order whose day passed while the gateway was away is over; time goes on from where it was', async () => {
  const first = await begin()
  first.client.send(...placeOrder(1, 'AAPL', { type: 'LMT', limit: 90 }))
  first.client.send(...placeOrder(2, 'AAPL', { type: 'LMT', limit: 90, tif: 'GTC' }))
  await first.client.sync()
  await first.gateway.advance(30 * MINUTE)
  first.client.close()
  await first.gateway.close()
  const second = await begin()
  expect(second.gateway.now()).toBe(OPEN + 30 * MINUTE)
  expect(second.gateway.state().orders.map((o) => o.status)).toEqual(['Submitted', 'Submitted'])
  second.client.close()
  await second.gateway.close()
  const later = await startGateway({
    series: [minutes('AAPL', flat(60))],
    speed: 0,
    stateFile,
    start: OPEN + 86_400_000,
  })
  expect(later.state().orders.map((o) => [o.orderId, o.status])).toEqual([[2, 'Submitted']])
  await later.close()
})

test('a file that is no state is refused with its name', async () => {
  writeFileSync(stateFile, '{"format":99}')
  await expect(begin()).rejects.toThrow(`${stateFile}: Expected the state of a gateway`)
})

async function spawned(): Promise<{ child: ChildProcess; port: number }> {
  const main = join(import.meta.dirname, '../src/main.ts')
  const args = ['--conditions=@onetape/source', main, '--port', '0', '--seed', '3', '--state', stateFile]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, port: Number(/port (\d+)/.exec(String(line))![1]) }
}

test('without a state file a later gateway gives out other ids', async () => {
  const ids: string[] = []
  for (let run = 0; run < 2; run++) {
    const gateway = await startGateway({ seed: 1 })
    const client = await WireClient.start(gateway.port, 1)
    client.send(...placeOrder(1, 'AAPL', { quantity: 1 }))
    const execution = await client.until((m) => m[0] === '11')
    ids.push(execution[14]!, execution[21]!)
    client.close()
    await gateway.close()
    await new Promise((resolve) => {
      setTimeout(resolve, 1000)
    })
  }
  expect(new Set(ids).size).toBe(4)
})

test('killed in the middle of an order, the gateway comes back with all that it told', async () => {
  const { child, port } = await spawned()
  const client = await WireClient.start(port, 1)
  client.send(...placeOrder(1, 'AAPL', { quantity: 2000, ref: 'big' }))
  client.send(...placeOrder(2, 'AAPL', { type: 'LMT', limit: 10, ref: 'far' }))
  await client.until((m) => m[0] === '59' && client.heard.some((o) => o[0] === '3' && o[1] === '2'))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const told = client.heard.filter((m) => m[0] === '11').map((m) => m[14])
  expect(told.length).toBeGreaterThan(0)
  expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ format: 1 })

  const again = await spawned()
  const back = await WireClient.start(again.port, 1)
  expect(back.heard.filter((m) => m[0] === '5').map((m) => m[1])).toEqual(['1', '2'])
  back.send('7', '3', '9', '0', '', '', '', '', '', '')
  await back.until((m) => m[0] === '55')
  const known = back.heard.filter((m) => m[0] === '11' && m[1] === '9').map((m) => m[14])
  expect(known.slice(0, told.length)).toEqual(told)
  // The rest of the order fills on, and no more than the rest.
  await back.until((m) => m[0] === '3' && m[1] === '1' && m[2] === 'Filled', 0, 25_000)
  back.send('61', '1')
  expect((await back.until((m) => m[0] === '61'))[14]).toBe('2000')
  back.close()
  again.child.kill('SIGTERM')
  const [code] = (await once(again.child, 'exit')) as [number]
  expect(code).toBe(0)
})

test('killed at any moment, again and again: what was told stays true', async () => {
  const random = seededRandom(11)
  const executions = new Map<string, string>()
  const permIds = new Map<string, string>()
  let highest = 0
  for (let round = 0; round < 6; round++) {
    const { child, port } = await spawned()
    const client = await WireClient.start(port, 1)
    const next = Number(client.heard.find((m) => m[0] === '9')![2])
    expect(next).toBeGreaterThan(highest)
    client.send('7', '3', '9', '0', '', '', '', '', '', '')
    client.send('61', '1')
    await client.sync()
    const known = client.heard.filter((m) => m[0] === '11' && m[1] === '9')
    expect(new Set(known.map((m) => m[14])).size).toBe(known.length)
    for (const [id, told] of executions)
      expect([
        id,
        known
          .find((m) => m[14] === id)
          ?.slice(2)
          .join('|'),
      ]).toEqual([id, told])
    const held = known.reduce((sum, m) => sum + (m[18] === 'BOT' ? 1 : -1) * Number(m[19]), 0)
    expect(Number(client.heard.find((m) => m[0] === '61')?.[14] ?? 0)).toBe(held)

    const until = Date.now() + random.int(60, 300)
    for (let id = next; Date.now() < until; id += 2) {
      const action = random.next() < 0.6 ? 'BUY' : 'SELL'
      client.send(...placeOrder(id, 'AAPL', { action, quantity: random.int(1, 1500) }))
      client.send(...placeOrder(id + 1, 'AAPL', { type: 'LMT', limit: 1 + round, quantity: 10 }))
      if (random.next() < 0.7) client.send('4', id + 1, '', '', '2147483647')
      await new Promise((resolve) => {
        setTimeout(resolve, random.int(0, 40))
      })
    }
    child.kill('SIGKILL')
    await Promise.all([once(child, 'exit'), client.end()])
    for (const m of client.heard) {
      if (m[0] === '11') executions.set(m[14]!, m.slice(2).join('|'))
      if (m[0] !== '3') continue
      highest = Math.max(highest, Number(m[1]))
      expect([m[1], permIds.get(m[1]!) ?? m[6]]).toEqual([m[1], m[6]])
      permIds.set(m[1]!, m[6]!)
    }
    client.close()
  }
  expect(executions.size).toBeGreaterThan(3)
  expect(new Set(permIds.values()).size).toBe(permIds.size)
}, 60_000)
