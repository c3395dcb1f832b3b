import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Desk, linesOf } from './command-line.ts'

const desk = new Desk()

/** Trading days from 2024-01-02 on, with prices that rise a little: 60 good rows. */
const days = Array.from({ length: 90 }, (_, i) => new Date(Date.UTC(2024, 0, 2 + i)).toISOString().slice(0, 10)).filter(
  (day) => ![0, 6].includes(new Date(day).getUTCDay()) && !['2024-01-15', '2024-02-19', '2024-03-29'].includes(day),
)
const good = days.slice(0, 60).map((day, i) => `${day},${100 + i},${101 + i},${99 + i},${100.5 + i},${10_000 + i}`)
const HEADER = 'Date,Open,High,Low,Close,Volume'

function prices(change: (rows: string[]) => string[] = (rows) => rows, header: string = HEADER): string {
  return `${[header, ...change([...good])].join('\n')}\n`
}

function cell(row: number, column: number, value: string): (rows: string[]) => string[] {
  return (rows) => rows.map((text, i) => (i === row ? text.split(',').with(column, value).join(',') : text))
}

/** Minute bars of a morning session with times as given by `clock` in minutes after midnight. */
function minutes(from: number): string {
  const rows = Array.from({ length: 390 }, (_, i) => {
    const at = from + i
    const time = `${String(Math.floor(at / 60) % 24).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`
    return `2024-01-03 ${time},100,101,99,100,500`
  })
  return `${['time,open,high,low,close,volume', ...rows].join('\n')}\n`
}

/** One message and nothing else: no stack, no output folder, the exit code. */
function expectRefusal(args: readonly string[], message: RegExp, status = 1): void {
  const outcome = desk.onetape(...args, '--out', 'out')
  expect(outcome.stderr).toMatch(message)
  expect(linesOf(outcome.stderr)).toHaveLength(1)
  expect(outcome.stderr).toMatch(/^error: /)
  expect(outcome.stdout).toBe('')
  expect(outcome.status).toBe(status)
  expect(existsSync(join(desk.folder, 'out'))).toBe(false)
  expect(readdirSync(desk.folder).filter((name) => name.includes('partial'))).toEqual([])
}

desk.file('good/AAPL.csv', prices())
desk.file('good/MSFT.csv', prices())

