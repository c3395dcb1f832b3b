import { describe, expect, test } from 'vitest'
import {
  alpha,
  annualReturn,
  beta,
  calmarRatio,
  captureRatio,
  conditionalValueAtRisk,
  datedDrawdowns,
  downsideDeviation,
  excessReturns,
  expectancy,
  expectancyRatio,
  informationRatio,
  longestDrawdown,
  maxDrawdown,
  mean,
  navFromReturns,
  omegaRatio,
  profitDrawdown,
  quantile,
  returnsFromNav,
  sharpeRatio,
  sortinoRatio,
  standardDeviation,
  totalReturn,
  trackingError,
  tradeStatistics,
  type TradeRecord,
  treynorRatio,
  valueAtRisk,
  variance,
  volatility,
  winRate,
} from '../src/index.ts'

// Every value here was published by another project, in its own tests. The name of the test says which one.

const at = (minutes: number): number => Date.UTC(2015, 7, 6, 15, 30) + minutes * 60_000
const perPeriod = (rate: number, count: number): Float64Array => new Float64Array(count).fill(rate)
const drawdownOf = (returns: readonly number[]): number => maxDrawdown(navFromReturns(returns))

const trade = (entry: number, exit: number, pnl: number, mae: number, mfe: number): TradeRecord => ({
  symbol: 'EURUSD',
  strategy: 's',
  side: pnl > 0 ? 'long' : 'short',
  entryTime: at(entry),
  exitTime: at(exit),
  quantity: 1000,
  entryPrice: 1.07,
  exitPrice: 1.09,
  pnl,
  fees: 2,
  mae,
  mfe,
})

describe('nautilus_trader, crates/analysis/src/statistics', () => {
  const convention = 'nautilus'
  const first = [0.02, -0.01, 0.03, 0.005]
  const market = [0.01, 0, 0.015, 0.01]

  test('Sharpe ratio over 252 periods', () =>
    expect(sharpeRatio([0.01, -0.02, 0.015, -0.005, 0.025], { convention })).toBeCloseTo(4.48998886412873, 12))
  test('Sortino ratio over 252 periods', () =>
    expect(sortinoRatio([-0.01, 0.02, -0.015, 0.005, -0.02], { convention })).toBeCloseTo(-5.273224492824493, 12))
  test('mean over standard deviation', () => {
    const returns = [0.1, -0.05, 0.2, -0.1, 0.15]
    expect(mean(returns) / standardDeviation(returns)).toBeCloseTo(0.46360044557175345, 14)
  })
  test.each([
    [[0.1, -0.1], -0.1],
    [[0.1, -0.1, 0.5, -0.2, 0.1], -0.2],
    [[-0.4, -0.1], -0.46],
  ])('max drawdown of %j is %d', (returns, expected) => expect(drawdownOf(returns)).toBeCloseTo(expected, 14))
  test('win rate', () => expect(winRate([100, -50, 200, -100])).toBe(0.5))
  test('expectancy', () => expect(expectancy([10, -5, 15, -10])).toBe(2.5))
  test('beta', () => expect(beta(first, market, { convention })).toBeCloseTo(2.5789473684210527, 12))
  test('alpha with 0.001 a period risk-free, 4 periods a year', () =>
    expect(alpha(first, market, { convention, periodsPerYear: 4, riskFree: 0.004 })).toBeCloseTo(
      -0.0383822153156389,
      12,
    ))
  test('information ratio and tracking error over 252 periods', () => {
    const returns = [0.03, -0.01, 0.02, 0.04]
    const benchmark = [0.01, 0.005, 0.005, 0.01]
    expect(informationRatio(returns, benchmark, { convention })).toBeCloseTo(10.246950765959598, 11)
    expect(trackingError(returns, benchmark, { convention })).toBeCloseTo(0.30740852297878796, 13)
  })
  test('information ratio of three periods', () =>
    expect(informationRatio([0.03, -0.01, 0.02], [0.005, 0.01, 0.015], { convention })).toBeCloseTo(
      2.3469547761538725,
      12,
    ))
  test('Treynor ratio with 0.0001 a period risk-free', () =>
    expect(treynorRatio(first, market, { convention, riskFree: 0.0252 })).toBeCloseTo(5.920539327065061, 10))
  test('the same risk-free rate given period by period', () => {
    expect(treynorRatio(first, market, { convention, riskFree: new Float64Array(4).fill(0.0001) })).toBeCloseTo(
      5.920539327065061,
      10,
    )
    expect(alpha(first, market, { convention, periodsPerYear: 4, riskFree: [0.001, 0.001, 0.001, 0.001] })).toBeCloseTo(
      -0.0383822153156389,
      12,
    )
  })

  const tail = [0.02, -0.05, 0.01, -0.08, 0.03, -0.02, 0.04, -0.1, 0.015, -0.03]
  test.each([
    [0.95, -0.091, -0.1],
    [0.6, -0.024, -0.065],
  ])('value at risk and expected shortfall at %d', (confidence, value, shortfall) => {
    expect(valueAtRisk(tail, { confidence, convention })).toBeCloseTo(value, 12)
    expect(conditionalValueAtRisk(tail, { confidence, convention })).toBeCloseTo(shortfall, 12)
  })
  test('up capture, annualised', () => {
    const strategy = [0.02, -0.04, 0.03, 0.05]
    const up = captureRatio('up', strategy, [0.01, -0.02, 0.015, 0.025], { convention, periodsPerYear: 4 })
    expect(up).toBeCloseTo(2.0479685277516944, 12)
    const daily = captureRatio('up', [0.02, -0.04, 0.03, -0.01, 0.05], [0.01, -0.02, 0.015, -0.005, 0.025], {
      convention,
    })
    expect(daily).toBeCloseTo(60.31258720129805, 9)
    const none = captureRatio('up', strategy, [-0.01, -0.02, -0.015, -0.005], { convention })
    expect(none).toBeNaN()
  })
})

