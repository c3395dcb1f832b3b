import {
  type Bar,
  type StrategyContext,
  type StrategyError,
  type StrategyHandlers,
  defineStrategy,
  int,
  isInputError,
} from '@onetape/core'
import { sma } from '@onetape/indicators'
import { describe, expect, test } from 'vitest'
import { type BacktestOptions, backtest } from '@onetape/backtest'
import { PLAIN, at, daily, fillsOf, flat, play, strategyOf } from './market.ts'

const data = [
  daily(
    'A',
    [10, 11, 12, 13].map((p) => flat(p)),
  ),
]

const places = (quantities: readonly number[]): StrategyHandlers => ({
  onBar(bar, { orders }) {
    if (bar.count === 1) for (const quantity of quantities) orders.market('A', quantity)
  },
})

describe('rule 29: ids of orders', () => {
  test('are run · strategy · counter; denied requests consume a number; each strategy counts by itself', () => {
    const result = backtest({
      strategy: [{ strategy: strategyOf(places([1, 0, 2]), 'first') }, { strategy: strategyOf(places([3]), 'second') }],
      data,
      ...PLAIN,
      runId: 'r7',
    })
    expect(result.orders.map((o) => `${o.id} ${o.state}`)).toEqual([
      'r7-first-0 filled',
      'r7-first-1 denied',
      'r7-first-2 filled',
      'r7-second-0 filled',
    ])
    expect(result.fills.map((f) => f.orderId)).toEqual(['r7-first-0', 'r7-first-2', 'r7-second-0'])
  })

  test('each fill has an execution id of its own', () => {
    const seen: string[] = []
    play(
      [daily('A', [flat(10), flat(10, 100), flat(10, 100)])],
      {
        onBar: (bar, { orders }) => void (bar.count === 1 && orders.market('A', 20, { tif: 'gtc' })),
        onFill: (fill) => void seen.push(fill.executionId),
      },
      { participation: 0.1 },
    )
    expect(new Set(seen).size).toBe(2)
    expect(seen.every((id) => id.startsWith('backtest-scene-0.'))).toBe(true)
  })
})

const boom = (): never => {
  throw new TypeError('boom')
}
/** The error that a run with these handlers ends with. */
function thrown(
  handlers: StrategyHandlers | Parameters<typeof strategyOf>[0],
  options: Partial<BacktestOptions> = {},
): StrategyError {
  try {
    play(
      [
        ...data,
        daily(
          'B',
          [20, 21].map((p) => flat(p)),
        ),
      ],
      handlers,
      options,
    )
  } catch (error) {
    return error as StrategyError
  }
  throw new Error('Expected the run to throw')
}

