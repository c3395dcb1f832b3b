import fc from 'fast-check'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { effectiveConfig } from './effective-config.ts'
import { CONFIG_KEYS, CONFIRMATION } from './live-config.ts'
import { loadConfig, variableOf } from './load-config.ts'

const base = mkdtempSync(join(tmpdir(), 'onetape-config-'))

function load(yaml: string, more: Partial<Parameters<typeof loadConfig>[0]> = {}): ReturnType<typeof loadConfig> {
  writeFileSync(join(base, 'live.yaml'), yaml)
  return loadConfig({ file: 'live.yaml', base, ...more })
}

test('without anything it is the simulator with the moving-average cross on AAPL', () => {
  const { config } = loadConfig({ base })
  expect(config).toMatchObject({ mode: 'simulator', strategy: 'sma-cross', symbols: ['AAPL'], shutdown: 'leave' })
  expect(config.gateway).toEqual({ host: '127.0.0.1', clientId: 7 })
})

test('later layers win: file, file of the environment, environment, flags', () => {
  writeFileSync(join(base, 'live.production.yaml'), 'seed: 2\nleverage: 2\nlog:\n  level: warn\n')
  const { config, origins } = load('seed: 1\nleverage: 1\nrun: r1\ngateway:\n  clientId: 3\n', {
    environment: 'production',
    env: { ONETAPE_LEVERAGE: '3', ONETAPE_GATEWAY_CLIENT_ID: '5' },
    flags: { 'gateway.clientId': '9' },
  })
  expect(config).toMatchObject({ seed: 2, leverage: 3, run: 'r1', gateway: { clientId: 9 }, log: { level: 'warn' } })
  expect(origins.get('seed')).toMatch(/live\.production\.yaml:1$/)
  expect(origins.get('leverage')).toBe('ONETAPE_LEVERAGE')
  expect(origins.get('run')).toMatch(/live\.yaml:3$/)
  expect(origins.get('gateway.clientId')).toBe('--clientId')
})

test.each([
  ['mode: simulator\nsymbol: [AAPL]\n', /There is no setting "symbol".*symbols/s, ':2'],
  ['gateway:\n  host: localhost\n  prot: 4002\n', /There is no setting "gateway.prot".*port/s, ':3'],
  ['mode: papper\n', /Expected one of simulator, paper, live for "mode", found "papper"/, ':1'],
  ['cash: many\n', /Expected number for "cash", found "many"/, ':1'],
  ['seed: 1\nseed: 2\n', /Map keys must be unique/, ':2'],
  ['graceMs: -1\n', /Expected >=0 for "graceMs", found -1/, ':1'],
  ['password: hunter2\n', /Secrets come from the environment/, ':1'],
  ['- a\n- b\n', /Expected "key: value" lines/, ''],
  ['mode: paper\n', /needs the port/, ':1'],
  ['mode: live\ngateway: { port: 4001 }\naccount: U1\n', /needs to be confirmed/, ':1'],
  [`mode: live\ngateway: { port: 4001 }\nconfirm: ${CONFIRMATION}\n`, /needs the id of the account/, ':1'],
  ['mode: paper\ngateway: { port: 4002 }\naccount: U7\n', /begins with D/, ':3'],
])('says what is wrong with %j, and where', (yaml, message, place) => {
  let error: unknown
  try {
    load(yaml)
  } catch (caught) {
    error = caught
  }
  expect(String(error)).toMatch(message)
  expect((error as { place?: string }).place).toContain(`live.yaml${place}`)
})

test('live mode needs the confirmation, the account and the port, and then is let through', () => {
  const { config } = load(`mode: live\nconfirm: "${CONFIRMATION}"\naccount: U1234567\ngateway:\n  port: 4001\n`)
  expect(config).toMatchObject({ mode: 'live', account: 'U1234567' })
})

test('a variable that is almost one of ours is a mistake, others are not ours', () => {
  expect(() => loadConfig({ base, env: { ONETAPE_MODES: 'paper' } })).toThrow('Did you mean "ONETAPE_MODE"?')
  expect(loadConfig({ base, env: { ONETAPE_ZZZ_QQQQQ: 'x', HOME: '/' } }).config.mode).toBe('simulator')
})

test('every setting has a variable of its own', () => {
  const names = CONFIG_KEYS.map(variableOf)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toContain('ONETAPE_GATEWAY_CLIENT_ID')
})

test('what is printed names the origin of each value and shortens the account', () => {
  const text = effectiveConfig(load('mode: paper\naccount: DU1234567\ngateway:\n  port: 4002\n'))
  expect(text).toMatch(/account\s+"DU\*\*\*67"/)
  expect(text).not.toContain('DU1234567')
  expect(text).toMatch(/gateway\.port\s+4002\s+.*live\.yaml:4/)
  expect(text).toMatch(/seed\s+1\s+default/)
})

test('whatever a file holds, it is a configuration or an error with a code', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.constantFrom(...CONFIG_KEYS).map((k) => `${k}: ${k}`),
      ),
      (yaml) => {
        let code: string | undefined = 'config.fine'
        try {
          load(yaml)
        } catch (error) {
          ;({ code } = error as { code?: string })
        }
        expect(code).toMatch(/^config\./)
      },
    ),
    { numRuns: 200 },
  )
})
