/** The performance metrics by name: their columns in `backtest_results`, how they are shown, and what they mean. */

export type MetricFormat = "percent" | "ratio" | "count" | "bars"

export interface MetricInfo {
  readonly title: string
  readonly format: MetricFormat
  /** 1 = more is better, -1 = less is better, 0 = neither. */
  readonly better: 1 | -1 | 0
  readonly explanation: string
}

const metric = (title: string, format: MetricFormat, better: MetricInfo["better"], explanation: string): MetricInfo => ({
  title,
  format,
  better,
  explanation
})

/** In stored order. A metric that is not defined for a result (no trades, no variation) is NaN. */
export const METRICS = {
  total_return: metric("Total return", "percent", 1, "Final equity over initial equity, minus one, after costs."),
  annual_return: metric(
    "Annual return",
    "percent",
    1,
    "Geometric: the constant yearly growth that gives the same final equity, from the number of bars."
  ),
  cagr: metric("CAGR", "percent", 1, "Compound annual growth rate from calendar days (365.25 a year)."),
  volatility: metric(
    "Volatility",
    "percent",
    -1,
    "Sample standard deviation of log returns per bar, times the square root of bars per year."
  ),
  sharpe: metric("Sharpe", "ratio", 1, "Mean return over the risk-free rate, divided by its standard deviation, annualised."),
  sharpe_error: metric(
    "Sharpe error",
    "ratio",
    -1,
    "Standard error of the annual Sharpe ratio if returns were independent (Lo 2002)."
  ),
  sharpe_error_hac: metric(
    "Sharpe error (HAC)",
    "ratio",
    -1,
    "Standard error of the annual Sharpe ratio that allows for autocorrelation (Lo 2002, Newey-West weights)."
  ),
  sortino: metric(
    "Sortino",
    "ratio",
    1,
    "Mean return divided by the root mean square of negative returns over all bars, annualised."
  ),
  calmar: metric("Calmar", "ratio", 1, "Annual return divided by the deepest drawdown."),
  martin: metric("Martin", "ratio", 1, "Annual return divided by the Ulcer index (as a share)."),
  pain_ratio: metric("Pain ratio", "ratio", 1, "Annual return divided by the mean drawdown."),
  omega: metric("Omega", "ratio", 1, "Sum of gains divided by sum of losses per bar."),
  gain_to_pain: metric("Gain to pain", "ratio", 1, "Sum of returns divided by the sum of negative returns."),
  tail_ratio: metric("Tail ratio", "ratio", 1, "95 % quantile of bar returns over the absolute 5 % quantile."),
  stability: metric("Stability", "ratio", 1, "R squared of log equity on time: 1 is a straight line."),
  skewness: metric("Skewness", "ratio", 1, "Of bar returns (biased g1). Negative: rare large losses."),
  kurtosis: metric("Excess kurtosis", "ratio", -1, "Of bar returns (biased g2), 0 for a normal distribution."),
  var_95: metric("VaR 95 %", "percent", -1, "Loss that one bar in twenty exceeds (historical quantile)."),
  cvar_95: metric("CVaR 95 %", "percent", -1, "Mean loss of the worst one bar in twenty."),
  max_drawdown: metric("Max drawdown", "percent", 1, "Deepest fall of equity from an earlier high."),
  longest_drawdown: metric("Longest drawdown", "bars", -1, "Most bars from a high of equity to the next."),
  under_water: metric("Time under water", "percent", -1, "Share of bars below an earlier high."),
  ulcer: metric("Ulcer index", "ratio", -1, "Root mean square of the drawdown, in percent."),
  recovery_factor: metric("Recovery factor", "ratio", 1, "Total return divided by the deepest drawdown."),
  alpha: metric("Alpha", "percent", 1, "Yearly return over the risk-free rate that the benchmark does not explain (Jensen)."),
  beta: metric("Beta", "ratio", 0, "Sensitivity to the benchmark: covariance over the benchmark's variance."),
  tracking_error: metric("Tracking error", "percent", 0, "Standard deviation of the difference to the benchmark, annualised."),
  information_ratio: metric(
    "Information ratio",
    "ratio",
    1,
    "Mean difference to the benchmark over its standard deviation, annualised."
  ),
  up_capture: metric("Up capture", "percent", 1, "Mean return in the benchmark's rising bars, as a share of the benchmark's."),
  down_capture: metric(
    "Down capture",
    "percent",
    -1,
    "Mean return in the benchmark's falling bars, as a share of the benchmark's."
  ),
  trades: metric("Trades", "count", 0, "Round trips from flat to flat, one still open included."),
  win_rate: metric("Win rate", "percent", 1, "Share of trades that made money after costs."),
  payoff: metric("Payoff", "ratio", 1, "Mean win over mean loss."),
  profit_factor: metric("Profit factor", "ratio", 1, "Sum of wins over sum of losses."),
  expectancy: metric("Expectancy", "percent", 1, "Mean return of a trade on the capital at work, after costs."),
  sqn: metric("SQN", "ratio", 1, "Square root of the number of trades times mean over standard deviation of trade returns."),
  average_bars: metric("Bars per trade", "bars", 0, "Mean number of bars from entry to exit."),
  mae: metric("MAE", "percent", 1, "Mean worst loss while a trade was open, at lows and highs."),
  mfe: metric("MFE", "percent", 1, "Mean best gain while a trade was open, at lows and highs."),
  longest_wins: metric("Longest win run", "count", 1, "Most winning trades in a row."),
  longest_losses: metric("Longest loss run", "count", -1, "Most losing trades in a row."),
  kelly: metric("Kelly", "percent", 1, "Share of capital that maximises growth if trades repeat: W - (1-W)/payoff."),
  exposure: metric("Exposure", "percent", 0, "Share of bars with a position at the close."),
  turnover: metric("Turnover", "ratio", -1, "Traded value over equity, per year."),
  costs: metric("Costs", "percent", -1, "Fees and slippage paid, as a share of the initial equity."),
  mar: metric("MAR", "ratio", 1, "CAGR divided by the deepest drawdown, over the whole life."),
  sterling: metric(
    "Sterling",
    "ratio",
    1,
    "Annual return divided by the mean of each year's deepest drawdown plus 10 % (Kestner 1996)."
  ),
  burke: metric(
    "Burke",
    "ratio",
    1,
    "Annual return over the risk-free rate, divided by the root of the summed squares of all drawdowns (Burke 1994)."
  ),
  average_drawdown: metric("Average drawdown", "percent", 1, "Mean depth of the falls between two highs."),
  cost_share: metric(
    "Cost share",
    "percent",
    -1,
    "Fees and slippage as a share of the gain before them; undefined without such a gain."
  ),
  carry: metric(
    "Financing",
    "percent",
    -1,
    "Interest, borrow and financing paid less received, as a share of the initial equity."
  ),
  total_return_closed: metric(
    "Total return, closed",
    "percent",
    1,
    "Total return if what is open at the end were closed at the last close, with its costs."
  )
} as const satisfies Record<string, MetricInfo>

export type MetricName = keyof typeof METRICS
export type Measures = Record<MetricName, number>
export const metricNames = Object.keys(METRICS) as ReadonlyArray<MetricName>
