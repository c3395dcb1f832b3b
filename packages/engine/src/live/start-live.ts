import {
  type BarSeries,
  type EpochMs,
  type IBroker,
  type IClock,
  type IDataFeed,
  InputError,
  type IRiskGate,
  type OrderEvent,
  type ParamSpecs,
  type ParamsOf,
  type RunId,
  type Strategy,
  TimeInForceCode,
  type Usd,
  resolveParams,
} from '@onetape/core'
import { type FeeModel, regTMargin } from '@onetape/costs'
import { basicGate } from '../gate/basic-gate.ts'
import { Engine, type EngineResult } from '../loop/engine.ts'
import type { TapeRecord } from './live-event.ts'
import { LiveSession } from './live-session.ts'

/** What a live run needs; everything that moves is given to it. */
export interface LiveOptions<P extends ParamSpecs = ParamSpecs> {
  readonly strategy: Strategy<P>
  /** Parameters that differ from their defaults. */
  readonly params?: Partial<ParamsOf<P>>
  /** One series per instrument, as the feed gave it: all of its bars warm up. May be empty of bars. */
  readonly history: readonly BarSeries[]
  readonly feed: Pick<IDataFeed, 'events' | 'subscribe' | 'unsubscribe'>
  readonly broker: IBroker
  /** The broker's time. */
  readonly clock: IClock
  /** What the strategy may use. */
  readonly cash: Usd
  /** Estimates what the broker will charge, for sizing and buying power; its own figure is booked when it comes. */
  readonly fees: FeeModel
  /** Default `basicGate()`. */
  readonly gate?: IRiskGate
  /** First part of order ids, which must not repeat at one broker. Default `live` and the time of the start. */
  readonly run?: string
  /**
   * Takes every record in order, durable when the call returns unless `commit` makes it so; bars that were filled in
   * late are not among them. Default: nothing is kept.
   */
  readonly record?: (record: TapeRecord) => void
  /** Called before requests leave: see `LiveSessionOptions`. */
  readonly commit?: (leaving: boolean) => void
  /** Told of everything that happens to an order. */
  readonly onOrder?: (event: OrderEvent) => void
  readonly onNotice?: (code: string, detail: string) => void
}

/** A live run that was started. */
export interface Live {
  readonly engine: Engine
  readonly session: LiveSession
  /** Lets go of feed and broker and ends the run. Working orders stay at the broker. */
  stop(): Promise<EngineResult>
}

/**
 * Runs a strategy on a feed and a broker: engine, session and the wires between them. It begins with an empty book, and
 * neither recovers from a crash nor compares its books with the broker's: that is the trader's work.
 *
 * Bars of the past that a feed fills in move indicators, and orders placed on them are denied. What the strategy throws
 * comes out of the feed's call, as a `StrategyError`: with the feeds of this platform it ends the process.
 *
 * @throws {InputError} `live.history` without a series, `live.ticks` for a strategy of quotes or trades; those of
 * parameters and of the feed's subscription
 */
export async function startLive<P extends ParamSpecs>(options: LiveOptions<P>): Promise<Live> {
  const { feed, broker, clock, onNotice } = options
  const engine = liveEngine(options)
  const session = new LiveSession({
    engine,
    broker,
    clock,
    record: options.record ?? (() => undefined),
    commit: options.commit,
    run: engine.flow.run,
    ...(onNotice === undefined ? {} : { onNotice }),
  })
  engine.flow.onEvent = options.onOrder
  session.start()
  const subscriptions = [
    broker.events.subscribe({ next: (event) => session.push({ kind: 'broker', event }) }),
    feed.events.subscribe({
      next(event) {
        if (event.kind !== 'bar') return
        const { time, end, open, high, low, close, volume } = event.bar
        const values = { time, end, open, high, low, close, volume }
        const stream = engine.streams.find((s) => s.instrument.symbol === event.symbol && s.interval === event.interval)
        if (stream === undefined) return
        const last = stream.length === 0 ? -Infinity : stream.columns.time[stream.length - 1]!
        if (!event.bar.late) session.push({ kind: 'bar', symbol: event.symbol, interval: event.interval, bar: values })
        else if (time > last) session.within(() => engine.takeLate({ stream, values }))
        // Slices that wait for a bar, and timers, move with the bars that come.
        session.push({ kind: 'clock', time: clock.now() })
      },
    }),
  ]
  const wanted = engine.streams.map(({ instrument, interval }) => [instrument.symbol, interval] as const)
  const done: (typeof wanted)[number][] = []
  const release = async (): Promise<void> => {
    for (const subscription of subscriptions) subscription.unsubscribe()
    for (const [symbol, interval] of done) await feed.unsubscribe(symbol, interval)
  }
  try {
    for (const each of wanted) {
      await feed.subscribe(...each)
      done.push(each)
    }
  } catch (error) {
    await release()
    throw error
  }
  return {
    engine,
    session,
    async stop() {
      await release()
      return session.finish()
    },
  }
}

/** The rules of a backtest's defaults, except for what only the broker decides: fills, dividends, interest. */
function liveEngine<P extends ParamSpecs>(options: LiveOptions<P>): Engine {
  const { strategy, history, fees, cash, clock } = options
  if (history.length === 0)
    throw new InputError('live.history', 'Expected the history of one instrument at least, found none.', {
      hint: 'Ask the feed: getHistoricalData({ symbol, interval, from }).',
    })
  const params = resolveParams(strategy.name, strategy.params, options.params ?? {})
  return new Engine({
    run: (options.run ?? `live-${idTime(clock.now())}`) as RunId,
    series: history,
    from: Infinity, // all bars so far are history
    strategies: [{ id: strategy.name, strategy, params, allocation: 1 }],
    cash,
    rules: {
      leverage: 1,
      account: 'margin',
      shortSelling: true,
      creditSells: true,
      rejectAtFill: false,
      collar: 0.02,
    },
    sizing: {
      buffer: 0.0025,
      minChange: 0.005,
      sizeAt: 'decision',
      tif: TimeInForceCode.day,
      costRate(instrument, quantity, price, time) {
        const value = quantity * price * instrument.multiplier
        return value > 0 ? Math.max(0, fees.orderFee(quantity, value, 1, time, 0) / value) + SLIPPAGE : 0
      },
    },
    fees,
    gate: options.gate ?? basicGate(),
    seed: 1,
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

/** Five basis points held back of what an order may cost, as in a backtest. */
const SLIPPAGE = 0.0005

function idTime(time: EpochMs): string {
  return Math.round(time).toString(36)
}
