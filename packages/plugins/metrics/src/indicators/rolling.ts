/** The statistics of trading.md 3.2 over the last bars, one value a bar. Each is the full-sample function on a window, so the two cannot differ. */
import { permutationEntropy } from "../statistics/complexity.ts"
import { deepest } from "../statistics/drawdown.ts"
import { amihud, corwinSchultz, rollSpread } from "../statistics/liquidity.ts"
import { logReturns, simpleReturns } from "../statistics/returns.ts"
import { historicalVar, shapeOf, sharpe } from "../statistics/risk.ts"
import { autocorrelation, hurstOfDifferences, meanReversion, varianceRatio } from "../statistics/serial.ts"
import { adf } from "../statistics/stationarity.ts"
import type { IndicatorDef, SeriesColumns } from "../types.ts"
import { bars, type Column, type Given, indicator } from "./define.ts"

const close = ["close"] as const
/** Bars a year, as a parameter. */
const yearly = [252, 1, 1_000_000] as const

/** Fills `out[i]` with the answer for `x[i - n + 1 .. i]`, which is handed over in one buffer for all; NaN before `from + n - 1`. */
const overWindows = (
  x: Float64Array,
  n: number,
  out: Float64Array,
  { from, answer }: { readonly from: number; readonly answer: (window: Float64Array) => number }
): void => {
  const window = new Float64Array(n)
  out.fill(NaN, 0, Math.min(out.length, from + n - 1))
  for (let i = from + n - 1; i < x.length; i++) {
    const start = i - n + 1
    for (let k = 0; k < n; k++) window[k] = x[start + k]!
    out[i] = answer(window)
  }
}
/** Returns, one for each bar; the first is not defined and never read. */
const alignedReturns = ({ close, shared }: Given, kind: "simple" | "log"): Float64Array =>
  shared.column(`${kind} returns`, [close], [], (out) => {
    out.fill(0, 0, 1)
    if (close.length > 1) out.set(kind === "log" ? logReturns(close) : simpleReturns(close), 1)
  })
interface OfReturns {
  readonly summary: string
  readonly kind: "simple" | "log"
  readonly n: readonly [value: number, least: number]
  /** One further parameter: name, and default, least and most. */
  readonly more?: readonly [name: string, range: readonly [number, number, number]]
  /** An answer of NaN (nothing varies in the window) becomes this. */
  readonly still?: number
  readonly answer: (window: Float64Array, more: number) => number
}
/** One answer a bar from the last n returns. */
const ofReturns = (name: string, entry: OfReturns): IndicatorDef =>
  indicator(name, {
    summary: entry.summary,
    inputs: close,
    parameters: { n: bars(...entry.n), ...(entry.more === undefined ? {} : { [entry.more[0]]: entry.more[1] }) },
    lookback: (n) => n,
    batch: (c, [out], n, more) => {
      const r = alignedReturns(c, entry.kind)
      const answer = (window: Float64Array): number => {
        const value = entry.answer(window, more)
        return Number.isFinite(value) ? value : (entry.still ?? NaN)
      }
      overWindows(r, n, out, { from: 1, answer })
    }
  })
/** One answer a bar from the last n log closes. */
const ofLevels = (
  name: string,
  summary: string,
  n: readonly [number, number],
  answer: (window: Float64Array) => number
): IndicatorDef =>
  indicator(name, {
    summary,
    inputs: close,
    parameters: { n: bars(...n) },
    lookback: (length) => length - 1,
    batch: (c, [out], length) => {
      const level = c.shared.column("log", [c.close], [], (made) => {
        for (let i = 0; i < made.length; i++) made[i] = Math.log(c.close[i]!)
      })
      overWindows(level, length, out, { from: 0, answer })
    }
  })
/** One answer a bar from columns of the last n + 1 bars. */
const ofBars = (
  name: string,
  summary: string,
  inputs: ReadonlyArray<Column>,
  answer: (column: (name: Exclude<keyof SeriesColumns, "date">) => Float64Array) => number
): IndicatorDef =>
  indicator(name, {
    summary,
    inputs,
    parameters: { n: bars(63, 5) },
    lookback: (n) => n,
    batch: (c, [out], n) => {
      out.fill(NaN, 0, Math.min(out.length, n))
      for (let i = n; i < out.length; i++) {
        const value = answer((column) => c[column].subarray(i - n, i + 1))
        out[i] = Number.isNaN(value) ? 0 : value
      }
    }
  })

