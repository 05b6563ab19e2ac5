/** Strategies that follow a trend. */
import type { WeightStrategy } from "../types.ts"
import { before, follow, holdBothSides, level } from "./positions.ts"

/** 0 = long or flat, 1 = long or short. */
const short = { name: "short", default: 0, grid: [0] }

const cross = (kind: "sma" | "ema", title: string): WeightStrategy => ({
  name: `${kind}_cross`,
  title,
  parameters: [
    { name: "fast", default: 20, grid: [5, 10, 20, 40] },
    { name: "slow", default: 100, grid: [50, 100, 150, 200] },
    short
  ],
  crossover: ([fast, slow, both]) => (both === 1 ? undefined : [`${kind}_${fast}`, `${kind}_${slow}`]),
  weights: (_, [fast, slow, both], weight, { indicator }) =>
    follow(weight, indicator(`${kind}_${fast}`), indicator(`${kind}_${slow}`), both === 1)
})

/** Long while the fast simple moving average is above the slow one. */
export const smaCross = cross("sma", "Moving-average cross")
/** Long while the fast exponential moving average is above the slow one. */
export const emaCross = cross("ema", "Exponential-average cross")

/** Long while the MACD line is above its signal line (Appel 1979). */
export const macdSignal: WeightStrategy = {
  name: "macd_signal",
  title: "MACD signal",
  parameters: [
    { name: "fast", default: 12, grid: [8, 12] },
    { name: "slow", default: 26, grid: [21, 26, 34] },
    { name: "signal", default: 9, grid: [9] },
    short
  ],
  crossover: ([fast, slow, signal, both]) =>
    both === 1 ? undefined : [`macd_${fast}_${slow}_${signal}`, `macd_${fast}_${slow}_${signal}_signal`],
  weights: (_, [fast, slow, signal, both], weight, { indicator }) => {
    const name = `macd_${fast}_${slow}_${signal}`
    follow(weight, indicator(name), indicator(`${name}_signal`), both === 1)
  }
}

/** Share of equity whose move of two average true ranges is this much of the equity: one unit of the turtle rules. */
const RISK_OF_A_UNIT = 0.02
const unitOf = (close: number, atr: number): number => (atr > 0 ? Math.min(1, RISK_OF_A_UNIT / ((2 * atr) / close)) : 0)

/** Enters above the high of the `entry` bars before and leaves below the low of the `exit` bars before; the size is one unit by average true range at the entry. */
export const donchianTurtle: WeightStrategy = {
  name: "donchian_turtle",
  title: "Donchian channel (turtle)",
  parameters: [{ name: "entry", default: 55, grid: [20, 55, 100] }, { name: "exit", default: 20, grid: [10, 20] }, short],
  weights: ({ close }, [entry, exit, both], weight, { indicator }) => {
    const channel = (n: number, side: string) => before(indicator(`donchian_${n}_${side}`))
    const atr = indicator("atr_20")
    holdBothSides(
      weight,
      { enters: [close, channel(entry!, "upper")], leaves: [channel(exit!, "lower"), close] },
      both === 1 ? { enters: [channel(entry!, "lower"), close], leaves: [close, channel(exit!, "upper")] } : undefined,
      (t) => unitOf(close[t]!, atr[t]!)
    )
  }
}

/** Long while the Supertrend is up. */
export const supertrendFollow: WeightStrategy = {
  name: "supertrend_follow",
  title: "Supertrend",
  parameters: [{ name: "period", default: 10, grid: [10, 20] }, { name: "width", default: 3, grid: [2, 3, 4] }, short],
  weights: (_, [period, width, both], weight, { indicator }) =>
    follow(weight, indicator(`supertrend_${period}_${width}_direction`), level(0, weight.length), both === 1)
}

/** Long while the close is above its average and the average directional index says that there is a trend (Wilder 1978). */
export const adxTrendFilter: WeightStrategy = {
  name: "adx_trend_filter",
  title: "Trend with ADX filter",
  parameters: [
    { name: "average", default: 50, grid: [50, 100] },
    { name: "adx", default: 14, grid: [14] },
    { name: "threshold", default: 20, grid: [15, 20, 25] },
    short
  ],
  weights: ({ close }, [average, period, threshold, both], weight, { indicator }) => {
    follow(weight, close, indicator(`sma_${average}`), both === 1)
    const adx = indicator(`adx_${period}`)
    for (let t = 0; t < weight.length; t++) if (!(adx[t]! > threshold!)) weight[t] = 0
  }
}

const BARS_PER_YEAR = 252
const REBALANCE = 21

/**
 * Sign of the return from `lookback` to `skip` bars ago, scaled to a volatility of `target` percent a year and capped at 1, rebalanced every 21 bars
 * (Moskowitz, Ooi & Pedersen 2012). Volatility is the sample standard deviation of the last 63 log returns.
 */
export const tsMomentum: WeightStrategy = {
  name: "ts_momentum",
  title: "Time-series momentum",
  parameters: [
    { name: "lookback", default: 252, grid: [126, 252] },
    { name: "skip", default: 21, grid: [0, 21] },
    { name: "target", default: 15, grid: [10, 15] },
    short
  ],
  weights: ({ close }, [lookback, skip, target, both], weight) => {
    const volatility = recentVolatility(close, 63)
    let held = 0
    for (let t = 0; t < weight.length; t++) {
      if (t >= lookback! && t % REBALANCE === 0) {
        const move = close[t - skip!]! / close[t - lookback!]! - 1
        const size = Math.min(1, target! / 100 / volatility(t))
        const side = move > 0 ? 1 : both === 1 && move < 0 ? -1 : 0
        held = Number.isFinite(size) ? side * size : 0
      }
      weight[t] = held
    }
  }
}

/** Log returns of one series, with sums over the bars `<= t` of them and of their squares (a missing one counts 0) and the last bar without one. */
interface Moves {
  readonly moves: Float64Array
  readonly sums: Float64Array
  readonly squares: Float64Array
  readonly missing: Int32Array
}

/** Of the closes that are in use, so that every parameter set on a series shares them. */
const known = new WeakMap<Float64Array, Moves>()

/** Closes do not change once they are asked for. */
const movesOf = (close: Float64Array): Moves => {
  const found = known.get(close)
  if (found !== undefined) return found
  const rows = close.length
  const moves = new Float64Array(rows).fill(NaN, 0, 1)
  const [sums, squares, missing] = [new Float64Array(rows), new Float64Array(rows), new Int32Array(rows)]
  for (let t = 1; t < rows; t++) {
    const move = Math.log(close[t]! / close[t - 1]!)
    const counted = Number.isFinite(move) ? move : 0
    moves[t] = move
    sums[t] = sums[t - 1]! + counted
    squares[t] = squares[t - 1]! + counted * counted
    missing[t] = Number.isFinite(move) ? missing[t - 1]! : t
  }
  const made = { moves, sums, squares, missing }
  known.set(close, made)
  return made
}

/** Log return of each bar on the one before; NaN for the first. */
export const logMoves = (close: Float64Array): Float64Array => movesOf(close).moves

/** Answers for a bar the annual volatility of the last `n` log returns up to it; NaN where one of them is missing. */
export const recentVolatility = (close: Float64Array, n: number): ((t: number) => number) => {
  const { sums, squares, missing } = movesOf(close)
  return (t) => {
    if (missing[t]! > t - n || t < n) return NaN
    const sum = sums[t]! - sums[t - n]!
    const square = squares[t]! - squares[t - n]!
    return Math.sqrt((Math.max(0, square - (sum * sum) / n) / (n - 1)) * BARS_PER_YEAR)
  }
}
