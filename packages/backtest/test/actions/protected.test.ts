import { join } from 'node:path'
import { type OrderView, type Strategy, defineStrategy, instrument } from '@onetape/core'
import { type BacktestResult, backtest } from '@onetape/backtest'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomSeries } from '../properties/random-scene.ts'
import { dailyFile } from '../support/daily-file.ts'
import { sharedData } from '../support/shared-data.ts'

interface Note {
  /** What must not be, with its time. */
  readonly wrong: string[]
  covered: number
}

/** Enters by brackets only, one at a time and instrument, and checks on every bar that what it holds is protected. */
const bracketed = (note: Note, chance: number, side: 1 | -1): Strategy =>
  defineStrategy({
    name: 'bracketed',
    create: () => ({
      onBar: (bar, { orders, portfolio, random, now }) => {
        const { instrument: on } = bar
        const held = portfolio.quantity(on) * side
        const open = orders.open(on)
        if (held < 0) note.wrong.push(`${now} ${on.symbol}: ${held} held`)
        const exits = open.filter((o) => o.parent !== undefined || o.tag === 'exit')
        if (held > 0) {
          // Each exit covers the position, or the rest that others of its group leave.
          const most = Math.max(0, ...exits.map((o) => o.leaves))
          if (!(most >= held - 1e-9)) note.wrong.push(`${now} ${on.symbol}: ${held} held, ${shown(open)}`)
          note.covered++
        }
        if (held !== 0 || open.length > 0 || random.next() > chance) return
        const price = bar.close
        const away = (percent: number): number => price * (1 + (side * percent) / 100)
        const entry = random.int(0, 2)
        orders.bracket(on, side * random.int(1, 60), {
          ...(entry === 1 ? { entryLimit: away(-random.int(0, 20) / 10) } : {}),
          ...(entry === 2 ? { entryStop: away(random.int(1, 20) / 10) } : {}),
          ...(random.next() < 0.7 ? { takeProfit: away(random.int(5, 80) / 10) } : {}),
          ...(random.next() < 0.3
            ? { trail: { percent: random.int(5, 60) / 1000 } }
            : { stopLoss: away(-random.int(25, 80) / 10) }),
          entry: { tif: random.next() < 0.5 ? 'gtc' : 'day' },
          exits: { tag: 'exit' },
        })
      },
    }),
  })

function shown(orders: readonly OrderView[]): string {
  return (
    orders.map((o) => `${o.type} ${o.side} ${o.leaves} of ${o.quantity} ${o.parent ?? ''}`).join('; ') || 'nothing open'
  )
}

function renewed(result: BacktestResult): number {
  return result.notices.filter((n) => n.includes('anew on the new basis')).length
}

test('over random bars, thin volume and splits a position from a bracket is never without its exits, nor turned round', () => {
  const note: Note = { wrong: [], covered: 0 }
  let fills = 0
  let ambiguous = 0
  let anew = 0
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.constantFrom('cancel' as const, 'adjust' as const),
      fc.constantFrom('pessimistic' as const, 'optimistic' as const, 'path' as const),
      fc.constantFrom(0.002, 0.02, Infinity),
      fc.constantFrom<1 | -1>(1, -1),
      (seed, splitOrders, exits, participation, side) => {
        note.wrong.length = 0
        const data = randomSeries({ seed, sessions: 8, instruments: 2 })
        const result = backtest({
          strategy: bracketed(note, 0.5, side),
          data,
          splitOrders,
          exits,
          participation,
          cash: 10_000_000,
          seed,
          benchmark: false,
        })
        fills += result.fills.length
        ambiguous += result.counts.ambiguousBars
        anew += renewed(result)
        expect(note.wrong).toEqual([])
      },
    ),
    { numRuns: 400 },
  )
  console.log(
    `${note.covered} bars with a position, ${fills} fills, ${ambiguous} bars that reached two exits, ${anew} splits with exits placed anew`,
  )
  expect(anew).toBeGreaterThan(10)
  expect(fills).toBeGreaterThan(5000)
})

const folder = sharedData('us_daily_av', 'brackets over the splits of real stocks')

describe.skipIf(folder === undefined)('twenty years of brackets on real stocks', () => {
  test.each(['AAPL', 'NKE', 'MSFT', 'SBUX', 'GE'])('%s: no position is ever without its exits', (symbol) => {
    const note: Note = { wrong: [], covered: 0 }
    const series = dailyFile(instrument(symbol), join(folder!, 'daily', `${symbol}.csv.gz`))
    const result = backtest({ strategy: bracketed(note, 1, 1), data: [series], benchmark: false })
    const wide = backtest({
      strategy: defineStrategy({
        name: 'wide',
        create: () => ({
          onBar: (bar, { orders, portfolio }) => {
            if (portfolio.isFlat(symbol) && orders.open(symbol).length === 0)
              orders.bracket(symbol, 10, { takeProfit: bar.close * 4, stopLoss: bar.close * 0.4 })
          },
        }),
      }),
      data: [series],
      benchmark: false,
    })
    console.log(
      `${symbol}: ${result.trades.length} trades, ${note.covered} days with a position; held for long, ${renewed(wide)} splits with exits placed anew`,
    )
    expect(note.wrong).toEqual([])
    expect(note.covered).toBeGreaterThan(500)
    expect(renewed(wide)).toBe(series.actions.filter((a) => a.kind === 'split').length)
  })
})
