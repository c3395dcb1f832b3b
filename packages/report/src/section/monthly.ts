import { monthlyReturns, type PeriodReturn, yearlyReturns } from '@onetape/analytics'
import { formatNumber, formatSignedPercent } from '../format/number.ts'
import { markup, type Markup } from '../html/markup.ts'
import type { ReportContext, Section } from '../report-context.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Return of each month and year as a heat map, with the benchmark's years. */
export function monthly({ input, sessions }: ReportContext): Section | undefined {
  if (sessions.nav.length < 2) return undefined
  const months = new Map(monthlyReturns(sessions.day, sessions.nav).map((row) => [`${row.year}-${row.month}`, row]))
  const years = yearlyReturns(sessions.day, sessions.nav)
  const benchmark = sessions.benchmark && yearlyReturns(sessions.day, sessions.benchmark)
  const [monthScale, yearScale] = [scaleOf([...months.values()]), scaleOf(years)]
  const label = input.equity.benchmarkLabel ?? 'Buy and hold'
  return {
    id: 'monthly',
    title: 'Monthly and yearly returns',
    short: 'Returns',
    lead: 'Percent, from the last session of one month or year to the last of the next.',
    wide: true,
    body: markup`<div class="table-box" tabindex="0" role="region" aria-label="Monthly and yearly returns"><table class="heat"><thead><tr><th scope="col">Year</th>${MONTHS.map((name) => markup`<th scope="col" class="number">${name}</th>`)}<th scope="col" class="number year">Year</th>${benchmark && markup`<th scope="col" class="number">${label}</th><th scope="col" class="number">Excess</th>`}</tr></thead>
<tbody>${years.toReversed().map((year) => {
      const base = benchmark?.find((row) => row.year === year.year)?.return
      return markup`<tr><th scope="row">${year.year}</th>${MONTHS.map((name, i) => {
        const row = months.get(`${year.year}-${i + 1}`)
        return row === undefined ? markup`<td></td>` : heatCell(row.return, monthScale, `${name} ${year.year}`)
      })}${heatCell(year.return, yearScale, String(year.year), ' year')}${base !== undefined && markup`${heatCell(base, yearScale, `${label} ${year.year}`)}${heatCell(year.return - base, yearScale, `${year.year}, excess over ${label}`)}`}</tr>
`
    })}</tbody></table></div>`,
  }
}

/** The size that takes the full colour: the third largest, so that one wild month does not make all others pale. */
function scaleOf(rows: readonly PeriodReturn[]): number {
  const sizes = rows.map((row) => Math.abs(row.return)).filter(Number.isFinite)
  return sizes.toSorted((a, b) => b - a)[Math.min(2, sizes.length - 1)] ?? 0
}

function heatCell(value: number, scale: number, title: string, extra = ''): Markup {
  const strength = scale > 0 ? Math.min(1, Math.abs(value) / scale) : 0
  const shade = Math.round(strength * 5)
  const tone = value > 0 ? `up${shade}` : value < 0 ? `down${shade}` : ''
  return markup`<td class="number ${tone}${extra}" title="${title}: ${formatSignedPercent(value)}">${formatNumber(value * 100, 1)}</td>`
}
