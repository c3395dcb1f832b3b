import type { FigureUnit } from '@onetape/analytics'
import { MS_PER_DAY, formatInstant } from '@onetape/core'

/** A figure as people read it, with its unit: `12.34 %`, `1,234.56 USD`; `n/a` where it is undefined. */
export function figureText(value: number, unit: FigureUnit): string {
  if (Number.isNaN(value)) return 'n/a'
  switch (unit) {
    case 'fraction':
      return `${fixed(value * 100, 2)} %`
    case 'ratio':
      return fixed(value, 2)
    case 'money':
      return `${fixed(value, 2)} USD`
    case 'count':
      return fixed(value, Number.isInteger(value) ? 0 : 1)
    case 'days':
      return `${fixed(value, 0)} ${Math.round(value) === 1 ? 'day' : 'days'}` // an hour off where the clocks changed
    case 'duration':
      return value >= MS_PER_DAY ? `${fixed(value / MS_PER_DAY, 1)} days` : `${fixed(value / 60_000, 1)} minutes`
    case 'time':
      return formatInstant(value).slice(0, 10)
  }
}

/** With commas between thousands and a true minus sign left out of rounded zeros. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value)
  const [whole = '', part] = value.toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const text = part === undefined ? grouped : `${grouped}.${part}`
  return /^-[0.,]+$/.test(text) ? text.slice(1) : text
}
