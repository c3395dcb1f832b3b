/**
 * A number as vendors write it: blanks around, `$` before, thousands separated by commas when `decimal` is a point,
 * exponents; NaN for all else (empty, `null`, `-`, `NaN`, `Infinity`).
 */
export function numberFromText(text: string, decimal: '.' | ','): number {
  let cell = text.trim().replace(/^\$/, '')
  if (decimal === ',') cell = cell.replaceAll('.', '').replace(',', '.')
  else if (/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(cell)) cell = cell.replaceAll(',', '')
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(cell) ? finite(Number(cell)) : NaN
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN
}

/** Powers of ten that float64 holds exactly. */
export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
