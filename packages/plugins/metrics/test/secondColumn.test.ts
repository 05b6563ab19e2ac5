import { describe, expect, it } from "vitest"
import { builtIn, computeIndicator, computeOutputs } from "../src/kernels.ts"
import { someBars } from "./bars.ts"

const columns = someBars(300)
/** First bar with a value, and the values at bars 150 and 299, from TA-Lib 0.8.1 (C) on `someBars(300)`. */
const reference: ReadonlyArray<readonly [name: string, first: number, at150: number, at299: number]> = [
  ["mama_0.5_0.05", 32, 99.54416894720637, 86.46160573470827],
  ["mama_0.5_0.05_fama", 32, 100.28837657467037, 87.2776177574018],
  ["ht_dcperiod", 32, 24.743525973367767, 25.99721497187199],
  ["ht_dcphase", 63, 12.163882168694215, 307.9617979749853],
  ["ht_phasor_inphase", 32, -1.053891202157918, -1.9584313662033948],
  ["ht_phasor_quadrature", 32, 1.4781361789099294, 0.4076796241908414],
  ["ht_sine", 63, 0.21070861589120657, -0.7884210713950807],
  ["ht_sine_lead", 63, 0.8402249571555138, -0.12253109752289022],
  ["ht_trendline", 63, 100.50540000000001, 87.8339553846154],
  ["accbands_20_upper", 19, 103.89259017479647, 92.32097357785149],
  ["accbands_20_middle", 19, 99.80699999999999, 87.70300000000005],
  ["accbands_20_lower", 19, 95.69009017479647, 83.3284735778515],
  ["macdext_12_26_9_0", 33, -1.8817948717949093, -0.6553846153845626],
  ["macdext_12_26_9_0_signal", 33, -1.8363675213675523, 0.14099002849007056],
  ["macdext_12_26_9_0_hist", 33, -0.045427350427357016, -0.7963746438746332],
  ["macdext_12_26_9_1", 33, -0.8979276119120527, -0.06242148045075169],
  ["macdext_12_26_9_1_signal", 33, -1.0566293576292758, 0.23200095628193082],
  ["macdext_12_26_9_3", 66, -0.18560073073169292, -0.9218547335054268],
  ["macdext_12_26_9_3_signal", 66, -0.6246812079214756, -1.1768086324195648],
  ["imi_14", 13, 43.98073836276089, 37.02290076335855],
  ["avgdev_14", 13, 0.8607142857142855, 0.9871428571428567],
  ["sarext_0_0_0.02_0.2", 1, 96.78462400000001, -88.16229197766103],
  ["coppock", 23, -5.0688096715755435, -4.800777351033214],
  ["nvi", 0, 1048.439238109133, 990.2643973345524],
  ["pvi", 0, 949.2337214921517, 877.9259395932895],
  ["vpt", 0, -252.10761945572577, -792.946199894631],
  ["mass", 40, 24.584881767556165, 24.681579586203927],
  ["chaikin_vol", 19, -14.117008406586212, 1.4293233896521933],
  ["smi", 45, -35.316963057461365, -7.132907893795588]
]
const near = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b)))

describe("TA-Lib", () => {
  it.each(reference)("%s agrees", (name, first, at150, at299) => {
    const values = computeIndicator(name, columns)
    expect(values.findIndex((v) => !Number.isNaN(v))).toBe(first)
    near(values[150]!, at150)
    near(values[299]!, at299)
  })
})
describe("rules", () => {
  const at = (name: string, t: number) => computeIndicator(name, columns)[t]!
  const { close, high, low, volume } = columns
  it("channels lie about their averages", () => {
    near(at("starc_6_15_2_upper", 200), at("sma_6", 200) + 2 * at("atr_15", 200))
    near(at("linreg_channel_50_2_middle", 200), at("linreg_50", 200))
    const residuals = Array.from(
      { length: 50 },
      (_, j) => close[151 + j]! - at("linreg_intercept_50", 200) - j * at("linreg_slope_50", 200)
    )
    const deviation = Math.sqrt(residuals.reduce((a, r) => a + r * r, 0) / 50)
    near(at("linreg_channel_50_2_upper", 200) - at("linreg_50", 200), 2 * deviation)
  })
  it("sums of rates of change: KST by its weights", () => {
    const part = (n: number, length: number) =>
      Array.from({ length }, (_, j) => 100 * (close[200 - j]! / close[200 - j - n]! - 1)).reduce((a, v) => a + v, 0) / length
    near(at("kst", 200), part(10, 10) + 2 * part(15, 10) + 3 * part(20, 10) + 4 * part(30, 15))
  })
  it("ease of movement is the move of the middle times the range per volume", () => {
    const ease = (t: number) =>
      (((high[t]! + low[t]! - high[t - 1]! - low[t - 1]!) / 2) * (high[t]! - low[t]!) * 1e8) / volume[t]!
    near(at("emv", 100), Array.from({ length: 14 }, (_, j) => ease(100 - j)).reduce((a, v) => a + v, 0) / 14)
  })
  it("pivots come from the bar before", () => {
    const p = (high[99]! + low[99]! + close[99]!) / 3
    near(at("pivots", 100), p)
    near(at("pivots_r1", 100), 2 * p - low[99]!)
    near(at("pivots_s3", 100), low[99]! - 2 * (high[99]! - p))
  })
  it("fractals are told two bars after the top", () => {
    const up = computeIndicator("fractals_2_up", columns)
    for (let t = 4; t < 300; t++) expect(up[t]).toBe([0, 1, 3, 4].every((j) => high[t - j]! < high[t - 2]!) ? 1 : 0)
  })
  it("renko bricks add up to the price that they have reached", () => {
    const bricks = computeIndicator("renko_1_bricks", columns)
    const level = computeIndicator("renko_1", columns)
    for (let t = 1; t < 300; t++) {
      expect(level[t] === level[t - 1]).toBe(bricks[t] === 0)
      expect(close[t]! < level[t]! * 1.01 ** 2 && close[t]! > level[t]! / 1.01 ** 2).toBe(true)
    }
  })
  it("oscillators stay within their bounds", () => {
    for (const name of ["connorsrsi", "schaff", "rvi", "imi", "qqe", "ht_trendmode"])
      expect([name, computeIndicator(name, columns).every((v) => !(v < -1e-9 || v > 100 + 1e-9))]).toEqual([name, true])
  })
  it("the zigzag repaints: marked, and among no presets", () => {
    const zigzag = builtIn.find((def) => def.name === "zigzag")!
    expect(zigzag.repaints).toBe(true)
    const whole = computeOutputs(zigzag, [5], columns)[0]!
    expect(Math.max(...whole)).toBe(Math.max(...high))
    expect(Math.min(...whole)).toBe(Math.min(...low))
  })
})
