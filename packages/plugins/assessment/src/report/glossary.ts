/** What the words and numbers of a report mean, with their sources. */
import { METRICS } from "../performance/metrics.ts"
import { scoreWeights as W } from "../ranking/score.ts"
import { escapeHtml } from "./escape.ts"

export const glossary = (): string => {
  const n = (x: number): string => String(Number(x.toFixed(2)))
  const own: ReadonlyArray<readonly [string, string]> = [
    [
      "Score",
      `${W.history} z(objective on the history) + ${n(1 - W.history)} z(its median over scenarios, paths and symbols) + ${W.tail} min(0, z(its 10 % quantile)) + ${W.drawdown} min(0, z(drawdown)) \u2212 ${W.dsr} (1 \u2212 DSR) \u2212 ${W.pbo} PBO. z compares with all trials: the distance from their median, in standard deviations, at most 3. Mild tails and shallow drawdowns earn nothing, because whoever does not trade has both.`
    ],
    [
      "Hedged returns",
      "Returns minus beta times the returns of holding all symbols: what a strategy adds to the market. PSR and DSR are of these, except for the benchmark itself."
    ],
    [
      "PSR",
      "Probabilistic Sharpe ratio: probability that the true Sharpe ratio is above 0, given length, skewness and kurtosis (Bailey & L\u00f3pez de Prado 2012)."
    ],
    ["DSR", "Deflated Sharpe ratio: the same against the luckiest of all trials (2014)."],
    [
      "PBO",
      "Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, L\u00f3pez de Prado & Zhu 2015)."
    ],
    [
      "Verdict",
      "Robust: DSR of at least 0.95, PBO of at most 0.5 and a positive median over scenarios. Overfit: it would pass alone (PSR of 0.95) but DSR is below 0.5 or PBO above 0.5. Insufficient data: fewer than 126 bars or 10 trades, or in the market on less than 2 % of the bars. Fragile: everything else."
    ]
  ]
  const metrics = Object.values(METRICS).map((m) => [m.title, m.explanation] as const)
  return `<section><details id="glossary"><summary>Glossary</summary><dl>${[...own, ...metrics].map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join("")}</dl></details></section>`
}
