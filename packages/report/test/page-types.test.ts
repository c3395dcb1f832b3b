import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

test("the page's script agrees with its types and with the data that it is given", () => {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const tsc = join(typescript, 'bin/tsc')
  const project = join(import.meta.dirname, '../page/tsconfig.json')
  expect(() => execFileSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' })).not.toThrow()
})
