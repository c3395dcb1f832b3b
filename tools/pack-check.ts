// Packs the package in the current directory and checks the tarball as its users will see it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { type Manifest, readJson } from './workspaces.ts'

rmSync('.pack', { recursive: true, force: true })
mkdirSync('.pack')
run('pnpm', 'pack', '--pack-destination', '.pack')
const tarball = `.pack/${readdirSync('.pack').find((file) => file.endsWith('.tgz'))}`
run('publint', 'run', tarball, '--strict')
if ((readJson('package.json') as Manifest).exports?.['.'] !== undefined)
  run('attw', tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii')

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'inherit' })
}
