/** Vendors compute ratios back from prices (7.00000700001 for 7): whole ones and their inverses are made exact. */
export function splitRatio(ratio: number): number {
  const whole = Math.round(ratio)
  const inverse = Math.round(1 / ratio)
  if (whole >= 2 && Math.abs(ratio / whole - 1) < 1e-5) return whole
  return inverse >= 2 && Math.abs(ratio * inverse - 1) < 1e-5 ? 1 / inverse : ratio
}
