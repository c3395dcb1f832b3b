// Runs `node <arguments>` under the next Node line; programs that it starts as `node` get the same one.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { nodeNext } from './node-next.ts'

const file = nodeNext()
if (file === undefined) {
  console.error(`Expected Node 26 from tools/node-next, found none for ${process.platform}-${process.arch}.`)
  process.exitCode = 1
} else {
  const env = { ...process.env, PATH: dirname(file) + delimiter + (process.env['PATH'] ?? '') }
  const { status } = spawnSync(file, process.argv.slice(2), { env, stdio: 'inherit' })
  process.exitCode = status ?? 1
}
