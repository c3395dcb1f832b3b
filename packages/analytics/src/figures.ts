/**
 * How a figure's number is to be read: `fraction` (print × 100 with %), `ratio` (plain), `money` (account currency), `count`,
 * `days` (calendar days), `duration` (milliseconds), `time` (epoch milliseconds UTC).
 */
export type FigureUnit = 'fraction' | 'ratio' | 'money' | 'count' | 'days' | 'duration' | 'time'

/** Where a figure stands in a table. */
export type FigureGroup = 'account' | 'risk' | 'trades' | 'benchmark'

/** Name of a figure. */
export type FigureKey =
  | 'start'
  | 'end'
  | 'days'
  | 'sessions'
  | 'initialNav'
  | 'finalNav'
  | 'totalReturn'
  | 'cagr'
  | 'annualReturn'
  | 'bestSession'
  | 'worstSession'
  | 'positiveSessions'
  | 'volatility'
  | 'sharpe'
  | 'sortino'
  | 'calmar'
  | 'omega'
  | 'maxDrawdown'
  | 'maxDrawdownStart'
  | 'maxDrawdownTrough'
  | 'maxDrawdownRecovery'
  | 'longestDrawdownDays'
  | 'averageDrawdown'
  | 'ulcerIndex'
  | 'var95'
  | 'cvar95'
  | 'var99'
  | 'cvar99'
  | 'skewness'
  | 'excessKurtosis'
  | 'trades'
  | 'longTrades'
  | 'shortTrades'
  | 'winRate'
  | 'netProfit'
  | 'grossProfit'
  | 'grossLoss'
  | 'fees'
  | 'profitFactor'
  | 'expectancy'
  | 'expectancyRatio'
  | 'payoffRatio'
  | 'sqn'
  | 'kelly'
  | 'averageWin'
  | 'averageLoss'
  | 'largestWin'
  | 'largestLoss'
  | 'averageReturn'
  | 'bestReturn'
  | 'worstReturn'
  | 'longestWinStreak'
  | 'longestLossStreak'
  | 'averageHolding'
  | 'longestHolding'
  | 'averageBars'
  | 'averageMae'
  | 'averageMfe'
  | 'worstMae'
  | 'bestMfe'
  | 'timeInMarket'
  | 'turnover'
  | 'benchmarkReturn'
  | 'alpha'
  | 'beta'
  | 'correlation'
  | 'trackingError'
  | 'informationRatio'
  | 'treynor'
  | 'upCapture'
  | 'downCapture'

/** What a figure is called and what it means. */
export interface FigureDescription {
  readonly key: FigureKey
  readonly label: string
  readonly unit: FigureUnit
  readonly group: FigureGroup
  /** One line, in the convention `onetape`. */
  readonly definition: string
}

