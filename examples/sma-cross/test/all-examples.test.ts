import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeNext } from '@onetape/node-next'
import { expect, test } from 'vitest'
import { repository } from '@onetape/pins'

const examples = ['sma-cross', 'rsi-mean-reversion', 'momentum-rotation', 'pairs-trading']

const next = process.version.startsWith('v24.') ? nodeNext() : undefined
if (next === undefined) console.log(`skipped: the examples under Node 24 and 26, found ${process.version} alone`)

/** What an example prints when a user starts it. */
function printed(node: string, example: string): string {
  const main = join(repository, 'examples', example, 'src/main.ts')
  const { NODE_OPTIONS: _, ONETAPE_DATA: __, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(node, ['--conditions=@onetape/source', main], { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`Expected ${node} to run ${main}, found status ${status}: ${stderr}`)
  return stdout
}

const renewing = process.env['UPDATE_PINS'] === '1'
if (renewing) console.log('skipped: the printed tapes against the pins, which are being written anew')

test.skipIf(renewing).each(examples)('%s prints its pinned tape, and the same in another process', (example) => {
  const once = printed(process.execPath, example)
  const pins = JSON.parse(readFileSync(join(repository, 'examples', example, 'pins.json'), 'utf8')) as Record<
    string,
    { tapeHash: string }
  >
  expect(Object.values(pins).map(({ tapeHash }) => tapeHash)).toContain(/^Tape ([0-9a-f]{32})$/m.exec(once)?.[1])
  expect(printed(process.execPath, example)).toBe(once)
})

test.skipIf(next === undefined).each(examples)('%s prints the same under Node 24 and Node 26', (example) => {
  expect(printed(next!, example)).toBe(printed(process.execPath, example))
})
