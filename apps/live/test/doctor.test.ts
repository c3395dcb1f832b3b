import { expect, test } from 'vitest'
import { checkGateway } from '../src/doctor/check-gateway.ts'
import { freePort } from './support/live-process.ts'
import { startGateway } from '@onetape/ibkr-simulator'

const config = { mode: 'paper', account: undefined, symbols: ['AAPL'] } as const

function verdicts(findings: Awaited<ReturnType<typeof checkGateway>>): Record<string, string> {
  return Object.fromEntries(findings.map(({ name, verdict }) => [name, verdict]))
}

test('a gateway as it should be has nothing bad', async () => {
  const gateway = await startGateway()
  const findings = await checkGateway({ config, host: '127.0.0.1', port: gateway.port, clientId: 9 })
  expect(verdicts(findings)).toMatchObject({
    connection: 'good',
    version: 'good',
    account: 'good',
    balance: 'good',
    clock: 'good',
    'contract AAPL': 'good',
    'history AAPL': 'good',
    'stream AAPL': 'good',
    orders: 'good',
    restart: 'note',
  })
  await gateway.close()
})

test('nothing listens: says which setting of TWS and which port', async () => {
  const port = await freePort()
  const findings = await checkGateway({ config, host: '127.0.0.1', port, clientId: 9, connectMs: 1_500 })
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({ name: 'connection', verdict: 'bad' })
  expect(findings[0]!.advice).toMatch(/TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live/)
}, 40_000)

test('a read-only API, an unknown symbol and a clock that is off are each said', async () => {
  const gateway = await startGateway({ readOnly: true, start: Date.now() - 3_600_000 })
  const findings = await checkGateway({
    config: { ...config, symbols: ['AAPLE'] },
    host: '127.0.0.1',
    port: gateway.port,
    clientId: 9,
    streamMs: 100,
  })
  expect(verdicts(findings)).toMatchObject({ 'contract AAPLE': 'bad', clock: 'bad' })
  const tradable = await checkGateway({ config, host: '127.0.0.1', port: gateway.port, clientId: 9, streamMs: 100 })
  expect(tradable.find(({ name }) => name === 'orders')).toMatchObject({ verdict: 'bad' })
  expect(tradable.find(({ name }) => name === 'orders')!.advice).toContain('Read-Only API')
  await gateway.close()
}, 60_000)

test('an account that is not of the login is said with those that are', async () => {
  const gateway = await startGateway()
  const findings = await checkGateway({
    config: { ...config, account: 'DU7654321' },
    host: '127.0.0.1',
    port: gateway.port,
    clientId: 9,
  })
  expect(findings[0]!.found).toMatch(/Expected a login with account DU7654321, found DU1234567/)
  await gateway.close()
})
