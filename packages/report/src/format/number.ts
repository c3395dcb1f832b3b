/** Shown in place of a value that is not defined. */
export const NOT_AVAILABLE = 'n/a'

const MINUS = '\u2212'

/** `1234567.891` → `1,234,567.89`, with a true minus sign; `n/a` for NaN, `∞` for infinities. */
export function formatNumber(value: number, digits = 2): string {
  if (Number.isNaN(value)) return NOT_AVAILABLE
  const magnitude = Math.abs(value)
  if (magnitude === Infinity) return value < 0 ? `${MINUS}∞` : '∞'
  const text = magnitude >= 1e21 ? magnitude.toExponential(3) : magnitude.toFixed(digits) // toFixed writes its own exponent there
  const [whole = '', fraction] = text.split('.')
  const grouped = text.includes('e') ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const shown = fraction === undefined ? grouped : `${grouped}.${fraction}`
  return value < 0 && /[1-9]/.test(shown) ? MINUS + shown : shown
}

/** As `formatNumber`, with a plus sign on what is above zero as shown. */
export function formatSigned(value: number, digits = 2): string {
  const text = formatNumber(value, digits)
  return value > 0 && /[1-9∞]/.test(text) ? `+${text}` : text
}

/** A fraction as percent: `0.1234` → `12.34 %`. */
export function formatPercent(fraction: number, digits = 2): string {
  return Number.isNaN(fraction) ? NOT_AVAILABLE : `${formatNumber(fraction * 100, digits)} %`
}

/** As `formatPercent`, with a plus sign on what is above zero. */
export function formatSignedPercent(fraction: number, digits = 2): string {
  return Number.isNaN(fraction) ? NOT_AVAILABLE : `${formatSigned(fraction * 100, digits)} %`
}

/** A quantity or price with the digits it needs: at least `least`, at most `most`. */
export function formatPlain(value: number, least = 0, most = 4): string {
  const text = formatNumber(value, most)
  if (!text.includes('.')) return text
  const keep = text.indexOf('.') + 1 + least
  let end = text.length
  while (end > keep && text[end - 1] === '0') end--
  if (text[end - 1] === '.') end--
  return text.slice(0, end)
}

/** A span of time in its two largest units: `3 d 4 h`, `25 min`, `40 s`. Milliseconds in. */
export function formatSpan(ms: number): string {
  if (!Number.isFinite(ms)) return NOT_AVAILABLE
  const days = ms / 86_400_000
  if (days >= 100) return `${formatNumber(days, 0)} d`
  const seconds = Math.round(ms / 1000)
  if (seconds >= 86_400) return joined(Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3600), 'h')
  if (seconds >= 3600) return joined(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min')
  return seconds >= 60 ? joined(Math.floor(seconds / 60), 'min', seconds % 60, 's') : `${seconds} s`
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
