// Projects outside the workspace install the packed tarballs with npm, type-check against them and run,
// as a user's project would. The tarballs come from `turbo run pack:check`.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Manifest, readJson, root, type Workspace, workspaces } from '../workspaces.ts'

/** A project outside, with one program. */
interface Project {
  readonly name: string
  /** Files that are copied into it; the first is the program. */
  readonly files: readonly string[]
  /** Ours that it depends on. */
  readonly wanted: readonly string[]
  /** Has Node's types, as packages that talk to sockets and files need them. */
  readonly node: boolean
}

const example = join(root, 'examples', 'own-program')
const projects: readonly Project[] = [
  {
    name: 'consumer',
    files: [join(import.meta.dirname, 'consumer.ts')],
    wanted: ['@onetape/core', '@onetape/engine', '@onetape/backtest'],
    node: false,
  },
  {
    name: 'own-program',
    files: ['main.ts', 'strategy.ts'].map((file) => join(example, 'src', file)),
    wanted: ours((readJson(join(example, 'package.json')) as Manifest).dependencies),
    node: true,
  },
]

const published = new Map(
  workspaces()
    .filter(({ manifest }) => manifest.private !== true)
    .map((workspace) => [workspace.manifest.name, workspace]),
)
for (const project of projects) {
  const at = mkdtempSync(join(tmpdir(), `onetape-outside-${project.name}-`))
  try {
    installAndRun(project, at)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  } finally {
    rmSync(at, { recursive: true })
  }
}

function installAndRun({ name, files, wanted, node }: Project, at: string): void {
  const needed = closure(wanted)
  const tarballs = Object.fromEntries(needed.map((each) => [each, `file:${tarball(each)}`]))
  const program = basename(files[0]!)
  write(at, 'package.json', {
    name,
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(wanted.map((each) => [each, tarballs[each]])),
    devDependencies: node ? { '@types/node': (installed('@types/node') as { version: string }).version } : {},
    // Nothing of ours may come from a registry: what others depend on is taken from the tarballs too.
    overrides: Object.fromEntries(
      needed.filter((each) => !wanted.includes(each)).map((each) => [each, tarballs[each]]),
    ),
  })
  write(at, 'tsconfig.json', {
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024'],
      module: 'nodenext',
      types: node ? ['node'] : [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      // The declarations of @stoqey/ib do not pass options as strict as these.
      skipLibCheck: wanted.includes('@onetape/ibkr'),
      allowImportingTsExtensions: true,
      noEmit: true,
    },
    include: [program],
  })
  for (const file of files) copyFileSync(file, join(at, basename(file)))
  run(at, 'npm', 'install', '--no-audit', '--no-fund', '--no-save', '--loglevel=error')
  run(at, 'tsc', '-p', 'tsconfig.json')
  run(at, 'node', program)
  console.log(`An outside project ${name} installs, type-checks and runs with the tarballs of ${needed.join(', ')}.`)
}

function ours(dependencies: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.keys(dependencies).filter((name) => name.startsWith('@onetape/'))
}

/** The manifest of a package that the workspace itself uses. */
function installed(name: string): unknown {
  return readJson(join(root, 'node_modules', name, 'package.json'))
}

function run(at: string, command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: at, stdio: 'inherit', timeout: 180_000 })
  if (status !== 0)
    throw new Error(`Expected '${command} ${args.join(' ')}' to pass outside, found ${error ?? status}.`)
}

/** The packages by these names and all of ours that they depend on. */
function closure(names: readonly string[]): string[] {
  const found = new Set<string>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    for (const dependency of ours(find(name).manifest.dependencies)) visit(dependency)
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

function write(at: string, file: string, content: unknown): void {
  writeFileSync(join(at, file), JSON.stringify(content, null, 2))
}
