import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ReportInput, renderReport } from '../src/index.ts'
import { chromiumPath } from './chromium.ts'
import { exampleReport } from './example-report.ts'
import { longReport } from './long-report.ts'

const executablePath = chromiumPath()
if (executablePath === undefined)
  console.log('skipped: the report in a browser (no Chromium found; set CHROMIUM_PATH to one)')

const SECTIONS = [
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
]
const CHARTS = ['equity', 'drawdown', 'relative', 'rolling-sharpe', 'rolling-volatility', 'exposure', 'prices']

describe.skipIf(executablePath === undefined)('the report in Chromium', () => {
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onetape-report-'))
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  interface Opened {
    readonly page: Page
    /** Errors of the console and the page, and requests for anything but the file itself. */
    readonly troubles: string[]
  }

  const open = async (
    input: ReportInput,
    options: Parameters<Browser['newContext']>[0] = {},
    name = 'report.html',
  ): Promise<Opened> => {
    const file = join(folder, name)
    writeFileSync(file, renderReport(input))
    const url = pathToFileURL(file).href
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
    return { page, troubles }
  }

  test.each(['light', 'dark'] as const)(
    'every section and chart is there, %s, without errors or requests',
    async (colorScheme) => {
      const { page, troubles } = await open(exampleReport(), { colorScheme })
      expect(await page.locator('section.card').evaluateAll((all) => all.map((one) => one.id))).toEqual(SECTIONS)
      expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme)
      const blank: string[] = []
      for (const chart of CHARTS) if ((await colours(page, chart)) <= 3) blank.push(chart)
      expect(blank).toEqual([])
      expect(troubles).toEqual([])
      await page.context().close()
    },
  )

  test('the button changes the theme and the charts with it', async () => {
    const { page, troubles } = await open(exampleReport(), { colorScheme: 'light' })
    const background = async (): Promise<string> =>
      await page.evaluate('getComputedStyle(document.body).backgroundColor')
    const before = await background()
    await page.locator('#theme').click()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await background()).not.toBe(before)
    expect(await colours(page, 'equity')).toBeGreaterThan(3)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('a range is kept through the log scale and a change of theme, and one chart moves all', async () => {
    const { page, troubles } = await open(exampleReport())
    const settled = async (): Promise<void> =>
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')
    const pressed = async (): Promise<readonly string[]> =>
      await page.locator('#equity [aria-pressed=true]').allTextContents()
    await page.locator('[data-range="3"]').click()
    await page.locator('[data-log]').click()
    await page.locator('#theme').click()
    await settled()
    expect(await pressed()).toEqual(['3 years', 'Log scale'])
    await page.locator('[data-chart=drawdown]').scrollIntoViewIfNeeded()
    const plot = await page.locator('[data-chart=drawdown] .u-over').boundingBox()
    await page.mouse.move(plot!.x + 100, plot!.y + 20)
    await page.mouse.down()
    await page.mouse.move(plot!.x + 400, plot!.y + 20, { steps: 5 })
    await page.mouse.up()
    await settled()
    expect(await pressed()).toEqual(['Log scale'])
    await page.locator('[data-chart=drawdown] .u-over').dblclick()
    await settled()
    expect(await pressed()).toEqual(['All', 'Log scale'])
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('a benchmark that leaves the strategy far behind is shown on a log scale', async () => {
    const input = exampleReport()
    const benchmark = Float64Array.from(input.equity.nav, (nav, i) => nav * (1 + i / 50))
    const { page, troubles } = await open({ ...input, equity: { ...input.equity, benchmark } })
    expect(await page.locator('[data-log]').getAttribute('aria-pressed')).toBe('true')
    await page.locator('[data-log]').click()
    expect(await page.locator('[data-log]').getAttribute('aria-pressed')).toBe('false')
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('the trade list sorts by number, both ways', async () => {
    const input = exampleReport()
    const { page } = await open(input)
    const pnl = async (): Promise<readonly number[]> =>
      await page
        .locator('#trades tbody tr td:nth-child(9)')
        .evaluateAll((cells) =>
          cells.map((cell) => Number((cell.textContent ?? '').replaceAll(',', '').replace('\u2212', '-'))),
        )
    const sorted = input.trades.map((trade) => Math.round(trade.pnl * 100) / 100).toSorted((a, b) => a - b)
    const heading = page.locator('#trades thead button', { hasText: 'P&L' })
    await heading.click()
    expect(await pnl()).toEqual(sorted)
    await heading.click()
    expect(await pnl()).toEqual(sorted.toReversed())
    await page.context().close()
  })

  test('a trade of the list is shown on the price chart, and another instrument when it is picked', async () => {
    const input = exampleReport()
    const other = { ...input.prices![0]!, symbol: 'OTHER' }
    const { page, troubles } = await open({ ...input, prices: [other, ...input.prices!] })
    const drawn = page.locator('[data-chart=prices]')
    await drawn.scrollIntoViewIfNeeded()
    // The first one that was traded comes first.
    await page.locator('[data-chart=prices][data-drawn=AAPL]').waitFor()
    await page.locator('#price-symbol').selectOption('OTHER')
    await page.locator('[data-chart=prices][data-drawn=OTHER]').waitFor()
    await page.locator('[data-trade="3"]').click()
    expect(await drawn.getAttribute('data-drawn')).toBe('AAPL')
    await page.locator('#price-symbol').selectOption('OTHER')
    expect(await drawn.getAttribute('data-drawn')).toBe('OTHER')
    for (const kind of ['orders', 'fills', 'trades']) await page.locator(`[data-marks=${kind}]`).click()
    await page.locator('[data-price-all]').click()
    expect(await colours(page, 'prices')).toBeGreaterThan(3)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('paper is light and has a picture of the price chart', async () => {
    const { page, troubles } = await open(exampleReport(), { colorScheme: 'dark' })
    const theme = page.locator('html')
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`)
    expect(await theme.getAttribute('data-theme')).toBe('light')
    expect(await page.locator('#prices canvas.picture').count()).toBe(1)
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`)
    expect(await theme.getAttribute('data-theme')).toBe('dark')
    expect(await page.locator('.picture').count()).toBe(0)
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(50_000)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test('nothing is wider than a phone', async () => {
    const { page, troubles } = await open(exampleReport(), { viewport: { width: 360, height: 740 }, isMobile: true })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  test.each(['light', 'dark'] as const)('axe finds nothing to complain about, %s', async (colorScheme) => {
    const { page } = await open(exampleReport(), { colorScheme, bypassCSP: true })
    await page.locator('html[data-settled=true]').waitFor()
    await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('axe-core/axe.min.js')) })
    interface Finding {
      readonly id: string
      readonly nodes: readonly { readonly html: string }[]
    }
    const { passes, violations } = await page.evaluate<Record<'passes' | 'violations', readonly Finding[]>>(
      `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })`,
    )
    expect(passes.map(({ id }) => id)).toContain('color-contrast')
    expect(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([])
    await page.context().close()
  })

  test('ten years of days and 1,000 trades: below 5 MB and open in less than 2 s', async () => {
    const input = longReport()
    expect(input.trades).toHaveLength(1000)
    const size = renderReport(input).length
    const { page, troubles } = await open(input, {}, 'long.html')
    const seconds = (await page.evaluate<number>(`performance.getEntriesByName('ready')[0].startTime`)) / 1000 // of the navigation
    console.log(`report of 10 years and 1,000 trades: ${(size / 1e6).toFixed(2)} MB, open in ${seconds.toFixed(2)} s`)
    expect(size).toBeLessThan(5e6)
    expect(seconds).toBeLessThan(2)
    expect(troubles).toEqual([])
    await page.context().close()
  })
})

/** How many different colours a chart's canvases show: 1 means nothing was drawn. */
async function colours(page: Page, chart: string): Promise<number> {
  await page.locator(`[data-chart="${chart}"]`).scrollIntoViewIfNeeded()
  await page.locator(`[data-chart="${chart}"] canvas`).first().waitFor()
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  return await page.evaluate<number>(`(() => {
    const seen = new Set()
    for (const canvas of document.querySelectorAll('[data-chart="${chart}"] canvas')) {
      if (canvas.width === 0 || canvas.height === 0) continue
      const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)
      for (const pixel of pixels) seen.add(pixel)
    }
    return seen.size
  })()`)
}
