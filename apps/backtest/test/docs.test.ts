import { calendar } from '@onetape/calendar'
import { formatInstant } from '@onetape/core'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Desk } from './command-line.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** Inside the package, so that programs of the documents find what they import; not under version control. */
const PROGRAMS = join(import.meta.dirname, `../.out/docs-${process.pid}`)
afterAll(() => rmSync(PROGRAMS, { recursive: true, force: true }))

const DOCUMENTS = [
  'README.md',
  'apps/backtest/README.md',
  'docs/guide/getting-started.md',
  'docs/guide/writing-strategies.md',
  'docs/guide/honesty.md',
  'docs/guide/coming-from-other-tools.md',
  'docs/reference/options.md',
  'docs/reference/cli.md',
] as const

/** A fenced block, with the note in a comment above it: `<!-- file: a.ts -->`, `<!-- run: --data prices -->`, `<!-- denied -->`. */
interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
  readonly note: string | undefined
}

function blocksOf(document: string): readonly Block[] {
  const text = readFileSync(join(ROOT, document), 'utf8')
  return [...text.matchAll(/(?:<!-- (?<note>[^>]*) -->\s+)?^```(?<language>\w+)\n(?<body>.*?)^```$/gms)].map(
    (match) => {
      const { note, language = '', body = '' } = match.groups!
      const line = text.slice(0, match.index + match[0].indexOf('```')).split('\n').length
      return { language, text: body, line, note }
    },
  )
}

/** What the value of a note is: `file` of `file: a.ts`. */
function noted(block: Block, name: string): string | undefined {
  return block.note?.startsWith(`${name}: `) === true ? block.note.slice(name.length + 2) : undefined
}

const isStrategy = ({ language, text }: Block): boolean =>
  language === 'ts' && text.includes('export default defineStrategy(')
const isProgram = ({ language, text }: Block): boolean => language === 'ts' && text.includes("from '@onetape/backtest'")

/** Lines that a reader types and this test does not: they set up, or run longer. */
const NOT_RUN = [
  /^git clone /,
  /^cd /,
  /^npm (test|install|ci)\b/,
  /^npm run (check|bench|fix|build|live|gateway|parity|chaos)\b/,
  /\bdata download\b/,
  /^open /,
]

describe.each(DOCUMENTS)('%s', (document) => {
  const desk = new Desk()
  const blocks = blocksOf(document)
  writeFixtures(desk)
  for (const block of blocks) {
    const file = noted(block, 'file')
    if (file !== undefined) desk.file(file, block.text)
  }

  const strategies = blocks.filter((block) => isStrategy(block) && noted(block, 'file') === undefined)
  test.each(strategies.map((block) => [block.line, block] as const))(
    'the strategy in line %i trades',
    (line, block) => {
      desk.file(`line-${line}.ts`, block.text)
      const flags = noted(block, 'run')?.split(' ') ?? []
      const { status, stdout, stderr } = desk.onetape('run', `line-${line}.ts`, ...flags, '--json')
      expect(stderr).toBe('')
      expect(status).toBe(0)
      const { counts } = JSON.parse(stdout) as { counts: { fills: number; denied: number } }
      expect(counts.fills).toBeGreaterThan(0)
      expect(counts.denied > 0).toBe(block.note === 'denied')
    },
  )

  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line !== '' && !NOT_RUN.some((pattern) => pattern.test(line)))
  test.each(commands)('%s', (command) => {
    expect(typed(desk, command)).toMatchObject({ stderr: '', status: 0 })
  })

  const programs = blocks.filter(isProgram)
  test.each(programs.map((block) => [block.line, block] as const))('the program in line %i runs', (line, block) => {
    const path = join(PROGRAMS, `${document.replaceAll('/', '-')}-${line}.ts`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, block.text)
    const outcome = spawnSync(process.execPath, ['--conditions=@onetape/source', path], { encoding: 'utf8' })
    expect(outcome).toMatchObject({ stderr: '', status: 0 })
  })

  test('no block of TypeScript is left out', () => {
    const rest = blocks.filter((block) => block.language === 'ts' && !isStrategy(block) && !isProgram(block))
    expect(rest.map(({ line }) => line)).toEqual([])
  })
})

test('every block of TypeScript has the types that it promises', () => {
  const folder = join(PROGRAMS, 'types')
  mkdirSync(folder, { recursive: true })
  for (const document of DOCUMENTS)
    for (const { language, line, text } of blocksOf(document))
      if (language === 'ts') writeFileSync(join(folder, `${document.replaceAll('/', '-')}-${line}.ts`), text)
  const config = { extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { stdout, status } = spawnSync(tsc, ['-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

/** What comes of a command that a document shows. */
function typed(desk: Desk, command: string): { readonly stderr: string; readonly status: number | null } {
  const own = /^(?:npm run backtest -- |onetape )/.exec(command)
  if (own !== null) return desk.onetape(...command.slice(own[0].length).split(/\s+/))
  if (command === 'npm run demo') return desk.onetape('demo')
  if (command.startsWith('node '))
    return spawnSync(process.execPath, command.split(/\s+/).slice(1), { cwd: ROOT, encoding: 'utf8' })
  throw new Error(`Expected a command that this test knows, found "${command}".`)
}

const wave = (at: number, phase: number): number => 100 + at / 20 + 8 * Math.sin(at / 9 + phase)
const row = (time: string, open: number, close: number): string =>
  [time, open, Math.max(open, close) + 0.4, Math.min(open, close) - 0.4, close]
    .map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell))
    .join(',')

/** Daily bars of two stocks, minutes and quotes of one: waves, so that strategies find something to do. */
function writeFixtures(desk: Desk): void {
  const sessions = calendar('XNYS').sessions(Date.UTC(2022, 0, 3), Date.UTC(2023, 11, 29))
  for (const [phase, symbol] of ['AAPL', 'MSFT'].entries()) {
    const rows = sessions.map(({ date }, i) => `${row(date, wave(i, phase), wave(i + 0.7, phase))},5000000`)
    desk.file(`prices/${symbol}.csv`, ['date,open,high,low,close,volume', ...rows, ''].join('\n'))
  }
  const minutes: string[] = []
  const quotes: string[] = []
  for (const [day, { open, close }] of sessions.slice(0, 5).entries())
    for (let t = open; t < close; t += 60_000) {
      const at = day * 390 + (t - open) / 60_000
      minutes.push(`${row(formatInstant(t), wave(at, 0), wave(at + 0.9, 0))},100000`)
      const mid = wave(at, 0)
      quotes.push(`${formatInstant(t)},${(mid - 0.01).toFixed(2)},${(mid + 0.01).toFixed(2)},5000,5000`)
    }
  desk.file('minutes/AAPL.csv', ['time,open,high,low,close,volume', ...minutes, ''].join('\n'))
  desk.file('quotes/AAPL.csv', ['time,bid,ask,bid_size,ask_size', ...quotes, ''].join('\n'))
}