const shapes = [
  ofReturns("skew", {
    summary: "Skewness of the last n log returns, corrected; 0 when nothing varies",
    kind: "log",
    n: [63, 3],
    still: 0,
    answer: (r) => shapeOf(r).G1
  }),
  ofReturns("kurt", {
    summary: "Excess kurtosis of the last n log returns, corrected; 0 when nothing varies",
    kind: "log",
    n: [63, 4],
    still: 0,
    answer: (r) => shapeOf(r).G2
  }),
  ofReturns("rolling_sharpe", {
    summary: "Annual Sharpe ratio of the last n returns; 0 when nothing varies",
    kind: "simple",
    n: [126, 2],
    more: ["annual", yearly],
    still: 0,
    answer: (r, annual) => sharpe(r, annual)
  }),
  ofReturns("rolling_drawdown", {
    summary: "Deepest fall within the last n returns, at most 0",
    kind: "simple",
    n: [252, 1],
    answer: deepest
  }),
  indicator("tail_loss", {
    summary: "Historical value at risk of the last n returns, and the mean loss beyond it; losses are positive",
    inputs: close,
    parameters: { n: bars(252, 20), confidence: [0.95, 0.5, 0.999] },
    outputs: ["var", "cvar"],
    lookback: (n) => n,
    batch: (c, [out, beyond], n, confidence) => {
      const r = alignedReturns(c, "simple")
      out.fill(NaN)
      beyond.fill(NaN)
      for (let i = n; i < r.length; i++) {
        const loss = historicalVar(r.subarray(i - n + 1, i + 1), confidence)
        out[i] = loss.var
        beyond[i] = loss.cvar
      }
    }
  })
]
const memory = [
  ofReturns("rolling_acf", {
    summary: "Autocorrelation of the last n log returns; 0 when nothing varies",
    kind: "log",
    n: [63, 5],
    more: ["lag", [1, 1, 250]],
    still: 0,
    answer: (r, lag) => autocorrelation(r, lag)[lag - 1]!
  }),
  ofReturns("variance_ratio", {
    summary: "Variance ratio of q-bar returns (Lo and MacKinlay) over the last n; 1 when nothing varies",
    kind: "log",
    n: [126, 20],
    more: ["q", [5, 2, 100]],
    still: 1,
    answer: (r, q) => varianceRatio(r, q).ratio
  }),
  ofReturns("perm_entropy", {
    summary: "Permutation entropy of order 3 of the last n log returns, 1 for chance",
    kind: "log",
    n: [63, 10],
    answer: permutationEntropy
  }),
  ofLevels(
    "hurst",
    "Hurst exponent of the last n log closes by the spread of differences; .5 when nothing varies",
    [252, 60],
    (x) => {
      const h = hurstOfDifferences(x)
      return Number.isFinite(h) ? h : 0.5
    }
  ),
  ofLevels("mean_reversion", "Share of a deviation that the next bar takes back, of the last n log closes", [63, 10], (x) => {
    const b = meanReversion(x)
    return Number.isNaN(b) ? 0 : b
  }),
  ofLevels("rolling_adf", "Dickey-Fuller t value of the last n log closes, one lag; 0 when nothing varies", [252, 20], (x) => {
    const { statistic } = adf(x, { lags: 1 })
    return Number.isNaN(statistic) ? 0 : statistic
  })
]
const liquidity = [
  ofBars(
    "amihud",
    "Mean absolute return per million of money traded over n bars; 0 without trade",
    ["close", "volume"],
    (column) => amihud(column("close"), column("volume"))
  ),
  ofBars("roll_spread", "Roll's spread of the last n bars, a share of the price; 0 without bounce", close, (column) =>
    rollSpread(column("close"))
  ),
  ofBars(
    "corwin_schultz",
    "Corwin and Schultz's spread of the last n bars, a share of the price",
    ["high", "low", "close"],
    (column) => corwinSchultz(column("high"), column("low"), column("close"))
  )
]
export const rolling: ReadonlyArray<IndicatorDef> = [...shapes, ...memory, ...liquidity]
