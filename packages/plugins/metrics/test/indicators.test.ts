import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { cycles } from "../src/indicators/cycle.ts"
import { moreAverages } from "../src/indicators/moreAverages.ts"
import { moreMomentum } from "../src/indicators/moreMomentum.ts"
import { moreVolume } from "../src/indicators/moreVolume.ts"
import { rolling } from "../src/indicators/rolling.ts"
import * as k from "../src/kernels.ts"
import {
  builtIn,
  computeIndicator,
  computeOutputs,
  resolveAll,
  resolveIndicator,
  sliceColumns,
  UnknownIndicator
} from "../src/kernels.ts"
import type { SeriesColumns } from "../src/types.ts"
import { someBars } from "./bars.ts"
import { definitions } from "./definitions.ts"

const columns = someBars(300)
const plain = {
  date: Array.from(columns.date),
  open: Array.from(columns.open),
  high: Array.from(columns.high),
  low: Array.from(columns.low),
  close: Array.from(columns.close),
  volume: Array.from(columns.volume)
}
/** Largest difference over the largest value; Infinity where only one of the two is defined. */
const disagreement = (a: ArrayLike<number>, b: ReadonlyArray<number>): number => {
  const size = b.reduce((most, v) => (Number.isNaN(v) ? most : Math.max(most, Math.abs(v))), 1e-300)
  return b.reduce((worst, v, t) => {
    if (Number.isNaN(v) !== Number.isNaN(a[t]!)) return Infinity
    return Number.isNaN(v) ? worst : Math.max(worst, Math.abs(a[t]! - v) / size)
  }, 0)
}
/** Rules with a state machine have their own tests below. */
const ruled = ["sar", "supertrend", "atrstop", "heikin_ashi"]
/** Patterns are compared with TA-Lib in candles.test.ts, rolling statistics with those of the whole window below. */
const windowed = new Set(rolling.map((def) => def.name))
/** The second column has its numbers and rules in secondColumn.test.ts. */
const second = new Set(
  [...cycles, ...moreAverages, ...moreMomentum, ...moreVolume, { name: "vpt" }, { name: "zigzag" }].map((d) => d.name)
)
const isDefined = ({ name }: { readonly name: string }) =>
  !ruled.includes(name) && !windowed.has(name) && !second.has(name) && !name.startsWith("cdl_")