describe('an error thrown in a strategy names strategy, event, time and instrument', () => {
  test.each([
    ['onBar', { onBar: (bar: Bar) => void (bar.close === 21 && boom()) }, ' of B at 2024-01-03T21:00:00Z'],
    ['onSlice', { onSlice: boom }, ' at 2024-01-02T21:00:00Z'],
    ['onStart', { onStart: boom }, ' at 2024-01-02T14:30:00Z'],
    ['onStop', { onStop: boom }, ' at 2024-01-05T21:00:00Z'],
    [
      'onTimer',
      { onStart: (ctx: StrategyContext) => ctx.timers.at(at('2024-01-03', '12:00'), 'noon'), onTimer: boom },
      ' at 2024-01-03T17:00:00Z',
    ],
    [
      'onFill',
      { onBar: (_bar: Bar, { orders }: StrategyContext): unknown => orders.market('B', 1), onFill: boom },
      ' of B at 2024-01-03T21:00:00Z',
    ],
    [
      'onOrderEvent',
      { onBar: (_bar: Bar, { orders }: StrategyContext): unknown => orders.market('B', 1), onOrderEvent: boom },
      ' of B at 2024-01-02T21:00:00Z',
    ],
  ] as const)('%s', (event, handlers, where) => {
    const error = thrown(handlers as StrategyHandlers)
    expect(error.name).toBe('StrategyError')
    expect(error.message).toBe(`Strategy "scene" threw in ${event}${where}: TypeError: boom`)
    expect(error).toMatchObject({ strategy: 'scene', event, code: 'strategy.threw' })
    expect((error.cause as Error).message).toBe('boom')
  })

  test('create, where there is no time yet', () =>
    expect(thrown(boom).message).toBe('Strategy "scene" threw in create: TypeError: boom'))

  test('in one series, and of the strategy that threw when there are several', () => {
    expect(() => play(data, { onBar: boom })).toThrow(
      'Strategy "scene" threw in onBar of A at 2024-01-02T21:00:00Z: TypeError: boom',
    )
    const strategy = [
      { strategy: strategyOf({ onBar: () => {} }, 'calm') },
      { strategy: strategyOf({ onBar: boom }, 'loud') },
    ]
    expect(() => backtest({ strategy, data })).toThrow('Strategy "loud" threw in onBar of A')
  })

  test('also when it asks for what is not there', () => {
    expect(thrown({ onBar: (_bar, { orders }) => void orders.market('AA', 1) }).message).toContain(
      'There is no instrument "AA" in this run. Did you mean "A"?',
    )
    expect(
      thrown({ onBar: (_bar, { orders }) => void orders.market('A', 1, { tif: 'dya' as never }) }).message,
    ).toContain('Expected a time in force, found "dya". Did you mean "day"?')
    expect(thrown({ onBar: (_bar, { orders }) => orders.cancel(99 as never) }).message).toMatch(
      /Strategy "scene" threw in onBar of A.*Expected the number of an order that this strategy placed, found 99/,
    )
  })

  test('an indicator registered too late is refused by name', () => {
    const late = thrown((setup) => ({ onBar: () => void setup.use(sma(2)) }))
    expect(late.message).toContain('Indicators are registered inside "create" only; sma(2) came later')
  })
})

const numbers = (seed: number): number[][] => {
  const drawn: number[][] = [[], []]
  const draws = (k: number): StrategyHandlers => ({
    onBar: (_bar, { random }) => void drawn[k]!.push(random.next()),
  })
  const strategy = [{ strategy: strategyOf(draws(0), 'a') }, { strategy: strategyOf(draws(1), 'b') }]
  backtest({ strategy, data, seed })
  return drawn
}

describe('handlers', () => {
  class Counter implements StrategyHandlers {
    seen = 0
    readonly #log: string[]
    constructor(log: string[]) {
      this.#log = log
    }
    onBar(bar: Bar): void {
      this.seen++
      this.#log.push(`${this.seen} ${bar.close}`)
    }
    onStop(): void {
      this.#log.push(`${this.seen} in all`)
    }
  }

  test('of a class have their object as "this"', () => {
    const log: string[] = []
    play(data, () => new Counter(log))
    expect(log).toEqual(['1 10', '2 11', '3 12', '4 13', '4 in all'])
  })

  test('of an object literal have it too', () => {
    const log: number[] = []
    const literal = {
      index: 100,
      onBar(): void {
        log.push(this.index++)
      },
    }
    play(data, () => literal)
    expect(log).toEqual([100, 101, 102, 103])
  })

  test('fill and order events come in the order in which things happened', () => {
    const seen: string[] = []
    play(data, {
      onBar(bar, { orders }) {
        if (bar.count === 1) orders.market('A', 5)
      },
      onOrderEvent: (event) => void seen.push(event.kind),
      onFill: (fill, { portfolio }) => void seen.push(`fill of ${fill.quantity}, holds ${portfolio.quantity('A')}`),
    })
    expect(seen).toEqual(['submitting', 'accepted', 'filled', 'fill of 5, holds 5'])
  })

  test('placing orders in any handler takes effect when the handler has returned', () => {
    const seen: string[] = []
    const result = play(data, {
      onBar(bar, { orders }) {
        if (bar.count > 1) return
        const n = orders.market('A', 5)
        seen.push(orders.get(n).state)
        orders.cancel(n)
        seen.push(orders.get(n).state)
      },
    })
    expect(seen).toEqual(['created', 'created'])
    expect([result.fills.length, result.orders[0]!.code]).toEqual([0, 'requested'])
  })

  test('orders of onFill work from the next event on', () => {
    const result = play(data, {
      onBar: (bar, { orders }) => void (bar.count === 1 && orders.market('A', 5)),
      onFill: (fill, { orders }) => void (fill.side === 'buy' && orders.close('A')),
    })
    expect(fillsOf(result)).toEqual(['A 5 @ 11', 'A -5 @ 12'])
  })

  test('the same seed gives the same numbers, and each strategy has its own', () => {
    expect(numbers(5)).toEqual(numbers(5))
    expect(numbers(5)).not.toEqual(numbers(6))
    expect(numbers(5)[0]).not.toEqual(numbers(5)[1])
  })
})

