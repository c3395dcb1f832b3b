import type * as CliProgress from 'cli-progress'
import { createRequire } from 'node:module'

/** Runs shorter than this show no bar. */
const PATIENCE_MS = 250

/**
 * Draws progress with rate and time left on stderr when that is a terminal. A run is one call that never comes back to
 * the event loop, so the bar is drawn from inside it, and loaded only when a run turns out long.
 */
export class Progress {
  readonly #start: number = performance.now()
  readonly #shown: boolean
  #bar: CliProgress.SingleBar | undefined

  constructor(quiet: boolean) {
    this.#shown = !quiet && process.stderr.isTTY
  }

  /** Undefined when nothing is to be shown: the run then need not call back at all. */
  get callback(): ((done: number, total: number) => void) | undefined {
    return this.#shown ? (done, total) => this.#update(done, total) : undefined
  }

  #update(done: number, total: number): void {
    const seconds = (performance.now() - this.#start) / 1000
    if (seconds * 1000 < PATIENCE_MS || done === 0) return
    if (this.#bar === undefined) {
      this.#bar = newBar()
      this.#bar.start(total, done, state(seconds, done, total))
    } else this.#bar.update(done, state(seconds, done, total))
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }
}

function newBar(): CliProgress.SingleBar {
  const require = createRequire(import.meta.url) // in the middle of a synchronous run there is no await
  const { Presets, SingleBar } = require('cli-progress') as typeof CliProgress
  return new SingleBar(
    {
      format: '{bar} {percentage} % | {value}/{total} bars | {rate} M bars/s | {left} s left',
      stream: process.stderr,
      clearOnComplete: true,
      // An interrupt ends the process at once, as nobody could put the terminal right: nothing of it is changed, and no
      // handler is installed, which a synchronous run would keep waiting.
      hideCursor: false,
      linewrap: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
}

function state(seconds: number, done: number, total: number): { rate: string; left: string } {
  return {
    rate: (done / seconds / 1e6).toFixed(1),
    left: ((seconds / done) * (total - done)).toFixed(seconds / done < 1e-5 ? 1 : 0),
  }
}
