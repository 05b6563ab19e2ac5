/** Statistics, labels and features of the date against their definitions (trading.md 3.2 and 3.3), written out once more. */
import { describe, expect, it } from "vitest"
import { computeOutputs } from "../src/indicators/compute.ts"
import { featureByName } from "../src/features/registry.ts"
import * as k from "../src/kernels.ts"
import type { SeriesColumns } from "../src/types.ts"
import { someBars } from "./bars.ts"
import { definitions } from "./definitions.ts"
import { autoregressive, clustered, noise } from "./series.ts"

type X = ReadonlyArray<number>
const avg = (x: X): number => x.reduce((a, b) => a + b, 0) / x.length
const deviation = (x: X, less: 0 | 1): number => Math.sqrt(x.reduce((a, v) => a + (v - avg(x)) ** 2, 0) / (x.length - less))
const slope = (x: X, y: X): number =>
  x.reduce((a, v, i) => a + (v - avg(x)) * (y[i]! - avg(y)), 0) / x.reduce((a, v) => a + (v - avg(x)) ** 2, 0)
const running = (x: X): X => x.map((_, t) => x.slice(0, t + 1).reduce((a, b) => a + b, 0))
const upTo = (n: number): X => Array.from({ length: n }, (_, i) => i)
/** Windows that the exponents are fitted over: each half as long again as the one before. */
const lengths = (shortest: number, longest: number): X =>
  shortest > longest ? [] : [shortest, ...lengths(Math.ceil(shortest * 1.5), longest)]
const parts = (x: X, n: number): ReadonlyArray<X> => upTo(Math.floor(x.length / n)).map((i) => x.slice(i * n, (i + 1) * n))
const logs = (x: X): X => x.map(Math.log)

