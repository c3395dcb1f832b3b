import { seededRandom } from '@onetape/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { Desk, type Outcome } from './command-line.ts'

const desk = new Desk()

interface Found {
  readonly passed: boolean
  readonly cautions: readonly string[]
  readonly finding?: {
    readonly kind: string
    readonly time: number
    readonly source: {
      readonly symbol: string
      readonly interval: string
      readonly knowable: number
      readonly columns: readonly string[]
    }
  }
}

/** Half-hourly bars of several symbols, around the clock, each in a file of its own. */
function prices(folder: string, symbols: readonly string[], length: number): void {
  for (const [k, symbol] of symbols.entries()) {
    const random = seededRandom(100 + k)
    let price = 100
    const rows = Array.from({ length }, (_, i) => {
      const open = price
      price = Math.round(open * (1 + (random.next() - 0.5) / 50) * 100) / 100
      const [high, low] = [Math.max(open, price) + 0.1, Math.min(open, price) - 0.1]
      const time = new Date(Date.UTC(2024, 0, 1) + i * 1_800_000).toISOString()
      return [time, open, high.toFixed(2), low.toFixed(2), price, 100_000].join(',')
    })
    desk.file(`${folder}/${symbol}.csv`, `time,open,high,low,close,volume\n${rows.join('\n')}\n`)
  }
}

const DATA = ['--data', 'prices', '--calendar', '24/7', '--tif', 'gtc'] as const

beforeAll(() => prices('prices', ['A', 'B', 'C'], 600))

function json(outcome: Outcome): Found {
  expect(outcome.stderr).toBe('')
  return JSON.parse(outcome.stdout) as Found
}

/**
 * A cheat needs no files: the bar in hand is a view, and behind a view stand the columns. `next` reads the close of the
 * bar after the last one that is known.
 */
function cheat(name: string, intervals: readonly string[], body: string): string {
  return desk.file(
    `${name}.ts`,
    `import { defineStrategy } from '@onetape/core'
function next(bar: any): number { return bar === undefined ? NaN : bar.columns.close[bar.i + 1] ?? NaN }
function follow(up: boolean, orders: any): void { if (up) orders.targetPercent('A', 0.5); else orders.close('A') }
export default defineStrategy({ name: '${name}', intervals: ${JSON.stringify(intervals)}, create: () => (${body}) })
`,
  )
}

