import { type BarColumns, type EpochMs, type IndicatorSpec, InputError } from '@onetape/core'
import { finiteProbe } from '../kernel/finite-probe.ts'
import { BLOCK, Kernel } from '../kernel/kernel.ts'
import { checkPeriod } from '../kernel/parameter.ts'
import { typicalPrice } from '../kernel/source.ts'
import { kernelSpec, specName } from '../kernel/spec.ts'
import { RollingMean } from '../window/rolling-mean.ts'

const SESSION_GAP_MS = 4 * 3_600_000

/** True when the bar that begins at `time` is the first of a session; `previousEnd` is the end of the bar before. */
export type SessionStart = (time: EpochMs, previousEnd: EpochMs) => boolean

export interface VwapOptions {
  /**
   * Where a session begins. Default: after a gap of more than 4 hours without a bar, which is right for daily bars
   * and for minute bars of exchanges with one session a day; a market that never closes needs its own.
   */
  readonly sessionStart?: SessionStart
}

/**
 * Volume-weighted average price of the session so far: Σ typical price · volume / Σ volume, typical price =
 * (high + low + close) / 3. Begins anew with each session. Ready at bar 1. While no share was traded in the session, it
 * is the typical price of the bar in hand (our choice: the quotient is undefined there, and a price is wanted).
 * @throws {InputError} `indicator.param`
 * @see https://chartschool.stockcharts.com/table-of-contents/technical-indicators-and-overlays/technical-overlays/volume-weighted-average-price-vwap
 */
export function vwap(options: VwapOptions = {}): IndicatorSpec {
  const sessionStart = options.sessionStart ?? afterGap
  if (typeof sessionStart !== 'function')
    throw new InputError('indicator.param', `Expected sessionStart to be a function, found ${typeof sessionStart}.`, {
      place: 'Indicator vwap',
    })
  return kernelSpec(() => new SessionVwap(sessionStart))
}

/**
 * Volume-weighted average of the typical price over the last `period` bars. Ready at bar `period`. A window without
 * volume gives the typical price of the bar in hand.
 * @throws {InputError} `indicator.param`
 */
export function rollingVwap(period: number): IndicatorSpec {
  checkPeriod('rollingVwap', 'period', period)
  return kernelSpec(() => new RollingVwap(period))
}

function afterGap(time: EpochMs, previousEnd: EpochMs): boolean {
  return time - previousEnd > SESSION_GAP_MS
}

class SessionVwap extends Kernel {
  readonly #sessionStart: SessionStart
  readonly #typical = new Float64Array(BLOCK)
  /** Turnover and volume of the session, end of the bar before. */
  readonly #state = new Float64Array(3)

  constructor(sessionStart: SessionStart) {
    super({
      name: specName('vwap', []),
      warmUp: 1,
      outputs: ['value'],
      fields: ['high', 'low', 'close', 'volume', 'time', 'end'],
    })
    this.#sessionStart = sessionStart
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const { time, end, volume } = columns
    const typical = this.#typical
    const line = out[0]!
    const state = this.#state
    const sessionStart = this.#sessionStart
    typicalPrice(columns, from, to, typical)
    let probe = 0
    for (let i = from; i < to; i++) {
      if ((i > from || this.seen > 0) && sessionStart(time[i]!, state[2]!)) {
        probe += state[0]!
        state[0] = 0
        state[1] = 0
      }
      const price = typical[i - from]!
      state[0]! += price * volume[i]!
      state[1]! += volume[i]!
      state[2] = end[i]!
      line[at + i - from] = state[1]! > 0 ? state[0]! / state[1]! : price
    }
    return probe + state[0]! + finiteProbe(time, from, to) + finiteProbe(end, from, to)
  }

  protected override clear(): void {
    this.#state.fill(0)
  }
}

class RollingVwap extends Kernel {
  readonly #typical = new Float64Array(BLOCK)
  readonly #turnover = new Float64Array(BLOCK)
  readonly #volume = new Float64Array(BLOCK)
  readonly #meanTurnover: RollingMean
  readonly #meanVolume: RollingMean

  constructor(period: number) {
    super({
      name: specName('rollingVwap', [period]),
      warmUp: period,
      outputs: ['value'],
      fields: ['high', 'low', 'close', 'volume'],
    })
    this.#meanTurnover = new RollingMean(period)
    this.#meanVolume = new RollingMean(period)
  }

  protected override block(
    columns: BarColumns,
    from: number,
    to: number,
    out: readonly Float64Array[],
    at: number,
  ): number {
    const { volume } = columns
    const line = out[0]!
    const length = to - from
    const typical = this.#typical
    const turnover = this.#turnover
    const traded = this.#volume
    typicalPrice(columns, from, to, typical)
    for (let i = 0; i < length; i++) turnover[i] = typical[i]! * volume[from + i]!
    const probe = this.#meanTurnover.push(turnover, 0, length, turnover, 0)
    this.#meanVolume.push(volume, from, length, traded, 0)
    for (let i = 0; i < length; i++) line[at + i] = traded[i]! > 0 ? turnover[i]! / traded[i]! : typical[i]!
    return probe
  }

  protected override clear(): void {
    this.#meanTurnover.clear()
    this.#meanVolume.clear()
  }
}
