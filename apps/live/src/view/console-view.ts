import { type EpochMs, formatInstant } from '@onetape/core'
import { styleText } from 'node:util'

/** What the trader is doing, at one moment. */
export interface TraderStatus {
  readonly time: EpochMs
  readonly connection: string
  readonly entries: string
  readonly equity: number
  readonly profit: number
  readonly cash: number
  readonly positions: readonly { readonly symbol: string; readonly quantity: number; readonly mark: number }[]
  readonly openOrders: number
  readonly fills: number
  readonly lastBar: EpochMs
}

/** Where the trader shows what happens. */
export interface View {
  line(time: EpochMs, text: string, kind?: 'plain' | 'good' | 'bad'): void
  status(status: TraderStatus): void
}

/** Shows nothing. */
export const quietView: View = { line: () => undefined, status: () => undefined }

/** Shows events as lines, and on a terminal the status below them, drawn again in place. */
export class ConsoleView implements View {
  readonly #out: NodeJS.WriteStream
  readonly #live: boolean
  #drawn = 0

  constructor(out: NodeJS.WriteStream, live: boolean = out.isTTY) {
    this.#out = out
    this.#live = live
  }

  line(time: EpochMs, text: string, kind: 'plain' | 'good' | 'bad' = 'plain'): void {
    const stamp = Number.isFinite(time) ? clockOf(time) : '--:--:--'
    const colour = kind === 'good' ? 'green' : kind === 'bad' ? 'red' : 'reset'
    const shown = this.#live ? `${styleText('dim', stamp)} ${styleText(colour, text)}` : `${stamp} ${text}`
    this.#erase()
    this.#out.write(`${shown}\n`)
  }

  /** On a terminal only: elsewhere the lines say it all. */
  status(status: TraderStatus): void {
    if (!this.#live) return
    this.#erase()
    const lines = statusLines(status)
    this.#out.write(lines.map((line) => `${line.slice(0, Math.max(20, this.#out.columns - 1))}\n`).join(''))
    this.#drawn = lines.length
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\u001B[${this.#drawn}A\u001B[0J`)
    this.#drawn = 0
  }
}

/** The status as text, without colours. */
export function statusLines(status: TraderStatus): readonly string[] {
  const positions = status.positions.filter((p) => p.quantity !== 0)
  return [
    '─'.repeat(72),
    `${formatInstant(status.time)}  ${status.connection}  entries ${status.entries}  last bar ${clockOf(status.lastBar)}`,
    `equity ${usd(status.equity)}  P&L ${status.profit >= 0 ? '+' : ''}${usd(status.profit)}  cash ${usd(status.cash)}  open orders ${status.openOrders}  fills ${status.fills}`,
    positions.length === 0
      ? 'no positions'
      : positions.map((p) => `${p.symbol} ${p.quantity} at ${p.mark.toFixed(2)}`).join('   '),
  ]
}

function usd(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '-'
}

function clockOf(time: EpochMs): string {
  return Number.isFinite(time) ? formatInstant(time).slice(11, 19) : '--:--:--'
}