describe('Lean, Tests/Common/Statistics', () => {
  const convention = 'lean'
  const returns = [-0.009025132, 0.003653969, 0, 0]

  test('annual variance and standard deviation', () => {
    expect(variance(returns) * 252).toBeCloseTo(0.00735774052248839, 15)
    expect(volatility(returns, { convention })).toBeCloseTo(0.0857772727620108, 14)
  })
  test('Sharpe ratio', () => expect(sharpeRatio(returns, { convention })).toBeCloseTo(-3.3486737318423, 11))
  test('annual performance of 176 × 0.5 and 176 × 1.5 over 4 periods', () => {
    const performance = [...Array<number>(176).fill(0.5), ...Array<number>(176).fill(1.5)]
    expect(annualReturn(performance, { convention, periodsPerYear: 4 })).toBeCloseTo(15, 12)
  })
  test('drawdown recovery in days', () => {
    const nav = [100, 90, 100, 90, 80, 100]
    expect(longestDrawdown(nav)).toBe(3)
    const days = nav.map((_, i) => i * 86_400_000)
    expect(datedDrawdowns(days, nav)[0]).toMatchObject({ days: 3, start: 2 * 86_400_000, recovery: 5 * 86_400_000 })
  })

  // TradeStatisticsTests.cs; Lean answers 0 or 10 where a figure is undefined, we answer NaN
  test('three winners', () => {
    const found = tradeStatistics([trade(0, 20, 20, -5, 30), trade(10, 40, 20, -30, 40), trade(30, 40, 10, -15, 30)])
    expect(found).toMatchObject({
      trades: 3,
      wins: 3,
      losses: 0,
      netProfit: 50,
      grossProfit: 50,
      largestWin: 20,
      fees: 6,
    })
    expect(found).toMatchObject({ winRate: 1, longestWinStreak: 3, longestLossStreak: 0, worstMae: -30, bestMfe: 40 })
    expect(found.averageHolding).toBe(20 * 60_000)
    expect(found.averageMae).toBeCloseTo(-16.666666666666668, 12)
    expect(found.averageMfe).toBeCloseTo(33.333333333333336, 12)
    expect(found.pnlDeviation).toBeCloseTo(5.77350269189626, 12)
    expect(found.expectancy / found.pnlDeviation).toBeCloseTo(2.8867513459481277, 12)
    expect(found.profitFactor).toBeNaN()
    expect(found.averageLoss).toBeNaN()
  })
  test('three losers', () => {
    const found = tradeStatistics([trade(0, 20, -20, -30, 5), trade(10, 40, -20, -40, 30), trade(30, 40, -10, -30, 15)])
    expect(found).toMatchObject({ wins: 0, losses: 3, netProfit: -50, grossLoss: -50, largestLoss: -20, winRate: 0 })
    expect(found).toMatchObject({ longestLossStreak: 3, worstMae: -40, bestMfe: 30, profitFactor: 0, shortTrades: 3 })
    expect(found.expectancy / found.pnlDeviation).toBeCloseTo(-2.8867513459481277, 12)
  })
  test('two losers, one winner', () => {
    const found = tradeStatistics([trade(0, 20, -20, -30, 5), trade(10, 20, -20, -40, 30), trade(30, 40, 10, -15, 30)])
    expect(found).toMatchObject({ netProfit: -30, profitFactor: 0.25, payoffRatio: 0.5, worstMae: -40, bestMfe: 30 })
    expect(found).toMatchObject({ longestWinStreak: 1, longestLossStreak: 2 })
    expect(found.averageHolding).toBe(800_000)
    expect(found.averageWinHolding).toBe(600_000)
    expect(found.averageLossHolding).toBe(900_000)
    expect(found.averageMae).toBeCloseTo(-28.333333333333332, 12)
    expect(found.averageMfe).toBeCloseTo(21.666666666666668, 12)
    expect(found.pnlDeviation).toBeCloseTo(17.3205080756888, 12)
    expect(found.expectancy / found.pnlDeviation).toBeCloseTo(-0.5773502691896249, 12)
  })
})