test('the good file runs, so that what is refused below is refused for its fault', () => {
  const { status, stderr } = desk.onetape('run', 'sma-cross', '--data', 'good/AAPL.csv', '--quiet')
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

describe('prices', () => {
  test.each<readonly [string, string, RegExp]>([
    ['an empty file', '', /bad\.csv.*empty/i],
    ['a file with only a header', `${HEADER}\n`, /bad\.csv.*only a header/],
    ['unsorted times', prices((rows) => rows.toReversed()), /bad\.csv:\d+: .*--sort/],
    [
      'a duplicate time',
      prices((rows) => rows.toSpliced(5, 0, rows[5]!)),
      /bad\.csv:8: .*2024-01-0.*again as in line 7/,
    ],
    ['high below low', prices(cell(3, 2, '50')), /bad\.csv:5 column "high": .*--on-bad-row drop/],
    ['an open outside of the range', prices(cell(3, 1, '500')), /bad\.csv:5 column "open": .*500/],
    ['a negative volume', prices(cell(9, 5, '-1')), /bad\.csv:11 column "volume": .*-1/],
    ['NaN for a price', prices(cell(2, 4, 'NaN')), /bad\.csv:4 column "Close": .*NaN/],
    ['an empty cell', prices(cell(2, 4, '')), /bad\.csv:4 column "Close": /],
    ['a word for a price', prices(cell(2, 4, 'null')), /bad\.csv:4 column "Close": .*null/],
    ['a row that is too short', prices((rows) => rows.with(7, '2024-01-11,1,2')), /bad\.csv:9: /],
    ['a column that is not there', prices(undefined, 'Date,Open,High,Low,Clsoe,Volume'), /bad\.csv.*[cC]lose.*Clsoe/],
    ['a page of HTML', '<!DOCTYPE html><html><body>Too many requests</body></html>', /bad\.csv: Expected CSV, found /],
    [
      'a day without trading',
      prices((rows) => rows.with(3, rows[3]!.replace(/^[^,]*/, '2024-01-06'))),
      /bad\.csv:5: .*2024-01-06.*--off-session drop/,
    ],
  ])('refuses %s', (_, content, message) => {
    desk.file('bad.csv', content)
    expectRefusal(['run', 'sma-cross', '--data', 'bad.csv'], message)
  })

  test('refuses a wrong time zone, and names the likely one', () => {
    desk.file('minutes.csv', minutes(14 * 60 + 30))
    expect(desk.onetape('run', 'sma-cross', '--data', 'minutes.csv', '--zone', 'UTC', '--quiet').stderr).toBe('')
    desk.file('minutes.csv', minutes(9 * 60 + 30))
    expectRefusal(['run', 'sma-cross', '--data', 'minutes.csv', '--zone', '+09:00'], /minutes\.csv.*\+09:00/)
  })

  test('drops bad rows when told to, and says how many', () => {
    desk.file('drop.csv', prices(cell(3, 2, '50')))
    const { status, stdout } = desk.onetape('run', 'sma-cross', '--data', 'drop.csv', '--on-bad-row', 'drop')
    expect(status).toBe(0)
    expect(stdout).toMatch(/1 .*row/)
  })
})

describe('what to run', () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp, number?])[] = [
    ['an unknown symbol', ['--data', 'good', '--symbols', 'APPL'], /APPL.*(Did you mean "AAPL"|AAPL)/],
    ['an unknown symbol of the sample', ['--symbols', 'TSLA'], /The bundled sample has AAPL alone, found "TSLA"/],
    ['a file that is not there', ['--data', 'nowhere.csv'], /nowhere\.csv/],
    [
      'a range without data',
      ['--data', 'good/AAPL.csv', '--from', '2030-01-01'],
      /2030-01-01.*2024-01-02.*2024-0[3-4]/,
    ],
    ['a range that ends before the data', ['--data', 'good/AAPL.csv', '--to', '2020-01-01'], /2020-01-01|2024-01-02/],
    ['a range that ends before it begins', ['--from', '2015-01-01', '--to', '2014-01-01'], /--to/, 2],
    [
      'a parameter out of range',
      ['--param', 'fast=1'],
      /strategy "sma-cross": Parameter "fast": expected 2 to 60, found 1/,
    ],
    ['a parameter of another type', ['--param', 'fast=ten'], /Parameter "fast": expected a whole number, found "ten"/],
    ['a misspelt parameter', ['--param', 'fats=10'], /There is no parameter "fats". Did you mean "fast"\?/],
    ['a parameter without value', ['--param', 'fast'], /--param: Expected name=value/, 2],
    ['a benchmark that is not there', ['--benchmark', 'SPY'], /SPY/],
    ['a misspelt flag', ['--symbls', 'AAPL'], /unknown option '--symbls' \(Did you mean --symbols\?\)/, 2],
    ['a misspelt choice', ['--tif', 'gct'], /--tif: .*Did you mean "gtc"\?/, 2],
    ['a model that there is not', ['--slippage', 'bsp:5'], /--slippage: Expected one of .* Did you mean "bps"\?/, 2],
    ['a value that a model refuses', ['--margin', 'reg-t,long:-5'], /--margin: Expected longMaintenancePercent/, 2],
    ['a rate that is none', ['--borrow', 'cheap'], /--borrow: Expected percent a year/, 2],
    [
      'options that exclude each other',
      ['--account', 'cash', '--leverage', '2'],
      /^error: --leverage: A cash account has no leverage, found 2/,
      2,
    ],
    ['quotes that are not there', ['--data', 'good', '--quotes', 'none.csv'], /--quotes: There is no file or folder/],
    ['a number that is none', ['--cash', 'much'], /--cash: Expected a number above 0, found "much"/, 2],
    ['a fee that is none', ['--fee', 'precent:1'], /--fee: .*Did you mean "percent"\?/, 2],
    ['a date that is none', ['--from', '2024-02-30'], /--from: Expected a date of the calendar, found "2024-02-30"/, 2],
    ['a symbol twice', ['--symbols', 'AAPL,AAPL'], /--symbols: Expected "AAPL" once/, 2],
    ['too many words', ['more'], /too many arguments/, 2],
  ]
  for (const [what, args, message, status] of wrong)
    test(`refuses ${what}`, () => expectRefusal(['run', 'sma-cross', ...args], message, status))

  test('refuses a strategy that exports nothing', () => {
    desk.file('nothing.ts', 'const a: number = 1')
    expectRefusal(['run', 'nothing.ts'], /nothing\.ts: The file exports nothing/)
  })

  test('refuses a command that is misspelt', () => {
    const { status, stderr } = desk.onetape('rnu', 'sma-cross')
    expect(stderr).toBe("error: unknown command 'rnu' (Did you mean run?)\n")
    expect(status).toBe(2)
  })

  test('prints its help when nothing is asked', () => {
    const { status, stdout } = desk.onetape()
    expect(stdout).toContain('Usage: onetape')
    expect(status).toBe(2)
  })
})

const body = (handlers: string): string => `import { defineStrategy } from '@onetape/core'
export default defineStrategy({
  name: 'thrower',
  create() {
    ${handlers}
  },
})
`

describe('a strategy that throws', () => {
  test.each<readonly [string, string, RegExp]>([
    [
      'in create',
      `throw new Error('no plan')`,
      /^error: create\.ts:5: Strategy "thrower" threw in create.*: Error: no plan/,
    ],
    [
      'in onBar',
      `return { onBar(bar) { if (bar.count > 3) throw new RangeError('enough') } }`,
      /^error: onBar\.ts:5: Strategy "thrower" threw in onBar of AAPL at 2024-01-\d\dT21:00:00Z: RangeError: enough/,
    ],
    [
      'in onFill',
      `return { onBar(bar, { orders }) { orders.market(bar.instrument, 1) },
      onFill(fill) { (undefined as any).price } }`,
      /^error: onFill\.ts:6: Strategy "thrower" threw in onFill.*AAPL.*TypeError: /,
    ],
    [
      'a value that is no error',
      `return { onStart() { throw 'text' } }`,
      /Strategy "thrower" threw in onStart.*: text/,
    ],
  ])('%s: names file, line, handler, time and instrument', (where, handlers, message) => {
    const name = `${where.replace('in ', '').replaceAll(' ', '-')}.ts`
    desk.file(name, body(handlers))
    expectRefusal(['run', name, '--data', 'good/AAPL.csv'], message)
  })

  test('is shown with its stack when asked, and to machines as JSON', () => {
    desk.file('deep.ts', body(`return { onBar() { throw new Error('deep') } }`))
    const args = ['run', 'deep.ts', '--data', 'good/AAPL.csv']
    expect(desk.onetape(...args, '--trace').stderr).toMatch(/caused by Error: deep\n\s+at .*deep\.ts:5/)
    const { status, stdout } = desk.onetape(...args, '--json')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'strategy.threw', place: 'deep.ts:5' } })
  })
})
