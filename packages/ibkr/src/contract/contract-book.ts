import { type Contract, type ContractDetails, SecType } from '@stoqey/ib'
import { type InstrumentSpec, nearestWord } from '@onetape/core'
import { IbkrError } from '../code/ibkr-error.ts'
import type { TwsSession } from '../session/tws-session.ts'
import { chooseDetails, contractQuery, type ContractSpec, instrumentSpec, tradedContract } from './contract-spec.ts'

/** How symbols become contracts. */
export interface ContractOptions {
  /** What TWS shall look for, by our symbol; without an entry a US stock of that symbol. */
  readonly contracts?: Readonly<Record<string, ContractSpec>> | undefined
  /** Fields of instruments that replace what TWS says, by symbol. */
  readonly instruments?: Readonly<Record<string, Partial<Omit<InstrumentSpec, 'symbol'>>>> | undefined
  /** Trade fractions of shares. Default false: TWS refuses them from most accounts (code 10243). */
  readonly fractional?: boolean | undefined
}

/** A contract of TWS and the instrument that it is for us. */
export interface ResolvedContract {
  readonly contract: Contract
  readonly details: ContractDetails
  readonly instrument: InstrumentSpec
}

/** Contracts by symbol, asked for once. */
export class ContractBook {
  readonly #session: TwsSession
  readonly #options: ContractOptions
  readonly #known = new Map<string, ResolvedContract>()
  readonly #asked = new Map<string, Promise<ResolvedContract>>()
  readonly #symbols = new Map<number, string>()

  constructor(session: TwsSession, options: ContractOptions = {}) {
    this.#session = session
    this.#options = options
  }

  /** True when orders for the contract may have fractions: by option for shares, never for futures. */
  takesFractions({ secType }: Contract): boolean {
    if (secType === SecType.STK || secType === undefined) return this.#options.fractional ?? false
    return secType === SecType.CRYPTO || secType === SecType.CASH
  }

  /** The contract of a symbol that was asked for before. */
  known(symbol: string): ResolvedContract | undefined {
    return this.#known.get(symbol)
  }

  /** Our symbol of a contract that was asked for before. */
  symbolOf(conId: number | undefined): string | undefined {
    return conId === undefined ? undefined : this.#symbols.get(conId)
  }

  /**
   * The contract of a symbol.
   *
   * @param exchange primary exchange, to choose between several of one name
   * @throws {IbkrError} `ibkr.200` when TWS knows none, `ibkr.contract` when it knows several, `ibkr.link`, `ibkr.timeout`
   */
  async resolve(symbol: string, exchange?: string): Promise<ResolvedContract> {
    const known = this.#known.get(symbol)
    if (known !== undefined) return known
    const asked = this.#asked.get(symbol) ?? this.#ask(symbol, exchange)
    this.#asked.set(symbol, asked)
    try {
      return await asked
    } finally {
      this.#asked.delete(symbol)
    }
  }

  async #ask(symbol: string, exchange: string | undefined): Promise<ResolvedContract> {
    const spec = this.#options.contracts?.[symbol] ?? {}
    const query = contractQuery(symbol, spec)
    const found: ContractDetails[] = []
    const answers = await this.#session.ask<readonly ContractDetails[]>({
      what: `the contract of ${symbol}`,
      send: (api, id) => void api.reqContractDetails(id, query),
      event(name, args, done) {
        if (name === 'contractDetails') found.push(args[0] as ContractDetails)
        if (name === 'contractDetailsEnd') done(found)
      },
    })
    const details = chooseDetails(answers, spec, exchange)
    if (details === undefined) throw this.#ambiguous(symbol, answers)
    const fields = this.#options.instruments?.[symbol]
    const instrument = instrumentSpec(symbol, details, { fractional: this.#options.fractional, fields })
    const resolved: ResolvedContract = { contract: tradedContract(details, query), details, instrument }
    this.#known.set(symbol, resolved)
    if (details.contract.conId !== undefined) this.#symbols.set(details.contract.conId, symbol)
    return resolved
  }

  #ambiguous(symbol: string, answers: readonly ContractDetails[]): IbkrError {
    const listed = answers.map(({ contract }) => `${contract.conId} (${contract.primaryExch} ${contract.currency})`)
    const near = nearestWord(symbol, Object.keys(this.#options.contracts ?? {}))
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`
    return IbkrError.own(
      'contract',
      `Expected one contract for ${symbol}, found ${answers.length}: ${listed.join(', ')}. ` +
        `State conId or primaryExchange in "contracts".${hint}`,
    )
  }
}
