/**
 * Stylised facts of generated returns against history (Cont 2001; trading.md 2.4). A fact compares a number of the scenario with the same number of
 * history; `pass` when it is inside a band, else `warn`. What a model cannot have by construction (a Gaussian has no fat tails) is stated, not hidden.
 */
import { logReturns } from "./history.ts"

export interface Fact {
  readonly fact: string
  readonly generated: number
  readonly history: number
  /** Where `generated` should be: `[low, high]`. */
  readonly band: readonly [number, number]
  readonly status: "pass" | "warn"
}
export interface FactReport {
  readonly scenario: string
  readonly status: "pass" | "warn"
  readonly facts: ReadonlyArray<Fact>
}
const mean = (x: ReadonlyArray<number> | Float64Array): number => {
  let sum = 0
  for (const v of x) sum += v
  return sum / x.length
}
const moment = (x: Float64Array, k: number): number => {
  const m = mean(x)
  let sum = 0
  for (const v of x) sum += (v - m) ** k
  return sum / x.length
}
const deviation = (x: Float64Array): number => Math.sqrt((moment(x, 2) * x.length) / (x.length - 1))
const excessKurtosis = (x: Float64Array): number => moment(x, 4) / moment(x, 2) ** 2 - 3
/** Correlation of `y[t + lag]` with `x[t]`. */
const lagged = (x: Float64Array, y: Float64Array, lag: number): number => {
  const a = x.subarray(0, x.length - lag)
  const b = y.subarray(lag)
  const [ma, mb] = [mean(a), mean(b)]
  let [xy, xx, yy] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    xy += (a[i]! - ma) * (b[i]! - mb)
    xx += (a[i]! - ma) ** 2
    yy += (b[i]! - mb) ** 2
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0
}
const tailIndex = (x: Float64Array): number => {
  const sized = x.map(Math.abs).sort().reverse()
  const k = Math.max(2, Math.floor(x.length * 0.05))
  let sum = 0
  for (let i = 0; i < k; i++) sum += Math.log(sized[i]! / sized[k]!)
  return k / sum
}
/** Largest distance of two empirical distribution functions (Kolmogorov and Smirnov). */
export const kolmogorovSmirnov = (a: Float64Array, b: Float64Array): number => {
  const x = a.toSorted()
  const y = b.toSorted()
  let [i, j, worst] = [0, 0, 0]
  while (i < x.length && j < y.length) {
    const v = Math.min(x[i]!, y[j]!)
    while (i < x.length && x[i]! <= v) i++
    while (j < y.length && y[j]! <= v) j++
    worst = Math.max(worst, Math.abs(i / x.length - j / y.length))
  }
  return worst
}
interface Numbers {
  readonly mean: number
  readonly volatility: number
  readonly kurtosis: number
  readonly tail: number
  readonly memory: number
  readonly clustering: number
  readonly leverage: number
}
/** Numbers of one return series, those that need lags as means over lags 1 to 5. */
const numbersOf = (r: Float64Array): Numbers => {
  const size = r.map(Math.abs)
  const square = r.map((v) => v * v)
  const lags = [1, 2, 3, 4, 5]
  return {
    mean: mean(r),
    volatility: deviation(r),
    kurtosis: excessKurtosis(r),
    tail: tailIndex(r),
    memory: mean(lags.map((k) => lagged(r, r, k))),
    clustering: mean(lags.map((k) => lagged(size, size, k))),
    leverage: mean(lags.map((k) => lagged(r, square, k)))
  }
}
const average = (all: ReadonlyArray<Numbers>): Numbers => {
  const of = (pick: (n: Numbers) => number) => mean(all.map(pick).filter(Number.isFinite))
  return {
    mean: of((n) => n.mean),
    volatility: of((n) => n.volatility),
    kurtosis: of((n) => n.kurtosis),
    tail: of((n) => n.tail),
    memory: of((n) => n.memory),
    clustering: of((n) => n.clustering),
    leverage: of((n) => n.leverage)
  }
}
/** Mean absolute difference of the pairwise correlations of two universes. */
const correlationDistance = (a: ReadonlyArray<Float64Array>, b: ReadonlyArray<Float64Array>): number => {
  const gaps: Array<number> = []
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < i; j++) gaps.push(Math.abs(lagged(a[i]!, a[j]!, 0) - lagged(b[i]!, b[j]!, 0)))
  return gaps.length > 0 ? mean(gaps) : 0
}
const fact = (name: string, generated: number, history: number, band: readonly [number, number]): Fact => ({
  fact: name,
  generated,
  history,
  band,
  status: generated >= band[0] && generated <= band[1] ? "pass" : "warn"
})
const chain = (parts: ReadonlyArray<Float64Array>): Float64Array => Float64Array.from(parts.flatMap((p) => [...p]))

/**
 * Facts of a random scenario. `paths[path][symbol]` are closes with the last close of history in front, `history[symbol]` the closes that the model was
 * fitted on.
 */
export const stylisedFacts = (
  scenario: string,
  paths: ReadonlyArray<ReadonlyArray<Float64Array>>,
  history: ReadonlyArray<Float64Array>
): FactReport => {
  const past = history.map(logReturns)
  const made = paths.map((symbols) => symbols.map(logReturns))
  const bySymbol = past.map((_, s) => chain(made.map((path) => path[s]!)))
  const was = average(past.map(numbersOf))
  const is = average(made.flat().map(numbersOf))
  const n = bySymbol[0]!.length
  const perPath = made[0]![0]!.length
  // Standard errors of the mean over paths and bars; symbols that move together count once.
  const error = was.volatility / Math.sqrt(n)
  const noise = 4 / Math.sqrt(n)
  const bias = 1 / perPath
  const distances = past.map((r, s) => kolmogorovSmirnov(r, bySymbol[s]!))
  const facts = [
    fact("mean return", is.mean, was.mean, [was.mean - 4 * error, was.mean + 4 * error]),
    fact("volatility", is.volatility, was.volatility, [0.85 * was.volatility, 1.15 * was.volatility]),
    fact("excess kurtosis above 0", is.kurtosis, was.kurtosis, [0, Math.max(100, 2 * was.kurtosis)]),
    fact("Hill tail index", is.tail, was.tail, [2, 6]),
    fact("no autocorrelation of returns, lags 1 to 5", is.memory, was.memory, [
      was.memory - noise - bias,
      was.memory + noise + bias
    ]),
    fact("autocorrelation of absolute returns, lags 1 to 5", is.clustering, was.clustering, [
      was.clustering / 3 - bias,
      Math.max(0, was.clustering) + noise + 0.1
    ]),
    fact("leverage: returns and later squares", is.leverage, was.leverage, [
      was.leverage - noise - bias,
      was.leverage + noise + bias
    ]),
    fact("Kolmogorov-Smirnov distance of the marginals, mean over symbols", mean(distances), 0, [
      0,
      1.63 * Math.sqrt(1 / n + 1 / past[0]!.length)
    ]),
    fact("distance of the correlations", correlationDistance(past, bySymbol), 0, [0, 0.1])
  ]
  return { scenario, status: facts.every((f) => f.status === "pass") ? "pass" : "warn", facts }
}