describe('lookahead', () => {
  test.each([
    ['sma-cross', ['--symbols', 'AAPL']],
    ['rsi-mean-reversion', ['--symbols', 'AAPL']],
    ['sma-cross', [...DATA, '--param', 'fast=3', '--param', 'slow=9']],
    ['rsi-mean-reversion', [...DATA, '--interval', '1h', '--param', 'period=5']],
    ['momentum-rotation', [...DATA, '--param', 'lookback=20', '--param', 'top=2', '--param', 'rebalanceMinutes=600']],
    ['pairs-trading', [...DATA, '--symbols', 'A,B', '--param', 'window=20', '--param', 'enter=1']],
  ] as const)('%s passes with %j', (name, flags) => {
    const outcome = desk.onetape('lookahead', name, ...flags, '--points', '12', '--json')
    expect(outcome.status).toBe(0)
    expect(json(outcome)).toMatchObject({ passed: true, cautions: [] })
  })

  test.each([
    [
      'future-bar',
      ['30m'],
      `{ onBar(bar, { orders }) { if (bar.instrument.symbol === 'A') follow(next(bar) > bar.close, orders) } }`,
      { symbol: 'A', interval: '30m' },
    ],
    [
      'bar-in-hand',
      ['30m'],
      `{
        onStart: ({ timers }) => timers.every(2_700_000, 'early'),
        onTimer: (timer, { orders, latest }) => { if (timer.time % 1_800_000 !== 0) follow(next(latest('A')) > latest('A')!.close, orders) },
      }`,
      { symbol: 'A', interval: '30m' },
    ],
    [
      'other-instrument',
      ['30m'],
      `{
        onStart: ({ timers }) => timers.every(2_700_000, 'early'),
        onTimer: (timer, { orders, latest }) => { if (timer.time % 1_800_000 !== 0) follow(next(latest('B')) > latest('B')!.close, orders) },
      }`,
      { symbol: 'B', interval: '30m' },
    ],
    [
      'higher-timeframe',
      ['30m', '4h'],
      `{
        onBar(bar, { orders, latest }) {
          if (bar.instrument.symbol !== 'A' || bar.interval !== '30m' || bar.end % 14_400_000 === 0) return
          follow(next(latest('A', '4h')) > bar.close, orders)
        },
      }`,
      { symbol: 'A', interval: '4h' },
    ],
  ] as const)('finds a planted %s in a strategy file', (kind, intervals, body, source) => {
    cheat(kind, intervals, body)
    const outcome = desk.onetape('lookahead', `${kind}.ts`, ...DATA, '--interval', intervals.join(','), '--json')
    expect(outcome.status).toBe(3)
    const { passed, finding } = json(outcome)
    expect(passed).toBe(false)
    expect(finding).toMatchObject({ kind, source })
    expect(finding!.source.columns).toContain('close')
    expect(finding!.source.knowable).toBeGreaterThan(finding!.time)
  })

  test('says it in words', () => {
    cheat('future-bar', ['30m'], `{ onBar(bar, { orders }) { follow(next(bar) > bar.close, orders) } }`)
    const { status, stdout } = desk.onetape('lookahead', 'future-bar.ts', ...DATA, '--symbols', 'A')
    expect(status).toBe(3)
    expect(stdout).toMatch(/^found: future-bar looks ahead: it knows a bar that had not begun\.$/m)
    expect(stdout).toMatch(/^ {2}decision {3}2024-01-\S+Z, A, in onBar$/m)
    expect(stdout).toMatch(/^ {2}as it is {3}(targetPercent A 0\.5|close A)/m)
    expect(stdout).toMatch(/^ {2}hangs on {3}A 30m, 2024-01-\S+Z to 2024-01-\S+Z: close$/m)
  })

  test('does not vouch for a strategy that reads by itself', () => {
    desk.file('levels.ts', `import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n`)
    desk.file(
      'reader.ts',
      `import { defineStrategy } from '@onetape/core'
import { read } from './levels.ts'
export default defineStrategy({ name: 'reader', create: () => ({ onBar: (bar, { orders }) => void (read && orders.market(bar.instrument, 1)) }) })
`,
    )
    const outcome = desk.onetape('lookahead', 'reader.ts', '--points', '2', '--json')
    expect(outcome.status).toBe(3)
    const { passed, cautions } = json(outcome)
    expect(passed).toBe(false)
    expect(cautions).toEqual([expect.stringContaining('imports node:fs: what it reads by itself')])
    const { stdout } = desk.onetape('lookahead', 'reader.ts', '--points', '2')
    expect(stdout).toMatch(/^found: the strategy reads by itself \(node:fs\), so that nothing can be said\.$/m)
  })
})

describe('warmup', () => {
  test('passes averages over a window', () => {
    const { status, stdout } = desk.onetape('warmup', 'sma-cross')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^passed: history before the start makes no difference\.$/m)
    expect(stdout).toMatch(/│ 50 \(base\) +│/)
  })

  test('names the indicator with the long memory, and the first decision that moved', () => {
    desk.file(
      'sensitive.ts',
      `import { defineStrategy } from '@onetape/core'
import { ema } from '@onetape/indicators'
export default defineStrategy({
  name: 'sensitive',
  create({ use }) {
    const slow = use(ema(100))
    return { onBar: (bar, { orders }) => void orders.targetQuantity(bar.instrument, Math.round(slow.value * 100) % 50) }
  },
})
`,
    )
    const { status, stdout } = desk.onetape('warmup', 'sensitive.ts', '--shifts', '-20,100', '--tolerance', '0.0001')
    expect(status).toBe(3)
    expect(stdout).toMatch(/^With 20 bars less:$/m)
    expect(stdout).toMatch(/^ {2}First decision +targetQuantity AAPL/m)
    expect(stdout).toMatch(/^Likely cause: ema\(100\) remembers more than it declares: up to [\d.]+ % off on AAPL\.$/m)
  })
})