describe("each indicator agrees with its definition to 1e-9", () => {
  it.each(builtIn.filter(isDefined).map((d) => [d.name, d] as const))("%s", (name, def) => {
    const standard = def.parameters.map((p) => p.default)
    // A second set of lengths: one more bar each, so that odd and even lengths are both seen.
    const other = def.parameters.map((p) =>
      Number.isInteger(p.default) && p.max > 1000 && p.min >= 1 && p.default !== 252 ? p.default + 1 : p.default
    )
    for (const parameters of [standard, other]) {
      const expected = definitions[name]!(plain, ...parameters)
      const got = computeOutputs(def, parameters, columns)
      expect(expected.length).toBe(got.length)
      for (const [o, values] of expected.entries())
        expect([def.outputs[o], disagreement(got[o]!, values)]).toEqual([def.outputs[o], expect.closeTo(0, 9)])
    }
  })
  it("accepts windows of one bar and of the whole series", () => {
    expect(disagreement(computeIndicator("sma_1", columns), plain.close)).toBeLessThan(1e-12)
    expect(computeIndicator("max_300", columns)[299]).toBe(Math.max(...plain.close))
    expect(computeIndicator("sma_301", columns).every(Number.isNaN)).toBe(true)
  })
  it("stays exact after a price a million times too high has left the window", () => {
    const spiked = { ...columns, close: columns.close.map((v, i) => (i === 100 ? v * 1e6 : v)) }
    for (const name of ["bbands_20_2_upper", "linreg_14", "wma_20"])
      expect(Math.abs(computeIndicator(name, spiked)[250]! - computeIndicator(name, columns)[250]!)).toBeLessThan(1e-5)
  })
})
describe("rolling statistics are those of the window", () => {
  const end = 280
  const last = (n: number): SeriesColumns => sliceColumns(columns, end - n, end + 1)
  const log = (n: number) => k.logReturns(last(n).close)
  const simple = (n: number) => k.simpleReturns(last(n).close)
  const level = (n: number) => last(n - 1).close.map(Math.log)
  it.each([
    ["skew_40", () => k.shapeOf(log(40)).G1],
    ["kurt_40", () => k.shapeOf(log(40)).G2],
    ["rolling_sharpe_40_252", () => k.sharpe(simple(40), 252)],
    ["rolling_drawdown_40", () => Math.min(...k.drawdowns(simple(40)))],
    ["tail_loss_40_0.9_var", () => k.historicalVar(simple(40), 0.9).var],
    ["tail_loss_40_0.9_cvar", () => k.historicalVar(simple(40), 0.9).cvar],
    ["rolling_acf_40_2", () => k.autocorrelation(log(40), 2)[1]!],
    ["variance_ratio_40_3", () => k.varianceRatio(log(40), 3).ratio],
    ["perm_entropy_40", () => k.permutationEntropy(log(40))],
    ["hurst_70", () => k.hurstOfDifferences(level(70))],
    ["mean_reversion_40", () => k.meanReversion(level(40))],
    ["rolling_adf_40", () => k.adf(level(40), { lags: 1 }).statistic],
    ["amihud_40", () => k.amihud(last(40).close, last(40).volume)],
    ["corwin_schultz_40", () => k.corwinSchultz(last(40).high, last(40).low, last(40).close)],
    ["roll_spread_40", () => k.rollSpread(last(40).close) || 0]
  ] as const)("%s", (name, whole) => {
    expect(computeIndicator(name, columns)[end]).toBeCloseTo(whole(), 12)
  })
})
describe("published values", () => {
  it("agree with the RSI(14) example of StockCharts' ChartSchool (QQQQ, 2009-12-14 on)", () => {
    const close = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.614, 46.282,
      46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439
    ]
    const rsi = computeIndicator("rsi_14", { ...someBars(close.length), close: Float64Array.from(close) })
    expect(rsi[14]).toBeCloseTo(70.53, 1)
    expect(rsi[15]).toBeCloseTo(66.32, 1)
    expect(rsi[16]).toBeCloseTo(66.55, 1)
    expect(rsi[19]).toBeCloseTo(57.97, 0)
  })
})
describe("rules", () => {
  const bars = (rows: ReadonlyArray<readonly [high: number, low: number, close: number]>): SeriesColumns => ({
    ...someBars(rows.length),
    high: Float64Array.from(rows, (r) => r[0]),
    low: Float64Array.from(rows, (r) => r[1]),
    close: Float64Array.from(rows, (r) => r[2])
  })
  it("SAR trails a rise, is never above the two lows before, and turns to the extreme point", () => {
    const c = bars([
      [10, 9, 9.5],
      [11, 10, 10.5],
      [12, 11, 11.5],
      [13, 12, 12.5],
      [12.5, 8, 8.5],
      [9, 7, 7.5]
    ])
    const sar = computeIndicator("sar_0.02_0.2", c)
    // Bar 1: stop 9. Then 9 + .02 (11 - 9) capped at the low of bar 0 and 1 = 9; 9 + .04 (12 - 9) = 9.12; 9.12 + .06 (13 - 9.12) = 9.3528, hit at bar 4.
    expect(Array.from(sar).map((v) => Math.round(v * 1e4) / 1e4)).toEqual([NaN, 9, 9.04, 9.1584, 13, 13])
  })
  it("Supertrend carries its band, and flips when the close passes it", () => {
    const c = bars([
      [10, 9, 9.5],
      [10, 9, 9.5],
      [10, 9, 9.5],
      [12, 11, 12],
      [12, 11, 12],
      [9, 8, 8]
    ])
    const line = computeIndicator("supertrend_2_1", c)
    const direction = computeIndicator("supertrend_2_1_direction", c)
    expect(Array.from(direction)).toEqual([NaN, NaN, 1, 1, 1, -1])
    expect(line[2]).toBeCloseTo(9.5 - 1, 12)
    expect(line[4]).toBeGreaterThanOrEqual(line[3]!)
    expect(line[5]).toBeGreaterThan(c.close[5]!)
  })
  it("the ATR stop is never lowered while the close stays above it", () => {
    const stop = computeIndicator("atrstop_14_3", columns)
    const isAbove = (t: number) => columns.close[t]! >= stop[t]!
    const above = Array.from({ length: 285 }, (_, i) => i + 15).filter((t) => isAbove(t) && isAbove(t - 1))
    expect(above.length).toBeGreaterThan(20)
    expect(above.filter((t) => stop[t]! < stop[t - 1]!)).toEqual([])
  })
  it("Heikin-Ashi bars hold their open and close", () => {
    const [open, high, low, close] = ["open", "high", "low", "close"].map((o) => computeIndicator(`heikin_ashi_${o}`, columns))
    expect(open![0]).toBe((columns.open[0]! + columns.close[0]!) / 2)
    expect(open![9]).toBe((open![8]! + close![8]!) / 2)
    expect(high!.every((v, t) => v >= open![t]! && v >= close![t]! && low![t]! <= open![t]!)).toBe(true)
  })
  it("flat prices give 0 or the middle, never NaN or infinity", () => {
    const flat = {
      ...columns,
      open: columns.open.map(() => 5),
      high: columns.open.map(() => 5),
      low: columns.open.map(() => 5),
      close: columns.open.map(() => 5)
    }
    for (const def of builtIn) {
      const parameters = def.parameters.map((p) => p.default)
      for (const o of computeOutputs(def, parameters, flat))
        expect([def.name, o.subarray(def.lookback(parameters)).every(Number.isFinite)]).toEqual([def.name, true])
    }
  })
})
describe("names", () => {
  const meaning = (name: string) => {
    const r = resolveIndicator(name)
    return r instanceof UnknownIndicator
      ? r.message
      : [r.def.name, ...r.parameters, r.output === undefined ? "" : r.def.outputs[r.output]]
  }
  it("hold the indicator, its parameters and an output", () => {
    expect(meaning("sma_20")).toEqual(["sma", 20, ""])
    expect(meaning("MACD_12_26_9_signal")).toEqual(["macd", 12, 26, 9, "signal"])
    expect(meaning("bbands_upper")).toEqual(["bbands", 20, 2, "upper"])
    expect(meaning("ichimoku_9_26_52_span_a")).toEqual(["ichimoku", 9, 26, 52, "span_a"])
    expect(meaning("linreg_slope_14")).toEqual(["linreg_slope", 14, ""])
  })
  it("that mean nothing are answered with what would", () => {
    expect(meaning("smma_20")).toBe('"smma_20": no indicator has this name; did you mean "sma_20"?')
    expect(meaning("bbnds_20_2_uper")).toBe('"bbnds_20_2_uper": no indicator has this name')
    expect(meaning("gap_sise_10"), "apo is nothing like it").toBe('"gap_sise_10": no indicator has this name')
    expect(meaning("cor")).toContain('did you mean "core"?')
    expect(meaning("sma_0")).toBe('"sma_0": n of sma is a number from 1 to 5000, not "0"')
    expect(meaning("sma_2.5")).toBe('"sma_2.5": n of sma is a whole number of bars, not 2.5')
    expect(meaning("rsi_14_3")).toMatch(/rsi takes 1 parameters: n \(14\)/)
    expect(() => computeIndicator("nothing_like_it", columns)).toThrow(/no indicator has this name/)
  })
  it("asked for twice are computed once, and every problem is reported at once", () => {
    expect(
      resolveAll(["rsi", "rsi_14", "core"]).filter((r) => !(r instanceof UnknownIndicator) && r.def.name === "rsi")
    ).toHaveLength(1)
    const gap = { ...builtIn.find((def) => def.name === "sma")!, name: "gap_size" }
    const [contributed] = resolveAll(["gap_sise_10"], (name) => (name === "gap_size" ? gap : undefined), ["gap_size"])
    expect(contributed).toMatchObject({ meant: "gap_size_10" })
    expect(resolveAll(["foo", "sma_20", "bar"]).map((p) => p instanceof UnknownIndicator)).toEqual([true, true])
  })
  it("of a contributed indicator resolve as the built-in ones do", () => {
    const mine = { ...builtIn[0]!, name: "my_own" }
    const found = resolveIndicator("my_own_7", (n) => (n === "my_own" ? mine : undefined))
    expect(found instanceof UnknownIndicator ? undefined : [found.def.name, ...found.parameters]).toEqual(["my_own", 7])
  })
})
const shared = process.env["TETRA_SHARED_DATA"]
describe.skipIf(shared === undefined || !existsSync(shared))("on real bars", () => {
  it.each(["SPY", "AAPL"])("%s: first value at the lookback, finite from there on", (symbol) => {
    const rows = readFileSync(join(shared!, "market/equities", `${symbol}.csv`), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((l) => l.split(","))
    const column = (j: number) => Float64Array.from(rows, (r) => Number(r[j]))
    const c = {
      date: Int32Array.from(rows, (r) => Date.parse(r[0]!) / 86_400_000),
      open: column(1),
      high: column(2),
      low: column(3),
      close: column(4),
      volume: column(5)
    }
    for (const def of builtIn) {
      const parameters = def.parameters.map((p) => p.default)
      for (const o of computeOutputs(def, parameters, c)) {
        expect([def.name, o.findIndex((v) => !Number.isNaN(v))]).toEqual([def.name, def.lookback(parameters)])
        expect([def.name, o.subarray(def.lookback(parameters)).every(Number.isFinite)]).toEqual([def.name, true])
      }
    }
  })
})
