import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type Page, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { Desk } from './command-line.ts'

const executablePath = chromiumPath()
if (executablePath === undefined)
  console.log("skipped: the command line's report in a browser (no Chromium found; set CHROMIUM_PATH to one)")

const desk = new Desk()

/** Everything that a report of one strategy on one instrument has; `attribution` comes with a second one. */
const SECTIONS = [
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
]

/** Ten years of sessions of one instrument. */
function tenYears(phase: number): string {
  const lines = ['Date,Open,High,Low,Close,Volume']
  for (let day = 0; lines.length <= 2600; day++) {
    const date = new Date(Date.UTC(2010, 0, 4 + day))
    if ([0, 6].includes(date.getUTCDay())) continue
    const at = (hours: number): number => 100 + day / 40 + 12 * Math.sin((day + hours / 24) / 9 + phase)
    const [open, close] = [at(0), at(20)]
    const cells = [open, Math.max(open, close) + 0.5, Math.min(open, close) - 0.5, close].map((p) => p.toFixed(2))
    lines.push(`${date.toISOString().slice(0, 10)},${cells.join(',')},1000000`)
  }
  return `${lines.join('\n')}\n`
}

const TURNS = `
import { defineStrategy } from '@onetape/core'
export default defineStrategy({
  name: 'turns',
  create: () => ({
    onBar(bar, { orders, portfolio }) {
      if (bar.count % 4 === 0) orders.targetPercent(bar.instrument, 0.4, { tag: 'rise' })
      else if (!portfolio.isFlat(bar.instrument)) orders.close(bar.instrument)
    },
  }),
})
`

const run = (...args: readonly string[]): void => {
  const { status, stderr } = desk.onetape('run', ...args, '--quiet')
  if (status !== 0) throw new Error(stderr)
}

const ids = (page: Page): Promise<string[]> =>
  page.locator('main section').evaluateAll((sections) => sections.map((section) => section.id))

describe.skipIf(executablePath === undefined)('the report of a run in Chromium', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
    run('sma-cross', '--symbols', 'AAPL', '--fee', 'ibkr-fixed,regulatory:none', '--out', 'sample')
    desk.file('turns.ts', TURNS)
    desk.file('long/AAA.csv', tenYears(0))
    desk.file('long/BBB.csv', tenYears(2))
    // The rows ignore the holidays of the calendar.
    run('turns.ts', '--data', 'long', '--off-session', 'drop', '--market-fill', 'same-close', '--out', 'turns')
  })
  afterAll(() => browser.close())

  const open = async (
    folder: string,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<{ page: Page; troubles: string[]; ms: number }> => {
    const url = pathToFileURL(join(desk.folder, folder, 'report.html')).href
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => troubles.push(String(error)))
    await page.route('**/*', async (route) => {
      const requested = route.request().url()
      if (requested !== url && requested !== 'data:,') troubles.push(`request: ${requested}`)
      await route.continue()
    })
    await page.goto(url)
    await page.locator('html[data-ready=true]').waitFor()
    // Of the navigation, since this process may have to wait for its turn.
    const ms = await page.evaluate<number>(`performance.getEntriesByName('ready')[0].startTime`)
    return { page, troubles, ms }
  }

  test.each(['light', 'dark'] as const)(
    '%s: every part is there, in its place, without errors or requests',
    async (colorScheme) => {
      const { page, troubles } = await open('sample', { colorScheme })
      expect(await ids(page)).toEqual(SECTIONS)
      expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme)
      expect(await page.locator('#equity canvas').count()).toBeGreaterThan(0)
      await page.locator('#prices').scrollIntoViewIfNeeded()
      await page.locator('#prices canvas').first().waitFor()
      expect(troubles).toEqual([])
      await page.context().close()
    },
  )

  test('its figures are those of the run', async () => {
    const result = JSON.parse(readFileSync(join(desk.folder, 'sample/result.json'), 'utf8')) as {
      finalEquity: number
      tapeHash: string
      trades: unknown[]
      totalFees: number
    }
    const { page, troubles } = await open('sample')
    const text = await page.locator('body').innerText()
    expect(text).toContain(Math.round(result.finalEquity).toLocaleString('en-US'))
    expect(text).toContain(result.tapeHash)
    expect(await page.locator('#trades tbody tr').count()).toBe(result.trades.length)
    expect(await page.locator('#costs').innerText()).toContain(
      `${result.totalFees.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD in all`,
    )
    expect(await page.locator('#intervals tbody tr').count()).toBe(7)
    expect(await page.locator('#benchmark').innerText()).toMatch(
      /Buy and hold AAPL[^]*Information ratio[^]*Down capture/,
    )
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('ten years of two instruments with over 1,000 trades: below 5 MB, open in 2 seconds', async () => {
    const { trades } = JSON.parse(readFileSync(join(desk.folder, 'turns/result.json'), 'utf8')) as { trades: unknown[] }
    expect(trades.length).toBeGreaterThan(1000)
    const size = readFileSync(join(desk.folder, 'turns/report.html')).length
    const { page, troubles, ms } = await open('turns')
    console.log(
      `report of ten years: ${trades.length} trades, ${(size / 1e6).toFixed(2)} MB, drawn in ${ms.toFixed(0)} ms`,
    )
    expect(size).toBeLessThan(5e6)
    expect(ms).toBeLessThan(2000)
    expect(await ids(page)).toContain('attribution')
    expect(await page.locator('#warnings').innerText()).toContain('same-close')
    expect(await page.locator('#notices').innerText()).not.toContain('same-close')
    await page.locator('#prices select').selectOption({ label: 'BBB' })
    expect(troubles).toEqual([])
    await page.context().close()
  })
})
