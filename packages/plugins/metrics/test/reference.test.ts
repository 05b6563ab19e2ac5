/**
 * Statistics against independent implementations. The numbers were computed once, on the same seeded series, by statsmodels 0.15.0, arch 8.0.0,
 * scipy 1.17.1, scikit-learn 1.9.1 and numpy 2.4.6; each test names the call.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as k from "../src/kernels.ts"
import { autoregressive, clustered, noise, walk } from "./series.ts"

/** Equal to a relative 1e-9, unless `digits` says less. */
const near = (actual: number | undefined, wanted: number, relative = 1e-9) =>
  expect(actual).toSatisfy((v: number) => Math.abs(v - wanted) <= relative * Math.abs(wanted), `${wanted} within ${relative}`)

const reverting = autoregressive(0.95, 500)
const drifting = walk(500, 5)
const hedged = autoregressive(0.8, 500, 11).map((e, t) => 2 + 0.7 * drifting[t]! + e)

describe("unit roots", () => {
  it("statsmodels adfuller(regression='c', autolag='AIC')", () => {
    const found = k.adf(reverting)
    near(found.statistic, -3.730_111_354_807_388)
    near(found.p, 0.003_709_003_467_461_76)
    expect(found.lags).toBe(1)
    const walked = k.adf(drifting)
    near(walked.statistic, -1.086_041_610_682_308_5)
    near(walked.p, 0.720_606_129_186_251_6)
  })
  it("statsmodels adfuller(maxlag=4, autolag=None)", () => {
    near(k.adf(reverting, { lags: 4 }).statistic, -4.045_823_286_401_747)
    near(k.adf(reverting, { lags: 4 }).p, 0.001_188_687_921_473_210_4)
  })
  it("statsmodels kpss(regression='c'), nlags='auto' and 10; its table ends at .1", () => {
    expect(k.kpss(reverting)).toMatchObject({ statistic: expect.closeTo(0.337_030_051_930_338_2, 10), p: 0.1, lags: 12 })
    near(k.kpss(reverting, 10).p, 0.085_908_928_893_036_72)
    near(k.kpss(noise(500, 9)).statistic, 0.500_429_916_454_562_3)
    near(k.kpss(noise(500, 9)).p, 0.041_569_838_636_359_85)
  })
  it("least squares of statsmodels: both half-lives of AR(1)", () => {
    near(k.halfLifeLinear(reverting), 10.982_650_518_396_888)
    near(k.halfLife(reverting), 10.632_311_527_216_673)
  })
})
describe("cointegration", () => {
  it("statsmodels coint(trend='c', autolag='aic'), numpy polyfit", () => {
    const found = k.engleGranger(hedged, drifting)
    near(found.statistic, -7.559_976_303_683_056)
    near(found.p, 3.764_167_933_081_2e-10, 1e-7)
    near(found.hedge, 0.660_143_12, 1e-8)
    near(found.intercept, 2.448_946_64, 1e-8)
    near(k.engleGranger(walk(500, 13), drifting).p, 0.229_618_530_588_104)
  })
  it("statsmodels coint_johansen(det_order=0), k_ar_diff 1 and 2", () => {
    const three = k.johansen([hedged, drifting, walk(500, 17)])
    for (const [i, trace] of [60.008_176_64, 7.078_099_28, 1.117_841_5].entries()) near(three.ranks[i]?.trace, trace, 1e-8)
    expect(three.relations).toBe(1)
    near(k.johansen([hedged, drifting], 2).ranks[0]?.trace, 45.105_468_41, 1e-8)
  })
  it("answers NaN for a series against itself, and nothing for too few bars", () => {
    expect(k.engleGranger(drifting, drifting).p).toBeNaN()
    expect(k.johansen([drifting.slice(0, 15), hedged.slice(0, 15)]).ranks).toEqual([])
  })
})
describe("GARCH by maximum likelihood", () => {
  const plain = clustered(1500, 7)
  // arch_model(r - mean, mean='Zero', vol='GARCH').fit(backcast=mean(e^2)); its optimiser stops at about 1e-6 of a parameter.
  it.each([
    ["normal", plain, {}, 4983.195_475_527, [0.108_395_6, 0, 0.867_727_9], 1.115_036_8e-4],
    ["GJR, normal", plain, { leverage: true }, 4992.256_347_78, [0.047_932_3, 0.104_478_1, 0.874_362_6], 1.089_975_5e-4],
    ["Student's t", clustered(1500, 7, true), { heavy: true }, 5264.784_397_32, [0.073_233, 0, 0.898_076], 7.020_58e-5],
    [
      "GJR, Student's t",
      clustered(1500, 7, true),
      { leverage: true, heavy: true },
      5273.440_466_28,
      [0.009_695, 0.087_744, 0.913_463],
      8.149e-5
    ]
  ] as const)("arch: %s", (_, r, options, likelihood, [alpha, gamma, beta], next) => {
    const fit = k.fitGarch(r, options)!
    near(fit.logLikelihood, likelihood, 1e-10)
    expect(fit.alpha).toBeCloseTo(alpha, 4)
    expect(fit.gamma).toBeCloseTo(gamma, 4)
    expect(fit.beta).toBeCloseTo(beta, 4)
    near(fit.nextVariance, next, 1e-4)
  })
  it("arch and numpy: forecasts ten bars ahead, and value at risk by filtered historical simulation", () => {
    const fit = k.fitGarch(plain)!
    near(k.forecastVariance(fit, 10), 1.077_028_66e-4, 1e-5)
    near(k.filteredHistoricalVar(fit, 0.95), 0.018_063_832_8, 1e-5)
    near(k.filteredHistoricalVar(fit, 0.99), 0.023_560_030_3, 1e-5)
    near(k.garchVar(fit, 0.95), 0.018_148_943_99, 1e-5)
  })
  it("does not depend on the unit of the returns", () => {
    const percent = k.fitGarch(plain.map((v) => 100 * v))!
    near(percent.alpha, k.fitGarch(plain)!.alpha, 1e-6)
    near(percent.nextVariance, 1e4 * k.fitGarch(plain)!.nextVariance, 1e-6)
  })
  it("forecasts go to the long-run variance; a series without variance has no fit", () => {
    const fit = k.fitGarch(plain)!
    near(k.forecastVariance(fit, 5000), k.longRunVariance(fit))
    expect(k.persistence(fit)).toBeLessThan(1)
    expect(k.fitGarch(new Float64Array(500))).toBeUndefined()
    expect(k.fitGarch(plain.slice(0, 50))).toBeUndefined()
  })
})
describe("memory, shape and dependence", () => {
  const r = clustered(1500, 7)
  it("arch VarianceRatio(lags=q, debiased=True, robust=True)", () => {
    near(k.varianceRatio(r, 2).ratio, 0.963_410_948_884_337_6)
    near(k.varianceRatio(r, 2).z, -0.976_305_354_704_448_9)
    near(k.varianceRatio(r, 10).z, 0.902_880_886_052_667_8)
    near(k.varianceRatio(r, 10).p, 0.366_589_116_061_077)
  })
  it("statsmodels acf, pacf(method='ldb'), acorr_ljungbox", () => {
    const a = autoregressive(0.4, 400, 21)
    near(k.autocorrelation(a, 2)[1], 0.212_515_8, 1e-6)
    near(k.partialAutocorrelation(a, 3)[2], -3.516_371_57e-2, 1e-7)
    near(k.ljungBox(a, 10).statistic, 131.454_475, 1e-8)
    near(k.ljungBox(a, 10).p, 2.358_422e-23, 1e-6)
  })
  it("scipy skew, kurtosis (biased and not), jarque_bera, kendalltau and spearmanr", () => {
    const cubes = noise(400, 21).map((v) => v ** 3)
    const { g1, g2, G1, G2 } = k.shapeOf(cubes)
    for (const [own, wanted] of [
      [g1, 0.576_883_387_518_895_9],
      [G1, 0.579_057_117_618_197],
      [g2, 12.768_737_222_176_39],
      [G2, 12.944_946_310_969_208],
      [k.jarqueBera(cubes).statistic, 2739.530_467_002_899_5]
    ] as const)
      near(own, wanted)
    const a = autoregressive(0.4, 400, 21)
    const b = noise(400, 23).map((e, t) => 0.5 * a[t]! + e)
    near(k.pearson(a, b), 0.522_956_696_096_248_5)
    near(k.spearman(a, b), 0.520_093_563_084_769_2)
    near(k.kendall(a.map(Math.round), b.map(Math.round)), 0.412_931_844_763_930_86)
  })
  it("numpy: the tail index of Hill", () => near(k.hillTail(r, "both"), 3.796_293_184_636_208_5))
  it("permutation entropy and Lempel-Ziv words counted by their definitions in Python", () => {
    const a = autoregressive(0.4, 400, 21)
    near(k.permutationEntropy(a), 0.993_089_704_564_711_4)
    near(k.lempelZiv(a), 1.015_653_102_298_530_2)
    // The example of Kaspar and Schuster 1987: 0.001.10.100.1000.101 has six words.
    const bits = Float64Array.from("0001101001000101", Number)
    near((k.lempelZiv(bits) * 16) / 4, 6)
  })
})
describe("covariance", () => {
  const [a, b, c] = [7, 8, 9].map((seed) => clustered(120, seed)) as [Float64Array, Float64Array, Float64Array]
  const series = [a, b.map((v, t) => v + 0.5 * a[t]!), c]
  it("scikit-learn LedoitWolf, numpy cov and eigvalsh", () => {
    const { covariance, shrinkage } = k.ledoitWolf(series)
    near(shrinkage, 0.169_633_945_628_560_24)
    near(covariance[0]![1], 4.090_209_81e-5, 1e-8)
    near(covariance[2]![2], 7.198_286_28e-5, 1e-8)
    const sample = k.sampleCovariance(series)
    near(sample[1]![0], 4.967_184_41e-5, 1e-8)
    for (const [i, share] of [0.594_309_08, 0.271_570_1, 0.134_120_82].entries())
      near(k.componentShares(k.correlationOf(sample))[i], share, 1e-7)
  })
  it("numpy: the exponentially weighted one", () => {
    const found = k.ewmaCovariance([a, b])
    near(found[0]![0], 6.337_410_93e-5, 1e-8)
    near(found[1]![0], 1.358_340_65e-5, 1e-8)
  })
  it("the distance is 0 for copies, 1 for opposites", () => {
    expect([1, 0, -1].map(k.correlationDistance)).toEqual([0, Math.SQRT1_2, 1])
  })
})
describe("liquidity", () => {
  const close = walk(300, 5).map((w) => 100 * Math.exp(0.01 * w))
  const up = noise(300, 6).map(Math.abs)
  const down = noise(300, 8).map(Math.abs)
  it("numpy and pandas: Amihud, Roll, Corwin and Schultz", () => {
    near(
      k.amihud(
        close,
        up.map((v) => 1000 * (1 + v))
      ),
      0.043_878_384_534_252_49
    )
    let level = 0
    const side = noise(300, 9)
    const bounce = noise(300, 10).map((e, t) => 100 * Math.exp(0.001 * (level += e) + 0.002 * Math.sign(side[t]!)))
    near(k.rollSpread(bounce), 0.004_083_840_939_425_04)
    const high = close.map((v, t) => v * Math.exp(0.004 * up[t]!))
    const low = close.map((v, t) => v * Math.exp(-0.004 * down[t]!))
    near(k.corwinSchultz(high, low, close), 0.000_962_618_947_864_450_1)
  })
  it("is NaN without trade or bounce", () => {
    expect(k.amihud(close, new Float64Array(300))).toBeNaN()
    expect(k.rollSpread(Float64Array.from({ length: 50 }, (_, i) => 100 * 1.01 ** (i * i)))).toBeNaN()
  })
})
const shared = process.env["TETRA_SHARED_DATA"]
/** Log closes of the shared market data, adjusted with their factor files. */
const adjustedLogs = (folder: string, symbol: string): Float64Array => {
  const read = (kind: string) =>
    readFileSync(join(folder, "market", kind, `${symbol}.csv`), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","))
  const factors = read("factors")
  return Float64Array.from(read("equities"), ([date, , , , close]) => {
    const row = factors.find((f) => date! <= f[0]!)
    return Math.log(Number(close) * (row === undefined ? 1 : Number(row[1]) * Number(row[2])))
  })
}
describe.skipIf(shared === undefined)("on SPY since 1998, adjusted", () => {
  it("statsmodels and arch say the same", () => {
    const level = adjustedLogs(shared!, "SPY")
    const r = level.slice(1).map((v, t) => v - level[t]!)
    near(k.adf(level).statistic, 0.682_415_831_851_872_6, 1e-7)
    expect(k.adf(level).lags).toBe(34)
    near(k.kpss(level).statistic, 10.599_578_702_600_708, 1e-8)
    near(k.varianceRatio(r, 5).z, -2.426_913_800_448_619_3, 1e-7)
    const plain = k.fitGarch(r)!
    near(plain.logLikelihood, 18_776.218_051_67, 1e-9)
    near(Math.sqrt(252 * plain.nextVariance), 0.135_727_06, 1e-5)
    near(k.filteredHistoricalVar(plain, 0.95), 0.014_464_45, 1e-5)
    const heavy = k.fitGarch(r, { leverage: true, heavy: true })!
    near(heavy.logLikelihood, 19_014.547_401_38, 1e-9)
    near(heavy.nu, 6.943_87, 1e-4)
    near(Math.sqrt(252 * heavy.nextVariance), 0.124_044_15, 1e-4)
  })
})
