import {
  type BarSeries,
  type RunId,
  type Strategy,
  TimeInForceCode,
  barSeries,
  InputError,
  isInputError,
} from '@onetape/core'
import { type FeeModel, ibkrFixedFee, ibkrTieredFee, noFee, regTMargin } from '@onetape/costs'
import { Engine } from '@onetape/engine'
import type { BarRow, RunHeader } from '../tape/tape-line.ts'
import type { LiveGate } from './live-gate.ts'

/**
 * The engine of a run, warmed up with its history: the same whether it trades, restarts or replays.
 * @throws {InputError} for parameters that the strategy does not take
 */
export function runEngine(
  header: RunHeader,
  strategy: Strategy,
  history: ReadonlyMap<string, readonly BarRow[]>,
  gate: LiveGate,
): Engine {
  const { rules } = header
  const fees = feesOf(rules.fees)
  const slip = rules.slippageBps / 10_000
  return new Engine({
    run: header.run as RunId,
    series: header.instruments.map((spec) => seriesOf(header, spec.symbol, history.get(spec.symbol) ?? [])),
    from: Infinity, // all bars so far are history
    strategies: [{ id: strategy.name, strategy, params: header.params, allocation: 1 }],
    cash: header.cash,
    rules: {
      leverage: rules.leverage,
      account: 'margin',
      shortSelling: rules.shortSelling,
      creditSells: true,
      rejectAtFill: false,
      collar: 0.02,
    },
    sizing: {
      buffer: 0.0025,
      minChange: 0.005,
      sizeAt: 'decision',
      tif: TimeInForceCode.day,
      costRate: (instrument, quantity, price, time) => {
        const value = quantity * price * instrument.multiplier
        return value > 0 ? Math.max(0, fees.orderFee(quantity, value, 1, time, 0) / value) + slip : 0
      },
    },
    fees,
    gate,
    seed: rules.seed,
    account: {
      margin: regTMargin(),
      marginInterest: undefined,
      creditInterest: undefined,
      borrow: undefined,
      settlement: false,
      dayTrading: undefined,
    },
    dividends: 'ignore',
  })
}

/** The cost model of its name in the configuration. */
export function feesOf(name: RunHeader['rules']['fees']): FeeModel {
  if (name === 'none') return noFee()
  const make = name === 'ibkr-tiered' ? ibkrTieredFee : ibkrFixedFee
  return dated(make({ lastRatesUntil: '2035-12-31' }), make({ regulatory: 'none' }))
}

/**
 * An estimate must not stop a trader: on dates whose regulatory rates are not known it is the commission alone, and the
 * broker's own figure books the rest.
 */
function dated(full: FeeModel, plain: FeeModel): FeeModel {
  return {
    name: full.name,
    orderFee(quantity, value, side, time, monthVolume) {
      try {
        return full.orderFee(quantity, value, side, time, monthVolume)
      } catch (error) {
        if (isInputError(error) && error.code === 'costs.date')
          return plain.orderFee(quantity, value, side, time, monthVolume)
        throw error
      }
    },
  }
}

function seriesOf(header: RunHeader, symbol: string, rows: readonly BarRow[]): BarSeries {
  const instrument = header.instruments.find((spec) => spec.symbol === symbol)
  if (instrument === undefined) throw new InputError('tape.symbol', `There is no instrument "${symbol}" in this run.`)
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!)
  return barSeries({
    instrument,
    interval: header.interval,
    columns: {
      time: column(0),
      end: column(1),
      open: column(2),
      high: column(3),
      low: column(4),
      close: column(5),
      volume: column(6),
    },
    source: `history of ${symbol}`,
  })
}
