import type { Random } from './strategy/strategy.ts'

/**
 * mulberry32 (T. Ettinger, public domain): the same sequence for the same seed everywhere. 32 bits of state: good
 * enough to break ties and delay orders, not for cryptography or long Monte Carlo runs.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return { next, int: (min, max) => min + Math.floor(next() * (max - min + 1)) }
}