describe('empyrical, empyrical/tests/test_stats.py', () => {
  const convention = 'empyrical'
  // `mixed` begins with a missing value there, which empyrical drops, though its annual return counts that day: hence `weekly`,
  // the same with a first return of 0. Here an undefined return is never dropped.
  const mixed = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1]
  const negative = [0, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05]
  const positive = [0.01, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]
  const weekly = [0, ...mixed]
  const benchmark = [0.01, 0, 0.01, 0, 0.01, 0, 0.01, 0]
  const one = [-0.00171614, 0.01322056, 0.03063862, -0.01422057, -0.00489779, 0.01268925, -0.03357711, 0.01797036]
  const two = [0.01846232, 0.00793951, -0.01448395, 0.00422537, -0.00339611, 0.03756813, 0.0151531, 0.03549769]

  test('arithmetic Sharpe ratio of the series in Lean', () =>
    expect(sharpeRatio([-0.009025132, 0.003653969, 0, 0], { convention })).toBeCloseTo(-3.9449, 4))
  test('cumulative return', () => {
    expect(totalReturn(mixed)).toBeCloseTo(0.038931091700480147, 12)
    expect(totalReturn(negative)).toBeCloseTo(-0.3659, 4)
    expect(totalReturn([])).toBeNaN()
  })
  test('max drawdown', () => {
    expect(drawdownOf(mixed)).toBeCloseTo(-0.1, 8)
    expect(drawdownOf(positive)).toBe(0)
    expect(drawdownOf(negative)).toBeCloseTo(-0.36590730349873601, 12)
    expect(drawdownOf([0.1, -0.1, 0.1])).toBeCloseTo(-0.1, 12)
  })
  test('annual return', () => {
    expect(annualReturn(weekly, { convention })).toBeCloseTo(1.9135925373194231, 10)
    expect(annualReturn(weekly, { convention, periodsPerYear: 52 })).toBeCloseTo(0.24690830513998208, 12)
    expect(annualReturn(weekly, { convention, periodsPerYear: 12 })).toBeCloseTo(0.052242061386048144, 12)
    expect(annualReturn([0.01], { convention })).toBeCloseTo(11.274002099240244, 8)
    expect(annualReturn([0.03, 0.03, 0.03], { convention, periodsPerYear: 1 })).toBeCloseTo(0.03, 12)
  })
  test('annual volatility', () => {
    expect(volatility(mixed, { convention })).toBeCloseTo(0.9136465399704637, 12)
    expect(volatility(weekly, { convention, periodsPerYear: 52 })).toBeCloseTo(0.38851569394870583, 12)
    expect(volatility(weekly, { convention, periodsPerYear: 12 })).toBeCloseTo(0.18663690238892558, 12)
    expect(volatility(perPeriod(0.01, 1000), { convention })).toBe(0)
  })
  test('Calmar ratio', () => {
    expect(calmarRatio(annualReturn(weekly), drawdownOf(weekly))).toBeCloseTo(19.135925373194233, 8)
    expect(calmarRatio(annualReturn([0.01]), drawdownOf([0.01]))).toBeNaN()
  })
  test('Omega ratio', () => {
    expect(omegaRatio(excessReturns(mixed, perPeriod(0.01, 8), 252))).toBeCloseTo(0.8125, 12)
    expect(omegaRatio(positive, 0.01)).toBeNaN()
    expect(omegaRatio(positive, 0.011)).toBeCloseTo(1.125, 10)
    expect(omegaRatio(positive, 0.02)).toBe(0)
  })
  test('Sharpe ratio', () => {
    expect(sharpeRatio(mixed, { convention })).toBeCloseTo(1.7238613961706866, 12)
    expect(sharpeRatio(mixed, { convention, riskFree: benchmark })).toBeCloseTo(0.34111411441060574, 12)
    expect(sharpeRatio(positive, { convention })).toBeCloseTo(52.915026221291804, 8)
    expect(sharpeRatio(negative, { convention })).toBeCloseTo(-24.406808633910085, 10)
    expect(sharpeRatio([0.01], { convention })).toBeNaN()
    expect(sharpeRatio(mixed, { convention, riskFree: mixed })).toBeNaN()
  })
  test('downside risk', () => {
    expect(downsideDeviation(mixed, { convention })).toBeCloseTo(0.60448325038829653, 12)
    expect(downsideDeviation(mixed, { convention, riskFree: perPeriod(0.1, 8) })).toBeCloseTo(1.7161730681956295, 12)
    expect(downsideDeviation(weekly, { convention, periodsPerYear: 52 })).toBeCloseTo(0.25888650451930134, 12)
    expect(downsideDeviation(weekly, { convention, periodsPerYear: 12, riskFree: perPeriod(0.1, 9) })).toBeCloseTo(
      0.37148351242013422,
      12,
    )
    expect(downsideDeviation(one, { convention })).toBeCloseTo(0.20671788246185202, 12)
    expect(downsideDeviation(two, { convention })).toBeCloseTo(0.083495680595704475, 12)
  })
  test('Sortino ratio', () => {
    expect(sortinoRatio(mixed, { convention })).toBeCloseTo(2.605531251673693, 12)
    expect(sortinoRatio(mixed, { convention, riskFree: perPeriod(0.01, 8) })).toBeCloseTo(-1.3934779588919977, 12)
    expect(sortinoRatio(negative, { convention })).toBeCloseTo(-13.532743075043401, 11)
    expect(sortinoRatio(weekly, { convention, periodsPerYear: 52 })).toBeCloseTo(1.1158901056866439, 12)
    expect(sortinoRatio(weekly, { convention, periodsPerYear: 12 })).toBeCloseTo(0.53605626741889756, 12)
    expect(sortinoRatio(one, { convention })).toBeCloseTo(3.0639640966566306, 11)
    expect(sortinoRatio(two, { convention })).toBeCloseTo(38.090963117002495, 10)
    expect(sortinoRatio(positive, { convention })).toBeNaN() // empyrical says infinite
  })
  test('information ratio per period', () => {
    expect(informationRatio(mixed, perPeriod(0, 8), { convention })).toBeCloseTo(0.10859306069076737, 12)
    expect(informationRatio(mixed, perPeriod(0.01, 8), { convention })).toBeCloseTo(-0.06515583641446039, 12)
    expect(informationRatio(mixed, mixed, { convention })).toBeNaN()
  })
  test('alpha and beta', () => {
    expect(beta(mixed, negative.slice(1), { convention })).toBeCloseTo(-0.71296296296296313, 12)
    // empyrical 0.3 annualised alpha by × 252, later versions compound it: both from the same alpha per period
    const perDay = -8.306666666666668 / 252
    expect(alpha(mixed, negative.slice(1), { convention })).toBeCloseTo((1 + perDay) ** 252 - 1, 12)
    expect(alpha(mixed, mixed, { convention })).toBeCloseTo(0, 12)
    expect(beta(mixed, mixed, { convention })).toBeCloseTo(1, 12)
    expect(
      beta(
        mixed,
        mixed.map((r) => -r),
        { convention },
      ),
    ).toBeCloseTo(-1, 12)
    expect(beta(mixed, perPeriod(0.01, 8), { convention })).toBeNaN()
  })
  test('value at risk by linear interpolation', () => {
    const returns = [1, 81, 82, 83, 84, 85]
    expect(quantile([1, 2], 0.3)).toBeCloseTo(1.3, 12)
    expect(valueAtRisk(returns, { convention, confidence: 0.9 })).toBeCloseTo(41, 10)
    expect(valueAtRisk(returns, { convention, confidence: 0.8 })).toBeCloseTo(81, 10)
    expect(valueAtRisk(returns, { convention, confidence: 0.7 })).toBeCloseTo(81.5, 10)
    expect(conditionalValueAtRisk(returns, { convention, confidence: 0.7 })).toBeCloseTo(41, 10) // mean of 1 and 81
  })
})

describe('freqtrade, tests/data/test_btanalysis.py', () => {
  test('expectancy and its ratio', () => {
    const profits = [100, 200, 50, -150, 300, -100, 80, -30]
    expect(expectancy(profits)).toBe(56.25)
    expect(expectancyRatio(profits)).toBeCloseTo(0.60267857, 8)
  })
  test('max drawdown over trades, start 1000', () => {
    const profits = [0, -500, 500, 10_000, -1000]
    const largest = profitDrawdown(profits, 1000)
    expect(largest.absolute).toBe(1000)
    expect(largest.relative).toBeCloseTo(0.090909, 6)
    expect(profitDrawdown(profits, 1000, 'relative').relative).toBe(0.5)
  })
})

test('returns of a NAV series and back', () => {
  const nav = [100, 110, 99, 99]
  expect(Array.from(returnsFromNav(nav), (r) => Math.round(r * 1e12) / 1e12)).toEqual([0.1, -0.1, 0])
})
