// Makes the workspace ready, then runs one of its scripts with the pinned tools and Node.
// Needs nothing but Node >= 20 and npm: every other tool comes from the lock file.
// Prints nothing of its own on stdout, which belongs to the script (`--json` must stay clean).
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
const windows = process.platform === 'win32'
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** npm starts scripts in the project's root; what a user types is relative to where the user stands. */
const userCwd = process.env.INIT_CWD ?? process.cwd()

// npm hands its own settings down as npm_config_*; pnpm must not take them for its own,
// save for the way to the registry. INIT_CWD ends here too: a program that a test starts
// elsewhere would take it for its own place.
const foreign = /^(npm_(config_(?!registry$|cafile$|.*proxy$)|package_|lifecycle_)|INIT_CWD$)/i
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
env.TURBO_TELEMETRY_DISABLED ??= '1'
env.DO_NOT_TRACK ??= '1'
// What Node compiled is kept: programs start sooner, and the WebAssembly that takes types out of sources is not loaded
// again. Its memory grows, after which V8 checks at every access whether a typed array still has its memory.
env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'node')

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const major = Number(process.versions.node.split('.')[0])
if (!(major >= 20)) fail(`Expected Node 20 or later to start with, found ${process.version}: install a newer Node.`)

const stampFile = join(root, 'node_modules', '.setup-stamp')
const stamp = makeStamp()
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) setUp()

const [wanted, ...given] = process.argv.slice(2)
if (wanted !== undefined) start(wanted, given)

/** Changes with every manifest and with the lock file: a set-up is good for one stamp. */
function makeStamp() {
  const files = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', 'bench/package.json']
  for (const dir of ['packages', 'apps', 'examples', 'tools'])
    for (const entry of existsSync(join(root, dir)) ? readdirSync(join(root, dir)).toSorted() : [])
      files.push(`${dir}/${entry}/package.json`)
  const hash = createHash('sha256')
  for (const file of files) if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)))
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`
}

function setUp() {
  const bundled = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
  if (!bundled && major < 24)
    fail(
      `Expected Node 24 or later on ${process.platform}-${process.arch}, found ${process.version}: ` +
        'the project brings its own Node on Linux x64 and arm64 only. Install Node 24, then run this again.',
    )
  const install = [
    'exec',
    '--yes',
    `--package=${pkg.packageManager}`,
    '--',
    'pnpm',
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
  ]
  const { error, status } = spawnSync('npm', install, { cwd: root, env, stdio: ['ignore', 2, 2], shell: windows })
  if (error) fail(`Expected npm to start, found: ${error.message}`)
  if (status !== 0) fail('The set-up did not finish: see the messages of pnpm above, then run the same command again.')
  const probe = spawnSync('node', ['--version'], { env: withTools(), encoding: 'utf8', shell: windows })
  if (!(Number(/^v(\d+)/.exec(probe.stdout ?? '')?.[1]) >= 24))
    fail(
      `Expected the project's own Node (${join(bin, 'node')}) to run here, found: ${probe.error?.message ?? (probe.stderr || probe.stdout)}. ` +
        'On a system without glibc, put a Node 24 or later there.',
    )
  writeFileSync(stampFile, stamp)
}

function withTools() {
  return { ...env, PATH: bin + delimiter + (env.PATH ?? env.Path ?? '') }
}

/**
 * Starts the script `<name>:go` of package.json without a package manager in between.
 * A script that is one plain `node …` call runs where the user stands, any other in the root.
 */
function start(name, args) {
  const script = pkg.scripts[`${name}:go`]
  if (script === undefined) fail(`Expected a script '${name}:go' in ${join(root, 'package.json')}, found none.`)
  const words = script.split(' ')
  const plain = words[0] === 'node' && !/[&|;<>"'$*]/.test(script)
  const options = { env: withTools(), stdio: 'inherit' }
  const child = plain
    ? spawn('node', [...words.slice(1).map(fromRoot), ...args], { ...options, cwd: userCwd })
    : windows
      ? spawn([script, ...args.map((arg) => JSON.stringify(arg))].join(' '), { ...options, cwd: root, shell: true })
      : spawn('sh', ['-c', `${script} "$@"`, 'sh', ...args], { ...options, cwd: root })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`Expected '${words[0]}' to start, found: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function fromRoot(word) {
  return /^[^-].*\.(ts|mjs)$/.test(word) ? join(root, word) : word
}
