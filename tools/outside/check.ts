// A project outside the workspace installs the packed tarballs with npm and type-checks against them,
// as a user's project would. The tarballs come from `turbo run pack:check`.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, type Workspace, workspaces } from '../workspaces.ts'

const consumer = 'consumer.ts'
const wanted = ['@onetape/core', '@onetape/engine', '@onetape/backtest']

const published = new Map(
  workspaces()
    .filter(({ manifest }) => manifest.private !== true)
    .map((workspace) => [workspace.manifest.name, workspace]),
)
const needed = closure(wanted)
const at = mkdtempSync(join(tmpdir(), 'onetape-outside-'))
try {
  const tarballs = Object.fromEntries(needed.map((name) => [name, `file:${tarball(name)}`]))
  write('package.json', {
    name: 'outside',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(wanted.map((name) => [name, tarballs[name]])),
    // Nothing of ours may come from a registry: what others depend on is taken from the tarballs too.
    overrides: Object.fromEntries(
      needed.filter((name) => !wanted.includes(name)).map((name) => [name, tarballs[name]]),
    ),
  })
  write('tsconfig.json', {
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024'],
      module: 'nodenext',
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      noEmit: true,
    },
    include: [consumer],
  })
  copyFileSync(join(import.meta.dirname, consumer), join(at, consumer))
  run('npm', 'install', '--no-audit', '--no-fund', '--no-save', '--loglevel=error')
  run('tsc', '-p', 'tsconfig.json')
  run('node', consumer)
  console.log(`An outside project installs, type-checks and runs with the tarballs of ${needed.join(', ')}.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(at, { recursive: true })
}

function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: at, stdio: 'inherit' })
  if (status !== 0)
    throw new Error(`Expected '${command} ${args.join(' ')}' to pass outside, found ${error ?? status}.`)
}

/** The packages by these names and all of ours that they depend on. */
function closure(names: readonly string[]): string[] {
  const found = new Set<string>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    for (const dependency of Object.keys(find(name).manifest.dependencies ?? {}))
      if (dependency.startsWith('@onetape/')) visit(dependency)
  }
  for (const name of names) visit(name)
  return [...found]
}

function tarball(name: string): string {
  const dir = join(root, find(name).dir, '.pack')
  const file = existsSync(dir) ? readdirSync(dir).find((entry) => entry.endsWith('.tgz')) : undefined
  if (file === undefined) throw new Error(`Expected a tarball in ${dir}, found none: run 'turbo run pack:check' first.`)
  return join(dir, file)
}

function find(name: string): Workspace {
  const workspace = published.get(name)
  if (workspace === undefined)
    throw new Error(`Expected a published workspace ${name}, found ${[...published.keys()].join(', ')}.`)
  return workspace
}

function write(file: string, content: unknown): void {
  writeFileSync(join(at, file), JSON.stringify(content, null, 2))
}