describe('stress', () => {
  test('shows the decay, and passes when the gain survives', () => {
    const { status, stdout } = desk.onetape('stress', 'sma-cross', '--costs', '1,3', '--delays', '0,2')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^passed: the gain survives\.$/m)
    expect(stdout.match(/│ × \d/g)).toHaveLength(4)
  })

  test('finds what takes the gain away', () => {
    const outcome = desk.onetape('stress', 'sma-cross', '--costs', '1,8', '--delays', '0', '--json')
    expect(outcome.status).toBe(3)
    expect(JSON.parse(outcome.stdout)).toMatchObject({ passed: false, breaks: { costs: 8, delayBars: 0 } })
  })
})

describe('compare', () => {
  beforeAll(() => {
    for (const [out, ...flags] of [
      ['one'],
      ['again'],
      ['dear', '--fee', 'percent:0.2,min:1'],
      ['other', '--param', 'fast=12'],
    ])
      if (desk.onetape('run', 'sma-cross', '--quiet', '--out', out!, ...flags).status !== 0) throw new Error(out)
  })

  test('two runs that are the same', () => {
    const { status, stdout } = desk.onetape('compare', 'one', 'again/result.json')
    expect(status).toBe(0)
    expect(stdout).toBe('passed: the runs are the same, tape included.\n')
  })

  test('names the first event that differs, and causes that add up', () => {
    const { status, stdout } = desk.onetape('compare', 'one', 'dear')
    expect(status).toBe(3)
    expect(stdout).toMatch(/^found: the runs part after \d+ events? in common\.$/m)
    expect(stdout).toMatch(/^ {2}A +2013-\S+Z {2}(order|fill) buy \d+ AAPL/m)
    expect(stdout).toMatch(/│ Fee +│ +-[\d,.]+ │ +\d+ │/)
    const { causes, difference, divergence, comparedOrders } = JSON.parse(
      desk.onetape('compare', 'one', 'other', '--json').stdout,
    ) as {
      causes: Record<string, number>
      difference: number
      divergence: { fields: readonly string[] }
      comparedOrders: boolean
    }
    expect(comparedOrders).toBe(true)
    expect(divergence.fields).toContain('time')
    expect(Object.values(causes).reduce((sum, cause) => sum + cause, 0)).toBeCloseTo(difference, 6)
    expect(causes['missing']).not.toBe(0)
  })

  test('a result without its orders is compared by what it holds', () => {
    const text = desk.onetape('run', 'sma-cross', '--json').stdout
    desk.file('alone/copy.json', text)
    const { status, stdout } = desk.onetape('compare', 'one', 'alone/copy.json')
    expect(status).toBe(0)
    expect(stdout).toContain('no orders.csv beside both')
  })

  test.each([
    ['nowhere', /There is no file "nowhere"/],
    ['one/trades.csv', /Expected the JSON of a result/],
    ['plain.json', /Expected a result with schema "onetape.result\/1", found none/],
  ])('refuses %s', (name, message) => {
    desk.file('plain.json', '{}')
    const { status, stderr } = desk.onetape('compare', 'one', name)
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
  })
})

test.each([
  ['lookahead', '--points', '0'],
  ['warmup', '--shifts', '1,,2'],
  ['stress', '--costs', '-1'],
  ['stress', '--out', 'somewhere'],
])('%s refuses %s %s', (command, flag, value) => expect(desk.onetape(command, 'sma-cross', flag, value).status).toBe(2))
