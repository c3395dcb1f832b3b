import { type EquityCauses, type ExecutedOrder, type ExecutedPair, type RunEvent, compare } from '@onetape/backtest'
import { formatInstant } from '@onetape/core'
import { type CompareFlags, EXIT_FOUND } from '../honesty-commands.ts'
import { fixed } from '../output/figure-text.ts'
import { labelled, plainTable, print, verdict } from '../output/honesty-table.ts'
import { userFolder } from '@onetape/strategies'
import { readRun } from './compare-file.ts'

const CAUSES: Readonly<Record<keyof EquityCauses, string>> = {
  initialCash: 'Initial cash',
  price: 'Price',
  quantity: 'Quantity',
  fee: 'Fee',
  missing: 'Missing in B',
  extra: 'Extra in B',
  bookings: 'Dividends, interest, …',
  marks: 'Last prices',
  rest: 'Rounding',
}

const MOST = 10

/** Shows where two runs part and why their final equity differs; exit code 3 when they are not the same. */
export async function compareCommand(a: string, b: string, flags: CompareFlags): Promise<void> {
  const base = userFolder()
  const [one, other] = [readRun(a, base), readRun(b, base)]
  const result = compare(one, other, flags.tolerance === undefined ? {} : { tolerance: flags.tolerance })
  print(flags, result, () => {
    const { same, sameTape, comparedOrders, divergence, difference, causes, counts, orders } = result
    const lines: string[] = []
    if (same)
      lines.push(verdict(true, `the runs are the same${sameTape ? ', tape included' : ', on tapes that differ'}.`))
    if (divergence !== undefined)
      lines.push(
        verdict(false, `the runs part after ${divergence.after} event${divergence.after === 1 ? '' : 's'} in common.`),
        labelled([
          ['A', eventText(divergence.a)],
          ['B', eventText(divergence.b)],
          ...(divergence.fields.length === 0 ? [] : [['differs in', divergence.fields.join(', ')] as const]),
        ]),
      )
    else if (!same) lines.push(verdict(false, 'the same events, another outcome.'))
    if (!comparedOrders) lines.push('Note: no orders.csv beside both: orders that did not fill were not compared.\n')
    if (difference !== 0) {
      const count = (cause: string): string => String((counts as Readonly<Record<string, number>>)[cause] ?? '')
      const rows = Object.entries(causes)
        .filter(([cause, amount]) => (cause === 'rest' ? Math.abs(amount) >= 0.005 : amount !== 0))
        .map(([cause, amount]) => [CAUSES[cause as keyof EquityCauses], signed(amount), count(cause)])
      lines.push(
        `Final equity, B less A: ${signed(difference)} USD\n`,
        `${plainTable(['Cause', 'USD', 'Orders'], [...rows, ['Sum', signed(difference), '']])}\n`,
      )
    }
    if (orders.length > 0) {
      const rows = orders
        .slice(0, MOST)
        .map((pair) => [pairText(pair), sideText(pair.a), sideText(pair.b), signed(effect(pair))])
      lines.push(`${plainTable(['Orders that differ most', 'A', 'B', 'USD'], rows)}\n`)
      if (orders.length > MOST) lines.push(`… and ${orders.length - MOST} more: --json lists all.\n`)
    }
    return lines.join('')
  })
  if (!result.same) process.exitCode = EXIT_FOUND
}

function eventText(event: RunEvent | undefined): string {
  if (event === undefined) return 'nothing more'
  const { time, kind, symbol, side, type, tif, state, code, quantity, price, limitPrice, stopPrice, fee, cash } = event
  const what = [side ?? state, quantity, symbol, type, tif]
  const prices = [
    price === undefined ? '' : `at ${price}`,
    limitPrice === undefined ? '' : `limit ${limitPrice}`,
    stopPrice === undefined ? '' : `stop ${stopPrice}`,
    fee === undefined ? '' : `fee ${fee}`,
    cash === undefined ? '' : `cash ${cash}`,
    code === undefined ? '' : `(${code})`,
  ]
  const words = [kind === 'ended' ? state : kind, ...what, ...prices].filter(
    (word) => word !== undefined && word !== '',
  )
  return `${formatInstant(time)}  ${words.join(' ')}`
}

function pairText({ a, b }: ExecutedPair): string {
  const { time, side, symbol } = (a ?? b)!
  return `${formatInstant(time)} ${side} ${symbol}`
}

function sideText(order: ExecutedOrder | undefined): string {
  return order === undefined
    ? '–'
    : `${fixed(order.quantity, Number.isInteger(order.quantity) ? 0 : 4)} at ${fixed(order.price, 4)}, fee ${fixed(order.fee, 2)}`
}

function effect({ price, quantity, fee, missing, extra }: ExecutedPair): number {
  return price + quantity + fee + missing + extra
}

function signed(amount: number): string {
  return `${amount > 0 ? '+' : ''}${fixed(amount, 2)}`
}