describe("the exponents of Hurst", () => {
  const r = [...autoregressive(0.3, 400, 21)]
  it("(a) of differences: ln of their deviation on ln of the lag, 2 to 20", () => {
    const level = running(r)
    const lags = upTo(19).map((i) => i + 2)
    const spreads = lags.map((l) =>
      deviation(
        level.slice(l).map((v, t) => v - level[t]!),
        1
      )
    )
    expect(k.hurstOfDifferences(Float64Array.from(level))).toBeCloseTo(slope(logs(lags), logs(spreads)), 10)
  })
  it("(b) of the rescaled range: ln of the mean range of running deviations over their spread", () => {
    const of = (window: X): number => {
      const level = running(window.map((v) => v - avg(window)))
      return (Math.max(...level) - Math.min(...level)) / deviation(window, 0)
    }
    const sizes = lengths(16, 100)
    const ratios = sizes.map((n) => avg(parts(r, n).map(of)))
    expect(k.hurstRescaledRange(Float64Array.from(r))).toBeCloseTo(slope(logs(sizes), logs(ratios)), 10)
  })
  it("(c) of the detrended profile: ln of what a line leaves in each window", () => {
    const profile = running(r.map((v) => v - avg(r)))
    const squares = (window: X): number => {
      const b = slope(upTo(window.length), window)
      const a = avg(window) - b * avg(upTo(window.length))
      return avg(window.map((v, t) => (v - a - b * t) ** 2))
    }
    const sizes = lengths(8, 100)
    const left = sizes.map((n) => Math.sqrt(avg(parts(profile, n).map(squares))))
    expect(k.hurstDetrended(Float64Array.from(r))).toBeCloseTo(slope(logs(sizes), logs(left)), 10)
  })
})
describe("value at risk of skewed returns", () => {
  const r = clustered(600, 7, true).map((v) => v - 0.3 * Math.abs(v))
  const [m, s, z] = [avg([...r]), deviation([...r], 1), k.normalQuantile(0.01)]
  it("by the normal distribution, and what is lost beyond it", () => {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
    expect(k.gaussianVar(r, 0.99).var).toBeCloseTo(-(m + z * s), 12)
    expect(k.gaussianVar(r, 0.99).cvar).toBeCloseTo(-(m - (s * density) / 0.01), 12)
  })
  it("by Cornish and Fisher, from biased skew and excess kurtosis", () => {
    const spread = deviation([...r], 0)
    const standard = [...r].map((v) => (v - m) / spread)
    const [skew, excess] = [avg(standard.map((v) => v ** 3)), avg(standard.map((v) => v ** 4)) - 3]
    expect(Math.abs(skew)).toBeGreaterThan(0.2)
    const moved = z + ((z ** 2 - 1) * skew) / 6 + ((z ** 3 - 3 * z) * excess) / 24 - ((2 * z ** 3 - 5 * z) * skew ** 2) / 36
    expect(k.cornishFisherVar(r, 0.99).var).toBeCloseTo(-(m + moved * s), 12)
  })
})
describe("the volatilities of a whole series", () => {
  it("are those of one window that holds it all", () => {
    const c = someBars(300)
    const rows = k.describeSeries(c, { annual: 365, riskFree: 0, confidences: [] })
    const lists = Object.fromEntries(Object.entries(c).map(([name, values]) => [name, [...values]])) as never
    for (const [metric, name, n] of [
      ["vol_close_close", "vol_cc", 299],
      ["vol_parkinson", "vol_parkinson", 300],
      ["vol_garman_klass", "vol_gk", 300],
      ["vol_rogers_satchell", "vol_rs", 300],
      ["vol_yang_zhang", "vol_yz", 299]
    ] as const) {
      const wanted = definitions[name]!(lists, n, 365)[0]!.at(-1)!
      expect([metric, rows.find((r) => r.metric === metric)?.value]).toEqual([metric, expect.closeTo(wanted, 10)])
    }
  })
})
describe("the triple barrier", () => {
  /** Forty quiet bars whose returns are 1 % up and down, so that the volatility known at 30 is about 1 %; then what happens. */
  const quiet = (highs: Readonly<Record<number, number>>, lows: Readonly<Record<number, number>>): SeriesColumns => {
    const close = Float64Array.from({ length: 40 }, (_, t) => (t % 2 === 0 ? 100 : 101))
    const high = close.map((c, t) => highs[t] ?? c)
    const low = close.map((c, t) => lows[t] ?? c)
    return { date: Int32Array.from(upTo(40)), open: close, close, high, low, volume: close }
  }
  const at30 = (highs: Readonly<Record<number, number>>, lows: Readonly<Record<number, number>>) => {
    const { label, row } = k.tripleBarrier(quiet(highs, lows), { up: 2, down: 3, horizon: 6, vertical: "zero" })
    return [label[30], row[30]]
  }
  // Upper barrier at 100 (1 + 2 s) = 101.99, lower one at 100 (1 - 3 s) = 97.01.
  it("is answered by the first touch, with its row for purging", () => {
    expect(at30({ 33: 102 }, { 34: 90 })).toEqual([1, 33])
    expect(at30({ 34: 110 }, { 33: 97 })).toEqual([-1, 33])
    expect(at30({ 33: 101.98 }, { 34: 97.02 })).toEqual([0, 36])
    expect(at30({ 30: 150, 37: 150 }, {})).toEqual([0, 36])
  })
  it("takes the lower one where a bar touches both", () => expect(at30({ 32: 110 }, { 32: 90 })).toEqual([-1, 32]))
})
describe("features of the date", () => {
  const day = (iso: string): number => Date.parse(iso) / 86_400_000
  const of = (name: string, ...days: ReadonlyArray<string>): ReadonlyArray<Float64Array> => {
    const date = Int32Array.from(days, day)
    const values = noise(days.length)
    return computeOutputs(featureByName(name)!, [], {
      date,
      open: values,
      high: values,
      low: values,
      close: values,
      volume: values
    })
  }
  it("go round: a week, a year and a month are circles", () => {
    // 2024-01-03 was a Wednesday: three sevenths of a week after Sunday. Its month is the first; the 16th of April is half of it.
    const [sin, cos] = of("weekday", "2024-01-03")
    expect([sin![0], cos![0]]).toEqual([
      expect.closeTo(Math.sin((2 * Math.PI * 3) / 7), 12),
      expect.closeTo(Math.cos((2 * Math.PI * 3) / 7), 12)
    ])
    expect(
      of("month", "2024-01-31", "2024-04-01", "2024-07-09").map((x) => [...x].map((v) => Math.round(v * 1e9) / 1e9 + 0))
    ).toEqual([
      [0, 1, 0],
      [1, 0, -1]
    ])
    const [, turn] = of("month_day", "2024-04-01", "2024-04-16", "2024-04-30", "2024-02-29")
    expect([...turn!].map((v) => v.toFixed(4))).toEqual(["1.0000", "-1.0000", "0.9781", "0.9766"])
  })
  it("count down to the third Friday, and over the end of a month and a year", () => {
    const [days] = of("days_to_expiry", "2024-01-18", "2024-01-19", "2024-01-20", "2024-12-21", "2024-03-01")
    // Third Fridays: 2024-01-19, 2024-02-16, 2025-01-17, 2024-03-15 (the first of March was a Friday).
    expect([...days!]).toEqual([1, 0, 27, 27, 14])
  })
})
