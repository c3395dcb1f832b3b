import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRequest } from '../src/wire/request.ts'
import { sharedFolder } from './shared-folder.ts'

const folder = sharedFolder('ibkr')
if (folder === undefined)
  console.log('Skipped: requests recorded from real clients, because ../shared/ibkr is not there.')

interface Recording {
  readonly client: string
  readonly serverVersion: number
  readonly requests: readonly string[][]
}

test.skipIf(folder === undefined)('every recorded request of seven clients is read to its last field', () => {
  let read = 0
  for (const file of ['golden-requests.json', 'golden-requests-extra.json'])
    for (const { client, serverVersion, requests } of JSON.parse(
      readFileSync(join(folder!, file), 'utf8'),
    ) as Recording[])
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
