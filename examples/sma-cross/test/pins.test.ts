import { join } from 'node:path'
import { expectPinned, realDaily } from '@onetape/pins'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'

const example = join(import.meta.dirname, '..')
const folder = realDaily('the SMA cross on 21 years of MSFT')

test('on the bundled sample', async () => {
  expectPinned(example, 'AAPL 2013-2018, sample', await run())
})

test.skipIf(folder === undefined)('on 21 years of real prices', async () => {
  const result = await run(folder, 'MSFT')
  expect(result.denials).toEqual({})
  expectPinned(example, 'MSFT 1999-2021', result)
})