/** Every figure of {@link summarize}, in the order of a table. */
export const FIGURES: readonly FigureDescription[] = [
  row(
    'start',
    'Start',
    'time',
    'account',
    'Close of the session before the first one: where the NAV is the initial cash',
  ),
  row('end', 'End', 'time', 'account', 'Close of the last session'),
  row('days', 'Calendar days', 'days', 'account', 'Calendar days from start to end'),
  row('sessions', 'Sessions', 'count', 'account', 'Sessions with a return'),
  row('initialNav', 'Initial cash', 'money', 'account', 'NAV at the start'),
  row('finalNav', 'Final equity', 'money', 'account', 'NAV at the end, open positions at their mark'),
  row('totalReturn', 'Total return', 'fraction', 'account', 'final / initial − 1'),
  row('cagr', 'CAGR', 'fraction', 'account', '(final / initial)^(365.25 / days) − 1'),
  row('annualReturn', 'Annual return', 'fraction', 'account', 'Π(1 + r)^(periods / N) − 1'),
  row('bestSession', 'Best session', 'fraction', 'account', 'Largest return of a session'),
  row('worstSession', 'Worst session', 'fraction', 'account', 'Smallest return of a session'),
  row(
    'positiveSessions',
    'Positive sessions',
    'fraction',
    'account',
    'Sessions with a return above 0 over all sessions',
  ),

  row('volatility', 'Volatility', 'fraction', 'risk', 'Standard deviation of returns (ddof 1) · √periods'),
  row('sharpe', 'Sharpe ratio', 'ratio', 'risk', 'mean(r − rf) / std(r − rf) · √periods, ddof 1'),
  row('sortino', 'Sortino ratio', 'ratio', 'risk', 'mean(r − rf) · √periods / √(Σ min(r − rf, 0)² / N)'),
  row('calmar', 'Calmar ratio', 'ratio', 'risk', 'CAGR / |max drawdown|'),
  row('omega', 'Omega ratio', 'ratio', 'risk', 'Σ returns above 0 / Σ |returns below 0|'),
  row(
    'maxDrawdown',
    'Max drawdown',
    'fraction',
    'risk',
    'Largest fall below the running peak of the NAV, as a negative fraction of that peak',
  ),
  row('maxDrawdownStart', 'Max drawdown from', 'time', 'risk', 'Where the peak before the max drawdown stood'),
  row('maxDrawdownTrough', 'Max drawdown trough', 'time', 'risk', 'Where the NAV was lowest'),
  row(
    'maxDrawdownRecovery',
    'Max drawdown recovered',
    'time',
    'risk',
    'First close back at the peak; undefined while it is not',
  ),
  row(
    'longestDrawdownDays',
    'Longest drawdown',
    'days',
    'risk',
    'Most calendar days from a peak to the recovery, or to the end',
  ),
  row('averageDrawdown', 'Average drawdown', 'fraction', 'risk', 'Mean depth of all drawdowns'),
  row('ulcerIndex', 'Ulcer index', 'fraction', 'risk', 'Root mean square of the distance below the running peak'),
  row(
    'var95',
    'VaR 95 %',
    'fraction',
    'risk',
    'Return of a session that was exceeded downwards in 5 % of the sessions, historical',
  ),
  row('cvar95', 'CVaR 95 %', 'fraction', 'risk', 'Mean of the worst 5 % of the returns, fractional tail'),
  row(
    'var99',
    'VaR 99 %',
    'fraction',
    'risk',
    'Return of a session that was exceeded downwards in 1 % of the sessions, historical',
  ),
  row('cvar99', 'CVaR 99 %', 'fraction', 'risk', 'Mean of the worst 1 % of the returns, fractional tail'),
  row('skewness', 'Skewness', 'ratio', 'risk', 'Third standardised moment of the returns'),
  row('excessKurtosis', 'Excess kurtosis', 'ratio', 'risk', 'Fourth standardised moment of the returns less 3'),

  row(
    'trades',
    'Closed trades',
    'count',
    'trades',
    'From flat to flat, or through zero, of one instrument and strategy',
  ),
  row('longTrades', 'Long trades', 'count', 'trades', 'Closed trades that were long'),
  row('shortTrades', 'Short trades', 'count', 'trades', 'Closed trades that were short'),
  row('winRate', 'Win rate', 'fraction', 'trades', 'Trades with P&L above 0 over all closed trades'),
  row('netProfit', 'Net profit of trades', 'money', 'trades', 'Σ P&L of closed trades, fees of both sides included'),
  row('grossProfit', 'Gross profit', 'money', 'trades', 'Σ P&L of winning trades'),
  row('grossLoss', 'Gross loss', 'money', 'trades', 'Σ P&L of losing trades'),
  row('fees', 'Fees of trades', 'money', 'trades', 'Fees of both sides of closed trades'),
  row('profitFactor', 'Profit factor', 'ratio', 'trades', 'Gross profit / |gross loss|; undefined with no loss'),
  row('expectancy', 'Expectancy', 'money', 'trades', 'Mean P&L of a trade'),
  row('expectancyRatio', 'Expectancy ratio', 'ratio', 'trades', 'Mean P&L per unit of average loss'),
  row('payoffRatio', 'Payoff ratio', 'ratio', 'trades', 'Average win / |average loss|'),
  row('sqn', 'SQN', 'ratio', 'trades', '√N · mean(P&L) / std(P&L), ddof 1'),
  row('kelly', 'Kelly fraction', 'fraction', 'trades', 'W − (1 − W) / payoff ratio'),
  row('averageWin', 'Average win', 'money', 'trades', 'Mean P&L of winning trades'),
  row('averageLoss', 'Average loss', 'money', 'trades', 'Mean P&L of losing trades'),
  row('largestWin', 'Largest win', 'money', 'trades', 'Largest P&L above 0'),
  row('largestLoss', 'Largest loss', 'money', 'trades', 'Smallest P&L below 0'),
  row('averageReturn', 'Average trade', 'fraction', 'trades', 'Mean of P&L / value at entry'),
  row('bestReturn', 'Best trade', 'fraction', 'trades', 'Largest P&L / value at entry'),
  row('worstReturn', 'Worst trade', 'fraction', 'trades', 'Smallest P&L / value at entry'),
  row('longestWinStreak', 'Longest winning streak', 'count', 'trades', 'Most winning trades in a row'),
  row('longestLossStreak', 'Longest losing streak', 'count', 'trades', 'Most losing trades in a row'),
  row('averageHolding', 'Average holding time', 'duration', 'trades', 'Mean time from entry to exit'),
  row('longestHolding', 'Longest holding time', 'duration', 'trades', 'Longest time from entry to exit'),
  row('averageBars', 'Average bars held', 'count', 'trades', 'Mean bars from entry to exit'),
  row('averageMae', 'Average MAE', 'money', 'trades', 'Mean of the worst open P&L of a trade'),
  row('averageMfe', 'Average MFE', 'money', 'trades', 'Mean of the best open P&L of a trade'),
  row('worstMae', 'Worst MAE', 'money', 'trades', 'Worst open P&L of any trade'),
  row('bestMfe', 'Best MFE', 'money', 'trades', 'Best open P&L of any trade'),
  row(
    'timeInMarket',
    'Time in market',
    'fraction',
    'trades',
    'Calendar time with a position, nights and weekends included, over the whole',
  ),
  row('turnover', 'Turnover', 'ratio', 'trades', 'Half the value traded over the mean NAV, per year'),

  row('benchmarkReturn', 'Benchmark return', 'fraction', 'benchmark', 'Total return of the benchmark'),
  row('alpha', 'Alpha', 'fraction', 'benchmark', '(1 + (mean r − rf) − β (mean b − rf))^periods − 1'),
  row('beta', 'Beta', 'ratio', 'benchmark', 'cov(r, b) / var(b)'),
  row('correlation', 'Correlation', 'ratio', 'benchmark', "Pearson's correlation of returns with the benchmark's"),
  row('trackingError', 'Tracking error', 'fraction', 'benchmark', 'std(r − b) · √periods, ddof 1'),
  row('informationRatio', 'Information ratio', 'ratio', 'benchmark', 'mean(r − b) / std(r − b) · √periods'),
  row('treynor', 'Treynor ratio', 'ratio', 'benchmark', '(annual return − annual rf) / β'),
  row(
    'upCapture',
    'Up capture',
    'ratio',
    'benchmark',
    "Geometric mean return where the benchmark rose, over the benchmark's",
  ),
  row(
    'downCapture',
    'Down capture',
    'ratio',
    'benchmark',
    "Geometric mean return where the benchmark fell, over the benchmark's",
  ),
]

/** Every figure of a run by its key; NaN where undefined. */
export type Figures = Readonly<Record<FigureKey, number>>

function row(
  key: FigureKey,
  label: string,
  unit: FigureUnit,
  group: FigureGroup,
  definition: string,
): FigureDescription {
  return { key, label, unit, group, definition }
}