/** The message of the InputError that these options bring about. */
function refused(options: Record<string, unknown>): string {
  try {
    backtest({ strategy: strategyOf({}), data, ...options } as BacktestOptions)
  } catch (error) {
    if (isInputError(error)) return error.message
    throw error
  }
  throw new Error('Expected the options to be refused')
}

describe('wrong input', () => {
  test.each([
    [{ slipage: 1 }, 'There is no option "slipage". Did you mean "slippage"?'],
    [{ account: 'marign' }, 'account: Expected one of margin, cash, found "marign". Did you mean "margin"?'],
    [{ limitFill: 'tuoch' }, 'Did you mean "touch"?'],
    [{ tif: 'gtx' }, 'tif: Expected one of day, gtc, gtd, ioc, fok, opg, found "gtx"'],
    [{ tif: 'gtd' }, 'A default time in force "gtd" has no end time. Give "goodTill" with each order.'],
    [{ cash: 0 }, 'cash: Expected a number above 0, found 0.'],
    [{ cash: Number.NaN }, 'cash: Expected a number above 0, found NaN.'],
    [{ participation: 1.5 }, 'participation: Expected a number above 0 and up to 1, found 1.5.'],
    [{ participation: 0 }, 'participation: Expected a number above 0'],
    [{ leverage: 2, account: 'cash' }, 'A cash account has no leverage, found 2.'],
    [{ params: { fsat: 1 } }, 'fsat'],
    [{ data: [] }, 'Expected at least one series of bars, found none.'],
    [{ strategy: [] }, 'Expected at least one strategy, found none.'],
    [{ strategy: { onBar() {} } }, 'Expected a strategy made by defineStrategy(), found an object with onBar.'],
    [{ strategy: undefined }, 'Expected a strategy made by defineStrategy(), found undefined.'],
    [{ from: '2024-01-05', to: '2024-01-03' }, 'Expected "from" before "to", found 2024-01-05 and 2024-01-03.'],
    [
      { from: '2030-01-01' },
      'A: There is no bar from 2030-01-01 to the end. The data runs from 2024-01-02T14:30:00Z to 2024-01-05T14:30:00Z.',
    ],
    [{ from: '01/05/2024' }, '"from"'],
  ])('%j', (options, message) => expect(refused(options)).toContain(message))

  test('parameters out of range or misspelt are refused with the way out', () => {
    const strategy = defineStrategy({ name: 's', params: { fast: int(10, { min: 2, max: 60 }) }, create: () => ({}) })
    expect(() => backtest({ strategy, data, params: { fast: 1 } })).toThrow(/fast.*(2|60)/)
    expect(() => backtest({ strategy, data, params: { fsat: 5 } })).toThrow('Did you mean "fast"?')
  })

  test('two strategies of one id, and allocations above the whole, are refused', () => {
    const strategy = strategyOf({}, 'twin')
    expect(() => backtest({ strategy: [{ strategy }, { strategy }], data })).toThrow(
      'Two strategies have the id "twin".',
    )
    expect(() => backtest({ strategy: [{ strategy, allocation: 1.2 }], data })).toThrow(
      'add up to 1 at most, found 1.2',
    )
  })

  test('an interval that is not loaded is refused by the indicator that wants it', () =>
    expect(() =>
      play(data, (setup) => {
        setup.use(sma(2), { interval: '5m' })
        return {}
      }),
    ).toThrow('There are no 5m bars in this run. Loaded: 1d.'))
})

test('every option in force stands in the result by name, with whether it is the default', () => {
  const { options } = play(data, {}, { participation: Infinity, seed: 3 })
  expect(options['seed']).toEqual({ value: 3, isDefault: false })
  expect(options['participation']).toEqual({ value: 'off', isDefault: false })
  expect(options['limitFill']).toEqual({ value: 'through', isDefault: true })
  expect(options['exits']).toEqual({ value: 'pessimistic', isDefault: true })
})
