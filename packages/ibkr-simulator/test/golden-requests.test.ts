import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type GatewayEvent, startGateway } from '../src/index.ts'
import { readRequest } from '../src/wire/request.ts'
import { sharedFolder } from './shared-folder.ts'
import { WireClient } from './wire-client.ts'

const folder = sharedFolder('ibkr')
if (folder === undefined)
  console.log('Skipped: requests recorded from real clients, because ../shared/ibkr is not there.')

interface Recording {
  readonly client: string
  readonly serverVersion: number
  readonly requests: readonly string[][]
}

const recordings = (): Recording[] =>
  ['golden-requests.json', 'golden-requests-extra.json'].flatMap(
    (file) => JSON.parse(readFileSync(join(folder!, file), 'utf8')) as Recording[],
  )

test.skipIf(folder === undefined)('every recorded request of seven clients is read to its last field', () => {
  let read = 0
  for (const { client, serverVersion, requests } of recordings())
    for (const fields of requests) {
      const { missing, left, request } = readRequest(fields, serverVersion)
      expect({ client, request: request.kind, missing, left }).toEqual({
        client,
        request: request.kind,
        missing: 0,
        left: 0,
      })
      read++
    }
  expect(read).toBe(370)
})

test.skipIf(folder === undefined)(
  'every recorded session is served: nothing unreadable, nothing that fails',
  async () => {
    for (const { client, serverVersion, requests } of recordings()) {
      const gateway = await startGateway({
        speed: 0,
        start: Date.UTC(2026, 7, 10, 14),
        paced: false,
        accounts: [{ id: 'DU1', cash: 1_000_000 }],
      })
      const events: GatewayEvent[] = []
      gateway.onEvent((event) => events.push(event))
      const [, , id = ''] = requests.find((fields) => fields[0] === '71') ?? []
      const peer = await WireClient.start(gateway.port, Number(id), `v100..${serverVersion}`)
      for (const fields of requests.filter(([kind]) => kind !== '71')) {
        peer.send(...fields)
        await peer.sync()
        await gateway.advance(1000)
      }
      const wrong = events.filter((e) => e.kind === 'bad-frame' || e.kind === 'failure')
      expect({ client, wrong }).toEqual({ client, wrong: [] })
      expect(peer.heard.filter((m) => m[0] === '4' && (m[3] === '320' || m[4] === 'Internal error'))).toEqual([])
      // Each that places orders has one at the market among them.
      const fills = peer.heard.filter((m) => m[0] === '11')
      expect({ client, filled: fills.length > 0 }).toEqual({ client, filled: requests.some(([kind]) => kind === '3') })
      peer.close()
      await gateway.close()
    }
  },
)
