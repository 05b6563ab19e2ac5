import { describe, expect, it } from "vitest"
import { labelByName } from "../src/features/labelNames.ts"
import { computeSet, featureSet } from "../src/features/featureSet.ts"
import { builtInFeatures } from "../src/features/registry.ts"
import { splitsOf } from "../src/stages/featureSplits.ts"
import * as k from "../src/kernels.ts"
import { someBars, uniforms } from "./bars.ts"
import { autoregressive, clustered, noise, walk } from "./series.ts"

const columns = someBars(400)
const setOf = (features: ReadonlyArray<string>, labels: ReadonlyArray<string>) => {
  const set = featureSet(features, labels, () => undefined)
  if (!("features" in set)) throw new Error(set.join("; "))
  return set
}
describe("fractional differencing", () => {
  it("by Fourier transform is the sum term by term", () => {
    const x = walk(700, 5)
    const weights = k.differencingWeights(0.4)
    const fast = k.fractionalDifference(x, 0.4)
    expect(fast.length).toBe(700 - weights.length + 1)
    for (const t of [weights.length - 1, 500, 699]) {
      const slow = weights.reduce((sum, w, i) => sum + w * x[t - i]!, 0)
      expect(fast[t - weights.length + 1]).toBeCloseTo(slow, 10)
    }
  })
  it("of order 1 is the difference, of order 0 nothing", () => {
    expect([...k.differencingWeights(1)]).toEqual([1, -1])
    expect([...k.fractionalDifference(Float64Array.of(1, 4, 9), 1)]).toEqual([expect.closeTo(3, 12), expect.closeTo(5, 12)])
  })
  it("finds the least order that makes a walk stationary, and none for what is stationary", () => {
    const level = walk(2500, 5).map((v) => 4 + 0.01 * v)
    const found = k.minimalOrder(level)!
    expect(found.p).toBeLessThan(0.05)
    expect(found.d).toBeGreaterThan(0)
    expect(k.adf(k.fractionalDifference(level, found.d - 0.01), { lags: 1 }).p).toBeGreaterThanOrEqual(0.05)
    expect(found.correlation).toBeGreaterThan(0.5)
    expect(k.minimalOrder(autoregressive(0.5, 1000))?.d).toBe(0)
    expect(k.minimalOrder(level.subarray(0, 30))).toBeUndefined()
  })
})
describe("a hidden Markov model of two states", () => {
  const random = uniforms(99)
  let state = 0
  const r = noise(1000).map((z) => {
    if (state === 0 ? random() < 0.02 : random() < 0.05) state = 1 - state
    return state === 0 ? 0.0005 + 0.008 * z : -0.001 + 0.022 * z
  })
  // statsmodels 0.15 MarkovRegression(k_regimes=2, switching_variance=True).fit(): likelihood maximised with another start of the chain.
  it("agrees with statsmodels MarkovRegression", () => {
    const model = k.fitStates(r)
    expect(model.stay[0]).toBeCloseTo(0.9834, 2)
    expect(model.stay[1]).toBeCloseTo(0.9611, 2)
    expect(1e4 * model.variance[0]).toBeCloseTo(0.6642, 2)
    expect(1e4 * model.variance[1]).toBeCloseTo(4.612, 1)
    const last = k.filterStates(model, r).slice(-5)
    for (const [i, chance] of [0.0305, 0.0176, 0.0926, 0.0443, 0.9467].entries()) expect(last[i]).toBeCloseTo(chance, 1)
  })
  it("is filtered: a chance does not change when later returns come", () => {
    const model = k.fitStates(r)
    expect([...k.filterStates(model, r.subarray(0, 500))]).toEqual([...k.filterStates(model, r).subarray(0, 500)])
  })
})
describe("the forecast of a fitted volatility", () => {
  it("is that of the model on the returns before the quarter, filtered to the bar", () => {
    const r = clustered(700, 7)
    let level = 4
    const close = Float64Array.from([0, ...r], (v) => Math.exp((level += v)))
    const date = Int32Array.from(close, (_, t) => 18_200 + t)
    const forecast = k.computeIndicator("garch_vol_300_252", { ...someBars(701), close, date }, (name) =>
      builtInFeatures.find((def) => def.name === name)
    )
    // Day 18,200 begins a quarter of 91 days, so the bars from 364 on are served by the 300 returns that end with bar 363.
    const fit = k.fitGarch(r.slice(63, 363), { leverage: true })!
    expect(forecast[363 + 1]).not.toBe(forecast[363])
    let h = fit.nextVariance
    for (let t = 364; t < 400; t++) {
      const e = r[t - 1]! - fit.mean
      h = fit.omega + (e < 0 ? fit.alpha + fit.gamma : fit.alpha) * e * e + fit.beta * h
      expect(forecast[t]).toBeCloseTo(Math.sqrt(252 * h), 9)
    }
  })
})
describe("labels", () => {
  it("the vertical barrier answers 0, or the sign of the return", () => {
    const zero = k.tripleBarrier(columns, { up: 3, down: 3, horizon: 4, vertical: "zero" })
    const sign = k.tripleBarrier(columns, { up: 3, down: 3, horizon: 4, vertical: "sign" })
    const waited = [...zero.label.keys()].filter((t) => zero.label[t] === 0)
    expect(waited.length).toBeGreaterThan(10)
    for (const t of waited) expect(sign.label[t]).toBe(Math.sign(columns.close[t + 4]! - columns.close[t]!))
  })
  it("a meta label says whether the bet pays; on one bar with profit and loss it does not", () => {
    const flat = (v: number) => new Float64Array(30).fill(v)
    const close = Float64Array.from({ length: 30 }, (_, i) => 100 + (i % 2))
    const wild = { date: new Int32Array(30), open: close, close, high: flat(100), low: flat(100), volume: flat(1) }
    wild.high[26] = 150
    const at = (side: number) => k.metaLabel(wild, flat(side), { up: 2, down: 2, horizon: 5 })
    expect([at(1).label[24], at(-1).label[24], at(1).row[24]]).toEqual([1, 0, 26])
    wild.low[26] = 50
    expect([at(1).label[24], at(-1).label[24]]).toEqual([0, 0])
    expect(at(0).label[24]).toBeNaN()
  })
  it("a meta label is named with the feature that takes the side", () => {
    const { label_meta_2_2_10_macd_hist: bets, macd_12_26_9_hist: side } = computeSet(
      setOf(["macd_hist"], ["label_meta_2_2_10_macd_hist"]),
      columns
    )
    const own = k.metaLabel(columns, side!, { up: 2, down: 2, horizon: 10 })
    expect([...bets!]).toEqual([...own.label])
    expect(featureSet([], ["label_meta_2_2_10_mcad"], () => undefined)).toEqual([
      expect.stringMatching(/the side of "label_meta_2_2_10_mcad" is "mcad": no indicator has this name; did you mean "macd"/)
    ])
  })
  it("trend scanning finds the most significant line ahead, as least squares over every length does", () => {
    const { label, row, tValue } = k.trendScanning(columns.close, 5, 20)
    for (const t of [3, 77, 200]) {
      let best = 0
      let end = 0
      for (let length = 5; length <= 20; length++) {
        const y = columns.close.slice(t, t + length + 1)
        const n = y.length
        const mean = y.reduce((a, b) => a + b, 0) / n
        const xx = y.reduce((sum, _, i) => sum + (i - (n - 1) / 2) ** 2, 0)
        const slope = y.reduce((sum, v, i) => sum + (i - (n - 1) / 2) * (v - mean), 0) / xx
        const rest = y.reduce((sum, v, i) => sum + (v - mean - slope * (i - (n - 1) / 2)) ** 2, 0)
        const value = slope / Math.sqrt(rest / (n - 2) / xx)
        if (Math.abs(value) > Math.abs(best)) [best, end] = [value, t + length]
      }
      expect(tValue[t]).toBeCloseTo(best, 6)
      expect([label[t], row[t]]).toEqual([Math.sign(best), end])
    }
    expect(label[380]).toBeNaN()
  })
  it("end with the rows that their answers need: a name tells how many", () => {
    for (const name of ["label_return_7", "label_barrier_2_1_9_sign", "label_trend_5_12", "label_weight_2_2_8"]) {
      const label = labelByName(name)!
      const [first] = label.compute(columns, new Float64Array(0))
      expect([name, first!.findLastIndex((v) => !Number.isNaN(v)) >= 400 - 1 - label.horizon]).toEqual([name, true])
    }
    expect(["label_trend_5", "label_barrier_2_2", "label_return_0", "label_weight_2_2_x", "label_x_1"].map(labelByName)).toEqual(
      Array.from({ length: 5 })
    )
  })
})
describe("weights of overlapping labels", () => {
  // Labels of rows 0 to 2, which end at rows 2, 3 and 2; rows 3 and 4 have none. Open at each row: 1, 2, 3, 1, 0.
  const end = Int32Array.of(2, 3, 2, -1, -1)
  it("are counted row by row", () => expect([...k.concurrency(end)]).toEqual([1, 2, 3, 1, 0]))
  it("uniqueness is the mean of 1 / concurrency over the span", () => {
    const [a, b, c, none] = k.averageUniqueness(end)
    expect(a).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 3, 12)
    expect(b).toBeCloseTo((1 / 2 + 1 / 3 + 1) / 3, 12)
    expect(c).toBeCloseTo(1 / 3, 12)
    expect(none).toBeNaN()
  })
  it("attribution shares each return among the labels that are open, with a mean of 1", () => {
    const close = Float64Array.of(1, Math.E, Math.E ** 3, Math.E ** 2, 1)
    // Log returns 1, 2, -1 at rows 1, 2, 3: labels claim 1/2 + 2/3, 2/3 - 1, 0.
    const claims = [1 / 2 + 2 / 3, 1 / 3, 0]
    const mean = claims.reduce((x, y) => x + y, 0) / 3
    expect([...k.returnAttribution(end, close)].slice(0, 3)).toEqual(claims.map((v) => expect.closeTo(v / mean, 12)))
  })
  it("decay ends at 1 for the newest and starts near the least for the first", () => {
    const decay = k.timeDecay(end, 0.5)
    expect(decay[2]).toBeCloseTo(1, 12)
    expect(decay[0]).toBeGreaterThan(0.5)
    expect(decay[0]! < decay[1]! && decay[1]! < decay[2]!).toBe(true)
  })
})
describe("splits", () => {
  const samples = 100
  const from = Float64Array.from({ length: samples }, (_, i) => i)
  /** Labels that are known five days later. */
  const spans = { from, to: from.map((v) => v + 5) }
  const leaks = ({ test, train }: k.Split, embargo: number) => {
    const tested = [...test]
    return [...train].filter((i) =>
      tested.some((j) => (i <= j + 5 && i + 5 >= j) || (i > j && i <= j + 5 + embargo && !tested.includes(i)))
    )
  }
  it("purged K-fold tests each sample once, and trains on none that overlaps or follows too soon", () => {
    const splits = k.purgedKFold(spans, { folds: 4, embargo: 0.03 })
    expect(splits.flatMap(({ test }) => [...test])).toEqual([...from])
    for (const split of splits) expect(leaks(split, 3)).toEqual([])
    // The second test is 25 to 49: before it 20 to 24 overlap, after it 50 to 54 overlap and three more are embargoed.
    expect([...splits[1]!.train]).toEqual([...from].filter((i) => i < 20 || i > 57))
  })
  it("combinatorial splits make whole paths, each of all samples once", () => {
    const { paths, splits } = k.combinatorialPurged(spans, { groups: 6, tests: 2, embargo: 0.01 })
    expect([splits.length, paths.length]).toEqual([15, 5])
    for (const split of splits) expect(leaks(split, 1)).toEqual([])
    for (const path of paths) {
      expect(path.length).toBe(6)
      for (const [group, split] of path.entries()) expect(splits[split]!.test).toContain(Math.floor((group * samples) / 6))
    }
    expect(new Set(paths.map((p) => p.join())).size).toBe(5)
  })
  it("walk forward trains on the past alone, growing or moving", () => {
    const rolling = k.walkForward(spans, { train: 40, test: 20, anchored: false, gap: 2 })
    expect(rolling.map(({ test, train }) => [train[0], train.at(-1), test[0], test.at(-1)])).toEqual([
      [0, 34, 40, 59],
      [20, 54, 60, 79],
      [40, 74, 80, 99]
    ])
    expect(k.walkForward(spans, { train: 40, test: 20, anchored: true }).map(({ train }) => train[0])).toEqual([0, 0, 0])
  })
  it("are written as ranges of dates, rid of the horizon of the labels", () => {
    const dates = Int32Array.from({ length: 100 }, (_, i) => 19_000 + i)
    const iso = (i: number) => new Date((19_000 + i) * 86_400_000).toISOString().slice(0, 10)
    expect(splitsOf(dates, 5)).toMatchObject({
      horizon: 5,
      purged_k_fold: {
        splits: [
          { test: [[iso(0), iso(19)]], train: [[iso(26), iso(99)]] },
          {
            test: [[iso(20), iso(39)]],
            train: [
              [iso(0), iso(14)],
              [iso(46), iso(99)]
            ]
          },
          {},
          {},
          {}
        ]
      },
      walk_forward: { splits: [] }
    })
  })
  it("refuse what cannot be split", () => {
    expect(() => k.purgedKFold(spans, { folds: 101 })).toThrow(/folds is a whole number from 2 to the 100 samples, not 101/)
    expect(() => k.combinatorialPurged(spans, { groups: 6, tests: 6 })).toThrow(/tests from 1 to below groups/)
    expect(() => k.combinatorialPurged(spans, { groups: 40, tests: 20 })).toThrow(/more than 10000/)
  })
  it("a scaler knows its training samples only", () => {
    const x = Float64Array.of(1, 2, 3, NaN, 1000)
    const scaler = k.fitScaler(x, Int32Array.of(0, 1, 2, 3))
    expect(scaler).toEqual({ centre: 2, spread: 1 })
    expect([...k.applyScaler(x, scaler)]).toEqual([-1, 0, 1, NaN, 998])
    expect(k.fitScaler(x, Int32Array.of(0, 1, 2), "robust")).toEqual({ centre: 2, spread: 1 })
    expect([...k.applyScaler(x, { centre: 2, spread: 0 })]).toEqual([0, 0, 0, NaN, 0])
  })
})
