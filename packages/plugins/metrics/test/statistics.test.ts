import { describe, expect, it } from "vitest"
import * as k from "../src/kernels.ts"
import { someBars, uniforms } from "./bars.ts"
import { autoregressive, noise } from "./series.ts"

const of = (...x: ReadonlyArray<number>) => Float64Array.from(x)

describe("distributions", () => {
  it("agree with the known values of tables", () => {
    expect(k.normalCdf(1.96)).toBeCloseTo(0.975_002_104_851_78, 12)
    expect(k.normalCdf(-6)).toBeCloseTo(9.865_876_450_377e-10, 20)
    expect(k.normalQuantile(0.975)).toBeCloseTo(1.959_963_984_540_05, 10)
    expect(k.normalQuantile(0.01)).toBeCloseTo(-2.326_347_874_040_84, 10)
    expect(k.normalQuantile(1e-10)).toBeCloseTo(-6.361_340_902_404, 8)
    expect(k.chiSquaredTail(3.841_458_820_694, 1)).toBeCloseTo(0.05, 10)
    expect(k.chiSquaredTail(18.307_038_053_275, 10)).toBeCloseTo(0.05, 10)
    expect(k.chiSquaredTail(2, 2)).toBeCloseTo(Math.exp(-1), 12)
    expect(k.lnGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12)
    expect(k.lnGamma(11)).toBeCloseTo(Math.log(3_628_800), 11)
  })
})
describe("returns", () => {
  it("grow by compounding, by bars and by the calendar", () => {
    const price = of(100, 110, 99, 108.9)
    expect(k.totalReturn(k.simpleReturns(price))).toBeCloseTo(0.089, 12)
    expect(k.annualReturn(k.simpleReturns(price), 3)).toBeCloseTo(0.089, 12)
    expect(k.cagr(of(100, 121), Int32Array.of(0, 730.5))).toBeCloseTo(1.21 ** (365.25 / 730) - 1, 12)
  })
  it("have type 7 quantiles: linear between order statistics", () => {
    expect(k.quantile(of(4, 1, 3, 2), 0.5)).toBe(2.5)
    expect(k.quantile(of(1, 2, 3, 4, 5), 0.1)).toBeCloseTo(1.4, 12)
    expect(k.quantile(of(7), 0.99)).toBe(7)
    expect(k.quantile(of(), 0.5)).toBeNaN()
  })
})
describe("volatility", () => {
  it("by EWMA starts from the mean of 20 squares and gives each later one 6 %", () => {
    const r = Float64Array.from({ length: 22 }, (_, t) => (t < 20 ? (t % 2 === 0 ? 0.01 : -0.03) : 0.05))
    const seed = (0.01 ** 2 + 0.03 ** 2) / 2
    const two = 0.94 * (0.94 * seed + 0.06 * 0.05 ** 2) + 0.06 * 0.05 ** 2
    expect(k.ewmaVolatility(r, 252)).toBeCloseTo(Math.sqrt(252 * two), 12)
    expect(k.ewmaVolatility(r.subarray(0, 20), 1)).toBeCloseTo(Math.sqrt(seed), 12)
    expect(k.ewmaVolatility(r.subarray(0, 19), 252)).toBeNaN()
  })
})
describe("drawdown", () => {
  // Equity 1.1, .88, .968, 1.1616, 1.0454: two falls from peaks of 1.1 and 1.1616.
  const r = of(0.1, -0.2, 0.1, 0.2, -0.1)
  it("lists every fall with its peak, trough and recovery", () => {
    const table = k.drawdownTable(r)
    expect(table.map(({ peak, trough, recovery }) => ({ peak, trough, recovery }))).toEqual([
      { peak: 0, trough: 1, recovery: 3 },
      { peak: 3, trough: 4, recovery: undefined }
    ])
    expect(table[0]!.depth).toBeCloseTo(-0.2, 12)
  })
  it("counts from a starting equity of 1, so that a first loss is a fall", () => {
    expect(Array.from(k.drawdowns(of(-0.5, 1)))).toEqual([-0.5, 0])
  })
  it("summarises depth, stay and Ulcer index", () => {
    const s = k.summariseDrawdowns(r)
    expect(s.max).toBeCloseTo(-0.2, 12)
    expect(s.average).toBeCloseTo(-0.15, 12)
    expect(s.longest).toBe(3)
    expect(s.underWater).toBeCloseTo(3 / 5, 12)
    expect(s.ulcer).toBeCloseTo(Math.sqrt((20 ** 2 + 12 ** 2 + 10 ** 2) / 5), 10)
    expect(k.summariseDrawdowns(of(0.1, 0.1)).max).toBeCloseTo(0, 12)
    // The worst 5 % of 40 bars are two: -0.5 and, after a rise of a tenth, -0.45.
    const fall = Float64Array.from({ length: 40 }, (_, t) => (t === 30 ? -0.5 : t === 31 ? 0.1 : t === 32 ? 1 : 0))
    expect(k.summariseDrawdowns(fall).conditional).toBeCloseTo(-0.475, 12)
  })
})
describe("value at risk", () => {
  const r = noise(20_000).map((v) => 0.0005 + 0.01 * v)
  it("historical: the quantile, and the mean at and below it", () => {
    const ten = of(-10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10)
    expect(k.historicalVar(ten, 0.9)).toEqual({ var: 8, cvar: 9 })
  })
  it("Gaussian and Cornish-Fisher agree with the historical one on normal returns", () => {
    const gauss = k.gaussianVar(r, 0.95)
    expect(gauss.var).toBeCloseTo(0.01 * 1.6449 - 0.0005, 3)
    expect(gauss.cvar).toBeCloseTo(0.01 * 2.0627 - 0.0005, 3)
    expect(k.historicalVar(r, 0.95).var).toBeCloseTo(gauss.var, 3)
    expect(k.cornishFisherVar(r, 0.95)).toMatchObject({ valid: expect.any(Boolean), var: expect.closeTo(gauss.var, 3) })
  })
  it("Cornish-Fisher says when it is outside its domain", () => {
    const skewed = Float64Array.from({ length: 200 }, (_, i) => (i < 2 ? -1 : 0.001 * (i % 7)))
    expect(k.cornishFisherVar(skewed, 0.99).valid).toBe(false)
  })
})
describe("ratios", () => {
  const r = of(0.01, -0.02, 0.03, 0.005, -0.01)
  it("follow their formulas", () => {
    const m = 0.003
    const s = Math.sqrt([0.01, -0.02, 0.03, 0.005, -0.01].reduce((a, v) => a + (v - m) ** 2, 0) / 4)
    expect(k.sharpe(r, 252)).toBeCloseTo((m / s) * Math.sqrt(252), 12)
    expect(k.sortino(r, 252)).toBeCloseTo((m * 252) / (Math.sqrt((0.0004 + 0.0001) / 5) * Math.sqrt(252)), 12)
    expect(k.calmar(r, 252)).toBeCloseTo(k.annualReturn(r, 252) / 0.02, 12)
    expect(k.omega(r)).toBeCloseTo(0.045 / 0.03, 12)
  })
  it("are NaN, not infinite, without any risk", () => {
    expect([
      k.sharpe(of(0.01, 0.01), 252),
      k.sharpe(k.simpleReturns(Float64Array.from({ length: 300 }, (_, t) => 100 * 1.0001 ** t)), 252),
      k.sortino(of(0.01, 0.02), 252),
      k.calmar(of(0.01, 0.02), 252),
      k.omega(of(0.1))
    ]).toEqual([NaN, NaN, NaN, NaN, NaN])
  })
  it("do not change with the scale of the returns", () => {
    const twice = r.map((v) => 2 * v)
    expect(k.sharpe(twice, 252)).toBeCloseTo(k.sharpe(r, 252), 12)
    expect(k.sortino(twice, 252)).toBeCloseTo(k.sortino(r, 252), 12)
  })
})
describe("shape", () => {
  it("gives biased and corrected moments (worked for 1, 2, 3, 4, 10)", () => {
    const { g1, g2, G1, G2 } = k.shapeOf(of(1, 2, 3, 4, 10))
    expect(g1).toBeCloseTo(1.138_42, 5)
    expect(G1).toBeCloseTo((1.138_419_957_7 * Math.sqrt(20)) / 3, 5)
    expect(g2).toBeCloseTo(-0.212, 6)
    expect(G2).toBeCloseTo((4 / 6) * (6 * g2 + 6), 12)
  })
  it("Jarque and Bera reject fat tails and accept normal returns", () => {
    expect(k.jarqueBera(noise(2000)).p).toBeGreaterThan(0.01)
    expect(k.jarqueBera(noise(2000).map((v) => v ** 3)).p).toBeLessThan(1e-10)
  })
  it("Hill finds the exponent of a Pareto tail", () => {
    const random = uniforms(11)
    const pareto = Float64Array.from({ length: 50_000 }, () => random() ** (-1 / 3))
    expect(k.hillTail(pareto, "right")).toBeCloseTo(3, 0)
    expect(
      k.hillTail(
        pareto.map((v) => -v),
        "left"
      )
    ).toBeCloseTo(k.hillTail(pareto, "right"), 10)
  })
})
describe("dependence", () => {
  const x = of(1, 2, 3, 4, 5, 6)
  const y = of(2, 1, 4, 3, 7, 5)
  it("agrees with values worked by hand", () => {
    // Rank differences 1, 1, 1, 1, 1, 1: rho = 1 - 6 * 6 / (6 * 35). Discordant pairs: 3 of 15.
    expect(k.spearman(x, y)).toBeCloseTo(1 - 36 / 210, 12)
    expect(k.kendall(x, y)).toBeCloseTo((12 - 3) / 15, 12)
    expect(k.beta(of(3, 5, 7), of(1, 2, 3))).toBeCloseTo(2, 12)
    expect(k.alpha(of(0.03, 0.05, 0.07), of(0.01, 0.02, 0.03), 1)).toBeCloseTo(0.01, 12)
    // (0.05 - 0.01) - 2 (0.02 - 0.01), ten times a year.
    expect(k.alpha(of(0.03, 0.05, 0.07), of(0.01, 0.02, 0.03), 10, 0.01)).toBeCloseTo(0.2, 12)
  })
  it("Kendall's tau-b counts ties as the definition over all pairs does", () => {
    const random = uniforms(5)
    const a = Float64Array.from({ length: 60 }, () => Math.floor(random() * 8))
    const b = a.map((v) => v + Math.floor(random() * 5))
    let [concordant, discordant, tiedA, tiedB] = [0, 0, 0, 0]
    for (let i = 0; i < 60; i++)
      for (let j = i + 1; j < 60; j++) {
        const s = Math.sign(a[i]! - a[j]!) * Math.sign(b[i]! - b[j]!)
        if (s > 0) concordant++
        else if (s < 0) discordant++
        if (a[i] === a[j]) tiedA++
        if (b[i] === b[j]) tiedB++
      }
    const all = (60 * 59) / 2
    expect(k.kendall(a, b)).toBeCloseTo((concordant - discordant) / Math.sqrt((all - tiedA) * (all - tiedB)), 12)
  })
  it("is NaN when one side does not vary", () => {
    const flat = of(1, 1, 1)
    expect([k.pearson(flat, of(1, 2, 3)), k.kendall(flat, of(1, 2, 3)), k.beta(of(1, 2, 3), flat)]).toEqual([NaN, NaN, NaN])
  })
})
describe("memory", () => {
  it("autocorrelation of AR(1) is its coefficient, the partial one stops after the first lag", () => {
    const x = autoregressive(0.6, 20_000)
    expect(k.autocorrelation(x, 2)[0]).toBeCloseTo(0.6, 1)
    expect(k.autocorrelation(x, 2)[1]).toBeCloseTo(0.36, 1)
    expect(k.partialAutocorrelation(x, 2)[1]).toBeCloseTo(0, 1)
    expect(k.ljungBox(x, 10).p).toBeLessThan(1e-10)
    expect(k.ljungBox(noise(5000), 10).p).toBeGreaterThan(0.01)
  })
  it("the variance ratio of white noise is 1, of momentum above it, of reversion below", () => {
    expect(Math.abs(k.varianceRatio(noise(5000), 5).z)).toBeLessThan(3)
    expect(k.varianceRatio(autoregressive(0.3, 5000), 2).ratio).toBeCloseTo(1.3, 1)
    expect(k.varianceRatio(autoregressive(-0.3, 5000), 2).z).toBeLessThan(-5)
  })
  it("the Hurst exponents of a random walk are near a half, those of persistent returns above", () => {
    const steps = noise(8000)
    let level = 0
    const walk = steps.map((v) => (level += v))
    expect(k.hurstOfDifferences(walk)).toBeCloseTo(0.5, 1)
    expect(Math.abs(k.hurstDetrended(steps) - 0.5)).toBeLessThan(0.06)
    expect(Math.abs(k.hurstRescaledRange(steps) - 0.53)).toBeLessThan(0.06)
    expect(k.hurstDetrended(autoregressive(0.9, 8000))).toBeGreaterThan(0.65)
  })
  it("half of a deviation of AR(1) is gone after ln 2 / -ln phi bars; a random walk has no half-life worth the name", () => {
    expect(k.halfLife(autoregressive(0.9, 50_000))).toBeCloseTo(-Math.LN2 / Math.log(0.9), 0)
    expect(k.halfLife(of(1, 2, 4, 8, 16))).toBeNaN()
  })
})
describe("the description of a series", () => {
  const options = { annual: 252, riskFree: 0, confidences: [0.95] }
  const columns = someBars(500)
  it("names each statistic once", () => {
    const names = k.describeSeries(columns, options).map((s) => `${s.metric} ${s.parameters}`)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(50)
  })
  it("does not change with the level of the prices", () => {
    const scaled = {
      ...columns,
      open: columns.open.map((v) => 3 * v),
      high: columns.high.map((v) => 3 * v),
      low: columns.low.map((v) => 3 * v),
      close: columns.close.map((v) => 3 * v)
    }
    // Amihud's is per money traded; and where nothing clusters, many GARCH models are equally likely.
    const free = (c: typeof columns) =>
      k.describeSeries(c, options).filter((s) => Number.isFinite(s.value) && !/amihud|garch|gjr/.test(s.metric))
    const before = free(columns)
    for (const [i, s] of free(scaled).entries())
      expect([s.metric, s.value]).toEqual([s.metric, expect.closeTo(before[i]!.value, 6)])
  })
  it("is empty for a series that is too short to describe", () => {
    expect(k.describeSeries(someBars(10), options)).toEqual([])
  })
  it("of a series against itself has beta 1 and no alpha", () => {
    const own = Object.fromEntries(k.describeAgainst(columns, { symbol: "ME", columns }, options).map((s) => [s.metric, s.value]))
    expect(own).toMatchObject({ beta: expect.closeTo(1, 12), alpha: expect.closeTo(0, 12), correlation_kendall: 1 })
  })
})
