/**
 * Simple returns of a NAV series, as fractions: N + 1 values give N returns.
 * NaN where the value before is not above 0: a return on nothing is undefined.
 */
export function returnsFromNav(nav: ArrayLike<number>): Float64Array {
  const count = Math.max(nav.length - 1, 0)
  const returns = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const before = nav[i]!
    returns[i] = before > 0 ? nav[i + 1]! / before - 1 : NaN
  }
  return returns
}

/** The NAV series that earns `returns` from `initial`: N returns give N + 1 values. */
export function navFromReturns(returns: ArrayLike<number>, initial = 1): Float64Array {
  const nav = new Float64Array(returns.length + 1)
  nav[0] = initial
  for (let i = 0; i < returns.length; i++) nav[i + 1] = nav[i]! * (1 + returns[i]!)
  return nav
}

/** Compounded return over all periods, as a fraction; NaN for none. */
export function totalReturn(returns: ArrayLike<number>): number {
  if (!(returns.length > 0)) return NaN
  let growth = 1
  for (let i = 0; i < returns.length; i++) growth *= 1 + returns[i]!
  return growth - 1
}
