import { join } from 'node:path'
import { expectPinned, realDaily } from '@onetape/pins'
import { expect, test } from 'vitest'
import { run } from '../src/run.ts'

const example = join(import.meta.dirname, '..')
const folder = realDaily('RSI mean reversion on 21 years of four stocks')

test('on the bundled sample', async () => {
  const result = await run()
  expect(result.denials).toEqual({})
  expectPinned(example, 'AAPL 2013-2018, sample', result)
})

test.skipIf(folder === undefined)('on 21 years of real prices', async () => {
  const result = await run(folder, ['MSFT', 'KO', 'IBM', 'NKE'])
  expect(result.denials).toEqual({})
  expectPinned(example, 'MSFT, KO, IBM and NKE 1999-2021', result)
})
