import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test("the page's script agrees with its types and with the data that it is given", () => {
  const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
  const project = join(import.meta.dirname, '../page/tsconfig.json')
  expect(() => execFileSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' })).not.toThrow()
})
