import { expect, test } from 'vitest'
import { exampleReport } from '../test/example-report.ts'
import type { ReportInput } from './report-input.ts'
import { renderReport } from './render-report.ts'

const sectionsOf = (input: ReportInput): readonly string[] =>
  Array.from(renderReport(input).matchAll(/<section class="card[^"]*" id="([^"]+)"/g), (match) => match[1]!)

const bare: ReportInput = {
  title: 'Nothing',
  strategy: { name: 'idle', params: {} },
  data: { symbols: ['X'], interval: '1d', from: 0, to: 0, source: 'none' },
  options: {},
  figures: { values: {}, descriptors: [] },
  equity: { time: [], nav: [] },
  trades: [],
}

test('a full input shows every section, an empty one none', () => {
  expect(sectionsOf(exampleReport())).toEqual([
    'warnings',
    'equity',
    'drawdown',
    'monthly',
    'figures',
    'intervals',
    'drawdowns',
    'benchmark',
    'rolling',
    'prices',
    'distribution',
    'holding',
    'excursions',
    'exposure',
    'gain',
    'costs',
    'positions',
    'trades',
    'orders',
    'options',
    'notices',
  ])
  expect(sectionsOf(bare)).toEqual([])
})

test('several strategies and instruments are attributed', () => {
  const input = exampleReport()
  const trades = input.trades.map((trade, i) =>
    Object.assign({}, trade, { strategy: i % 2 ? 'odd' : 'even', symbol: i % 3 ? 'A' : 'B' }),
  )
  expect(sectionsOf({ ...input, trades })).toContain('attribution')
})

test('the gain is explained from the first equity to the last, and attributed with all of its parts', () => {
  const trade = { ...exampleReport().trades[0]!, strategy: 's', fees: 2 }
  const page = renderReport({
    ...bare,
    equity: { time: [0, 86_400_000], nav: [1000, 1130] },
    trades: [
      { ...trade, symbol: 'A', pnl: 100 },
      { ...trade, symbol: 'B', pnl: -20 },
    ],
    openPositions: [
      { symbol: 'B', strategy: 's', quantity: 1, averagePrice: 1, lastPrice: 2, unrealizedPnl: 31, fees: 1 },
    ],
    income: [
      { kind: 'Dividends', symbol: 'A', strategy: 's', amount: 25 },
      { kind: 'Interest', strategy: 's', amount: -5 },
    ],
  })
  expect(cells(page, 'gain')).toEqual([
    ['Closed trades', '+80.00', '+8.00 %'],
    ['Open positions', '+30.00', '+3.00 %'],
    ['Dividends', '+25.00', '+2.50 %'],
    ['Interest', '\u22125.00', '\u22120.50 %'],
    ['Change in equity', '+130.00', '+13.00 %'],
  ])
  expect(cells(page, 'attribution').map((row) => row.slice(0, 5))).toEqual([
    ['A', '+12.50 %', '+100.00', '0.00', '+25.00'],
    ['B', '+1.00 %', '\u221220.00', '+30.00', '0.00'],
    ['All', '+13.50 %', '+80.00', '+30.00', '+25.00'],
  ])
})

/** Texts of a section's table, without the headings. */
function cells(page: string, section: string): readonly (readonly string[])[] {
  const table = page.split(`id="${section}"`)[1]!.split('</section>')[0]!.split('</thead>')[1]!
  return Array.from(table.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs), ([, row]) =>
    Array.from(row!.matchAll(/<td[^>]*>(.*?)<\/td>/gs), ([, cell]) => cell!.replaceAll(/<[^>]*>/g, '')),
  )
}

test('the benchmark stands under the figures at the top', () => {
  const input = exampleReport()
  const page = renderReport({ ...input, figures: { ...input.figures, benchmark: { cagr: 0.1234, sharpe: NaN } } })
  const top = page.split('id="headline"')[1]!.split('class="against"')[0]!
  expect(top.match(/vs [^<]+/g)).toEqual(['vs 12.34 %'])
})

test('is a function of its input', () => expect(renderReport(exampleReport())).toBe(renderReport(exampleReport())))

test('text of a run cannot become markup', () => {
  const evil = '</script><img src=x onerror="alert(1)">'
  const input = exampleReport()
  const page = renderReport({
    ...input,
    title: evil,
    strategy: { name: evil, params: { [evil]: evil } },
    data: { ...input.data, symbols: [evil], source: evil },
    options: { [evil]: { value: evil, isDefault: false } },
    trades: input.trades.map((trade) => Object.assign({}, trade, { symbol: evil, strategy: evil, tag: evil })),
    fills: input.fills?.map((fill) => Object.assign({}, fill, { symbol: evil, tag: evil })),
    orders: input.orders?.map((order) => Object.assign({}, order, { symbol: evil, tag: evil, code: evil })),
    prices: input.prices?.map((prices) => Object.assign({}, prices, { symbol: evil })),
    costs: [{ kind: evil, amount: 1 }],
    warnings: [evil],
    notices: [evil],
    tapeHash: evil,
  })
  expect(page).not.toContain('<img')
})

test('a figure that is not defined says n/a and why', () => {
  const input = exampleReport()
  const page = renderReport({
    ...input,
    figures: {
      ...input.figures,
      values: { ...input.figures.values, profitFactor: NaN },
      undefinedBecause: { profitFactor: 'No trade lost.' },
    },
  })
  expect(page).toMatch(
    /<dt>Profit factor<\/dt><dd class="missing">n\/a<\/dd><dd class="definition">[^<]* No trade lost\.<\/dd>/,
  )
})

test('the trade list stops at 1,000 rows and says so', () => {
  const input = exampleReport()
  const trades = Array.from({ length: 1234 }, (_, i) => input.trades[i % input.trades.length]!)
  const page = renderReport({ ...input, trades })
  expect(page).toContain('The first 1,000 are listed, 234 more are not.')
  expect(page.match(/data-trade="/g)).toHaveLength(1000)
})

test('columns that do not belong together are refused, with their place', () => {
  const input = exampleReport()
  const [prices] = input.prices!
  const render = (changes: Partial<ReportInput>) => (): string => renderReport({ ...input, ...changes })
  expect(render({ equity: { time: [1, 2], nav: [1] } })).toThrow(
    'Expected 2 values of nav in equity, one for each time, found 1.',
  )
  expect(render({ equity: { time: [2, 1], nav: [1, 1] } })).toThrow(
    'Expected ascending times in equity, found 1 at 1 after 2.',
  )
  expect(render({ prices: [{ ...prices!, low: [] }] })).toThrow('values of low in prices of AAPL')
})
