/**
 * Values from a first value and differences.
 * @param {readonly number[]} differences
 */
export function accumulate(differences) {
  let sum = 0
  return differences.map((difference) => (sum += difference))
}

/**
 * `1234.5` as `1,234.50`.
 * @param {number | null | undefined} value
 * @param {number} digits
 */
export function grouped(value, digits) {
  if (value === null || value === undefined || Number.isNaN(value)) return 'n/a'
  const text = Math.abs(value)
    .toFixed(digits)
    .replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')
  return (value < 0 && /[1-9]/.test(text) ? '\u2212' : '') + text
}

/**
 * A large number in few letters: `1.25M`, `340k`.
 * @param {number} value
 */
export function brief(value) {
  const size = Math.abs(value)
  const [unit, letter] = size >= 1e9 ? [1e9, 'B'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, '']
  const text = (size / unit).toFixed(unit === 1 ? (size < 10 && size % 1 ? 2 : 0) : 2)
  return (value < 0 ? '\u2212' : '') + (unit === 1 ? text : text.replace(/\.?0+$/, '')) + letter
}

/**
 * Date, and time of day unless the data is daily, of seconds on the exchange's clock.
 * @param {number} seconds
 * @param {boolean} daily
 */
export function when(seconds, daily) {
  const text = new Date(seconds * 1000).toISOString()
  return daily ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ')
}
