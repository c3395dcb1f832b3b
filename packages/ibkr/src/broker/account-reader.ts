import type { Contract } from '@stoqey/ib'
import {
  type AccountSnapshot,
  type Instrument,
  instrument,
  type InstrumentId,
  type PositionSnapshot,
} from '@onetape/core'
import { ourSymbol } from '../contract/contract-spec.ts'
import type { ContractBook } from '../contract/contract-book.ts'
import type { TwsSession } from '../session/tws-session.ts'

const TAGS = ['NetLiquidation', 'TotalCashValue', 'BuyingPower', 'InitMarginReq', 'MaintMarginReq'] as const
type Tag = (typeof TAGS)[number]

/** Reads of the positions until two agree. */
const READS = 5

interface Row {
  readonly contract: Contract
  readonly quantity: number
  readonly averageCost: number
}

/** Asks TWS what an account holds. */
export class AccountReader {
  readonly #session: TwsSession
  readonly #contracts: ContractBook
  readonly #instrument: (symbol: string) => Instrument | undefined
  #summary: Promise<unknown> = Promise.resolve()

  constructor(session: TwsSession, contracts: ContractBook, find: (symbol: string) => Instrument | undefined) {
    this.#session = session
    this.#contracts = contracts
    this.#instrument = find
  }

  /** Read again until two answers agree: after a login TWS may report positions twice, or not yet all. */
  async positions(account: string): Promise<readonly PositionSnapshot[]> {
    let before: string | undefined
    for (let i = 0; i < READS; i++) {
      const rows = await this.#readPositions(account)
      const now = JSON.stringify(rows.map(({ contract, quantity }) => [contract.conId, quantity]))
      if (now === before) return rows.map((row) => this.#snapshot(row))
      before = now
    }
    throw new Error(`Expected two equal answers about positions, found ${READS} that differ.`)
  }

  async account(account: string): Promise<AccountSnapshot> {
    // TWS takes two summaries at a time per client; one of ours leaves room for somebody else's.
    const ask = (): Promise<AccountSnapshot> => this.#readAccount(account)
    const mine = this.#summary.then(ask, ask)
    this.#summary = mine
    return await mine
  }

  async #readPositions(account: string): Promise<readonly Row[]> {
    const rows = new Map<number | string, Row>()
    return await this.#session.askPlain('positions', {
      what: 'positions',
      send: (api) => void api.reqPositions(),
      listen: (hub, done) => {
        const stops = [
          hub.on('position', (of, contract, quantity, averageCost) => {
            if (of !== account) return
            const key = contract.conId ?? ourSymbol(contract)
            if (quantity === undefined || quantity === 0) rows.delete(key)
            else rows.set(key, { contract, quantity, averageCost: averageCost ?? NaN })
          }),
          hub.on('positionEnd', () => {
            this.#session.send('request', [(api) => void api.cancelPositions()])
            done([...rows.values()].toSorted((a, b) => (a.contract.conId ?? 0) - (b.contract.conId ?? 0)))
          }),
        ]
        return () => stops.forEach((stop) => stop())
      },
    })
  }

  async #readAccount(account: string): Promise<AccountSnapshot> {
    const values = new Map<string, { readonly value: number; readonly currency: string }>()
    let request = 0
    await this.#session.ask<boolean>({
      what: 'the account',
      send: (api, id) => {
        request = id
        api.reqAccountSummary(id, 'All', TAGS.join(','))
      },
      cancel: (api, id) => void api.cancelAccountSummary(id),
      event(name, args, done) {
        if (name === 'accountSummary' && args[0] === account)
          values.set(String(args[1]), { value: Number(args[2]), currency: String(args[3]) })
        if (name === 'accountSummaryEnd') done(true)
      },
    })
    this.#session.send('request', [(api) => void api.cancelAccountSummary(request)])
    const read = (tag: Tag): number => {
      const found = values.get(tag)
      if (found === undefined || !Number.isFinite(found.value))
        throw new Error(`Expected ${tag} of account ${account}, found ${found === undefined ? 'none' : found.value}.`)
      if (found.currency !== 'USD' && found.currency !== 'BASE' && found.currency !== '')
        throw new Error(`Expected account ${account} in USD, found ${tag} in ${found.currency}.`)
      return found.value
    }
    return {
      time: this.#session.now(),
      cash: read('TotalCashValue'),
      equity: read('NetLiquidation'),
      buyingPower: read('BuyingPower'),
      initialMargin: read('InitMarginReq'),
      maintenanceMargin: read('MaintMarginReq'),
    }
  }

  /** TWS counts commissions into the average cost, and states it per contract for futures. */
  #snapshot({ contract, quantity, averageCost }: Row): PositionSnapshot {
    const symbol = this.#contracts.symbolOf(contract.conId) ?? ourSymbol(contract)
    const found = this.#instrument(symbol) ?? {
      ...(this.#contracts.known(symbol)?.instrument ?? instrument(symbol)),
      id: -1 as InstrumentId,
    }
    return {
      instrument: found,
      quantity,
      averageCost: averageCost / found.multiplier,
      mark: NaN,
      unrealized: NaN,
      realized: NaN,
    }
  }
}
