import { type EpochMs, InputError } from '@onetape/core'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Account } from '../exchange/account.ts'
import type { OrderDesk } from '../exchange/order-desk.ts'
import type { ExecutionRecord, OrderRecord } from '../exchange/order-record.ts'
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

/** Writes the state of the desk beside the file and renames it, so that a kill leaves the old one or the new one. */
export function writeState(
  path: string,
  desk: OrderDesk,
  accounts: ReadonlyMap<string, Account>,
  time: EpochMs,
  day: string,
): void {
  desk.noteLevels()
  const state: SavedState = {
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
    orders: [...desk.orders.values()].map((order) => unlisted({ ...order, text: stated(order.text) })),
    executions: desk.executions.map((execution) => unlisted(execution)),
  }
  const beside = `${path}.${process.pid}.tmp`
  writeFileSync(beside, JSON.stringify(state))
  renameSync(beside, path)
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
