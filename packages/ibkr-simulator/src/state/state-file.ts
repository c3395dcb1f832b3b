import { type EpochMs, InputError } from '@onetape/core'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Account } from '../exchange/account.ts'
import type { OrderDesk } from '../exchange/order-desk.ts'
import { type ExecutionRecord, isOver, type OrderRecord } from '../exchange/order-record.ts'
import type { Listing, Listings } from '../market/listing.ts'

const FORMAT = 1

type Saved<T> = Omit<T, 'listing'> & { readonly symbol: string }

interface SavedState {
  readonly format: number
  readonly time: EpochMs
  /** The day that executions and profits are of, on the zone of the gateway. */
  readonly day: string
  readonly nextPermId: number
  readonly nextExecution: number
  readonly highestIds: readonly (readonly [clientId: number, id: number])[]
  readonly accounts: readonly {
    readonly id: string
    readonly cash: number
    readonly realized: number
    readonly dayStart: number
    readonly positions: readonly Saved<{
      listing: Listing
      quantity: number
      averageCost: number
      realized: number
      dayValue: number
      dayCash: number
    }>[]
  }[]
  readonly orders: readonly Saved<OrderRecord>[]
  readonly executions: readonly Saved<ExecutionRecord>[]
}

/**
 * Reads what a gateway remembered, undefined when the file does not exist.
 * @throws {InputError} `simulator.state` for a file that is no state of a gateway
 */
export function readState(path: string): SavedState | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const state = JSON.parse(text) as SavedState
    if (state.format === FORMAT && Array.isArray(state.orders) && Array.isArray(state.accounts)) return state
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
  }
  throw new InputError('simulator.state', `Expected the state of a gateway in format ${FORMAT}.`, {
    place: path,
    hint: 'Move the file away to begin anew.',
  })
}

/**
 * Writes the state of a desk beside the file and renames it, so that a kill leaves the old one or the new one. All of it
 * is written each time, many times a second; what is over has become text once and is not made anew.
 */
export class StateWriter {
  readonly #path: string
  readonly #texts: WeakMap<object, Text> = new WeakMap()

  constructor(path: string) {
    this.#path = path
  }

  write(desk: OrderDesk, accounts: ReadonlyMap<string, Account>, time: EpochMs, day: string): void {
    desk.noteLevels()
    const state: Omit<SavedState, 'orders' | 'executions'> = {
      format: FORMAT,
      time,
      day,
      nextPermId: desk.nextPermId,
      nextExecution: desk.nextExecution,
      highestIds: [...desk.highestId],
      accounts: [...accounts.values()].map(({ id, cash, realized, dayStart, positions }) => ({
        id,
        cash,
        realized,
        dayStart,
        positions: [...positions.values()].map((p) => unlisted(p)),
      })),
    }
    const orders = Array.from(desk.orders.values(), (order) => this.#orderText(order)).join(',')
    const executions = desk.executions.map((execution) => this.#executionText(execution)).join(',')
    const beside = `${this.#path}.${process.pid}.tmp`
    writeFileSync(beside, `${JSON.stringify(state).slice(0, -1)},"orders":[${orders}],"executions":[${executions}]}`)
    renameSync(beside, this.#path)
  }

  #orderText(order: OrderRecord): string {
    const write = (): string => JSON.stringify(unlisted({ ...order, text: stated(order.text) }))
    if (!isOver(order)) return write()
    // A correction changes an order that is over, its last commission comes after its end.
    const { status, filled, value, commission, fee, lastPrice, orderId, completedAt } = order
    return this.#once(order, [status, filled, value, commission, fee, lastPrice, orderId, completedAt].join(), write)
  }

  #executionText(execution: ExecutionRecord): string {
    const { commission, realized, unseen } = execution
    return this.#once(execution, [commission, realized, unseen].join(), () => JSON.stringify(unlisted(execution)))
  }

  /** The text of a record, made anew when what may still change has changed. */
  #once(record: object, changing: string, write: () => string): string {
    const known = this.#texts.get(record)
    if (known?.changing === changing) return known.text
    const text = write()
    this.#texts.set(record, { changing, text })
    return text
  }
}

interface Text {
  readonly changing: string
  readonly text: string
}

/**
 * Puts a state back.
 * @throws {InputError} `simulator.state` when the market lacks one of its stocks
 */
export function restoreState(
  state: SavedState,
  desk: OrderDesk,
  accounts: ReadonlyMap<string, Account>,
  listings: Listings,
): void {
  const listed = <T extends { readonly symbol: string }>({
    symbol,
    ...rest
  }: T): Omit<T, 'symbol'> & { listing: Listing } => {
    const listing = listings.all.find((l) => l.symbol === symbol)
    if (listing === undefined)
      throw new InputError(
        'simulator.state',
        `Expected a market with ${symbol}, of which the state has orders or positions.`,
        {
          hint: 'Serve the same symbols as before, or move the state file away.',
        },
      )
    return { ...rest, listing }
  }
  desk.nextPermId = state.nextPermId
  desk.nextExecution = state.nextExecution
  for (const [client, id] of state.highestIds) desk.highestId.set(client, id)
  for (const saved of state.accounts) {
    const account = accounts.get(saved.id)
    if (account === undefined) continue
    account.cash = saved.cash
    account.realized = saved.realized
    account.dayStart = saved.dayStart
    for (const p of saved.positions) {
      const position = listed(p)
      account.positions.set(position.listing.index, position)
      desk.venue.position[position.listing.index]! += position.quantity
    }
  }
  desk.restore(
    // JSON has no NaN.
    state.orders.map((o) => ({ ...listed(o), level: o.level ?? Number.NaN })),
    state.executions.map((e) => ({ ...listed(e), realized: e.realized ?? Number.NaN })),
  )
}

function unlisted<T extends { readonly listing: Listing }>({
  listing,
  ...rest
}: T): Omit<T, 'listing'> & { symbol: string } {
  return { ...rest, symbol: listing.symbol }
}

/** Without the fields that say nothing, which are most. */
function stated(text: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(text).filter(([, value]) => value !== ''))
}
