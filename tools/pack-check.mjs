// Packs the package in the current directory and checks the tarball as its users will see it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
rmSync('.pack', { recursive: true, force: true })
mkdirSync('.pack')
const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' })
run('pnpm', 'pack', '--pack-destination', '.pack')
const tarball = `.pack/${readdirSync('.pack').find((file) => file.endsWith('.tgz'))}`
run('publint', 'run', tarball, '--strict')
if (manifest.exports?.['.']) run('attw', tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii')
