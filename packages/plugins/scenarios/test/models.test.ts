import { describe, expect, it } from "vitest"
import { logReturns, weekdaysAfter } from "../src/history.ts"
import { barsAround, rescaled, replay, shocked } from "../src/models/bars.ts"
import { politisWhite, stationaryIndices } from "../src/models/bootstrap.ts"
import { choleskyOf, shrunkCorrelation } from "../src/models/covariance.ts"
import { correlatedPath, fitCorrelated, fitGbm, gbmPath } from "../src/models/gbm.ts"
import { marketBetas, shapes, shockLevels } from "../src/models/shocks.ts"
import { hashOf, RandomSource } from "../src/random.ts"
import { kolmogorovSmirnov, stylisedFacts } from "../src/stylisedFacts.ts"

const mean = (x: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]!
  return sum / x.length
}
/** Mean product of the distances from the means, divisor n. */
const covariance = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  const [mx, my] = [mean(x), mean(y)]
  return mean(Array.from(x, (v, i) => (v - mx) * (y[i]! - my)))
}
const deviation = (x: ArrayLike<number>) => Math.sqrt((covariance(x, x) * x.length) / (x.length - 1))
const correlation = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y))
/** Standard normal distribution function, 7 digits (Abramowitz and Stegun 26.2.17). */
const normalCdf = (x: number): number => {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x))
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return x > 0 ? 1 - tail : tail
}
const normals = (n: number, ...key: ReadonlyArray<string>) => {
  const random = new RandomSource(1, ...key)
  return Float64Array.from({ length: n }, () => random.normal())
}

describe("random numbers", () => {
  it("depend on the seed and the keys only, and stay what they are from version to version", () => {
    const draw = (...key: ReadonlyArray<string | number>) =>
      Array.from(
        { length: 3 },
        (
          (r) => () =>
            r.bits()
        )(new RandomSource(42, ...key))
      )
    expect(draw("gbm", 3)).toEqual(draw("gbm", 3))
    expect(draw("gbm", 3)).not.toEqual(draw("gbm", 4))
    expect(draw("gbm", "3")).not.toEqual(draw("gbm", 3))
    expect(draw("ab", "c")).not.toEqual(draw("a", "bc"))
    expect(new Set(Array.from({ length: 1000 }, (_, i) => hashOf(1, i))).size).toBe(1000)
    expect(draw("gbm", 0)).toEqual([1246267499, 1209582074, 414693945])
  })
  it("uniforms fill (0, 1) evenly", () => {
    const random = new RandomSource(9)
    const counts = new Float64Array(20)
    for (let i = 0; i < 100_000; i++) counts[Math.floor(random.uniform() * 20)]!++
    const chiSquared = counts.reduce((sum, n) => sum + (n - 5000) ** 2 / 5000, 0)
    expect(chiSquared).toBeLessThan(43.8) // 0.1 % of 19 degrees
  })
  it("normals have the moments, the tails and the distribution of a normal", () => {
    const z = normals(400_000, "z")
    expect(mean(z)).toBeCloseTo(0, 2)
    expect(deviation(z)).toBeCloseTo(1, 2)
    expect(mean(z.map((v) => v ** 3))).toBeCloseTo(0, 1)
    expect(Math.abs(mean(z.map((v) => v ** 4)) - 3)).toBeLessThan(4 * Math.sqrt(96 / z.length))
    for (const edge of [-3, -1, 0, 0.5, 2, 3.5]) {
      const share = z.filter((v) => v < edge).length / z.length
      expect(Math.abs(share - normalCdf(edge))).toBeLessThan(4 * Math.sqrt((normalCdf(edge) * (1 - normalCdf(edge))) / z.length))
    }
    expect(z.reduce((most, v) => Math.max(most, v), 0)).toBeGreaterThan(3.5) // the tail beyond the ziggurat's edge is drawn
  })
})
describe("geometric Brownian motion", () => {
  const last = (drift: number, volatility: number, steps: number) =>
    Float64Array.from({ length: 20_000 }, (_, path) => {
      const out = new Float64Array(steps)
      gbmPath(100, { drift, volatility }, new RandomSource(4, "paths", path), out)
      return out[steps - 1]!
    })
  it("is a martingale after its drift: mean(S_T) = S_0 exp(m T)", () => {
    const [m, v, steps] = [0.0005, 0.02, 50]
    const ends = last(m - v ** 2 / 2, v, steps)
    expect(Math.abs(mean(ends) - 100 * Math.exp(m * steps))).toBeLessThan((4 * deviation(ends)) / Math.sqrt(ends.length))
  })
  it("prices a European call as Black and Scholes do", () => {
    const [rate, sigma, years, strike] = [0.03, 0.25, 1, 105]
    const steps = 12
    const ends = last((rate - sigma ** 2 / 2) / steps, sigma / Math.sqrt(steps), steps)
    const payoff = ends.map((s) => Math.exp(-rate * years) * Math.max(s - strike, 0))
    const d1 = (Math.log(100 / strike) + (rate + sigma ** 2 / 2) * years) / (sigma * Math.sqrt(years))
    const price = 100 * normalCdf(d1) - strike * Math.exp(-rate * years) * normalCdf(d1 - sigma * Math.sqrt(years))
    expect(Math.abs(mean(payoff) - price)).toBeLessThan((4 * deviation(payoff)) / Math.sqrt(payoff.length))
  })
  it("finds again what it was made with", () => {
    const out = new Float64Array(20_000)
    gbmPath(1, { drift: 0.0004, volatility: 0.013 }, new RandomSource(2), out)
    const fit = fitGbm(out)
    expect(fit.volatility).toBeCloseTo(0.013, 3)
    expect(Math.abs(fit.drift - 0.0004)).toBeLessThan((4 * 0.013) / Math.sqrt(20_000))
  })
  it("of many assets keeps their volatilities and their correlation", () => {
    const common = normals(2000, "market")
    const closes = [0.8, 0.5, 0].map((beta, i) => {
      let price = 50
      const own = normals(2000, "own", String(i))
      return common.map((z, t) => (price *= Math.exp(0.01 * (i + 1) * (beta * z + Math.sqrt(1 - beta ** 2) * own[t]!))))
    })
    const fit = fitCorrelated(closes)
    const out = closes.map(() => new Float64Array(20_000))
    correlatedPath([1, 1, 1], fit, new RandomSource(3), out)
    const made = out.map(logReturns)
    for (const i of [0, 1, 2]) expect(deviation(made[i]!) / fit.assets[i]!.volatility).toBeCloseTo(1, 1)
    expect(correlation(made[0]!, made[1]!)).toBeCloseTo(0.4, 1)
    expect(correlation(made[0]!, made[2]!)).toBeCloseTo(0, 1)
    expect(fit.shrinkage).toBeLessThan(0.05)
  })
})
describe("shrinkage and Cholesky", () => {
  it("the factor times its transpose is the matrix", () => {
    const matrix = [Float64Array.of(1, 0.5, 0.2), Float64Array.of(0.5, 1, -0.3), Float64Array.of(0.2, -0.3, 1)]
    const factor = choleskyOf(matrix)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        expect(factor[i]!.reduce((sum, v, k) => sum + v * factor[j]![k]!, 0)).toBeCloseTo(matrix[i]![j]!, 12)
  })
  it("shrinks noise to independence, and copies of one asset still have a factor", () => {
    const noise = Array.from({ length: 20 }, (_, i) => normals(25, "noise", String(i)))
    expect(shrunkCorrelation(noise).shrinkage).toBeGreaterThan(0.7)
    const twin = normals(500, "twin")
    const { correlation: both } = shrunkCorrelation([twin, twin])
    expect(
      choleskyOf(both)
        .flatMap((row) => [...row])
        .every(Number.isFinite)
    ).toBe(true)
  })
})
describe("stationary bootstrap", () => {
  it("draws every row equally often, in blocks of the asked mean length that wrap around", () => {
    const rows = new Int32Array(200_000)
    stationaryIndices(50, 8, new RandomSource(6), rows)
    const counts = new Float64Array(50)
    let breaks = 1
    for (const [i, row] of rows.entries()) {
      counts[row]!++
      if (i > 0 && row !== (rows[i - 1]! + 1) % 50) breaks++
    }
    // A new block begins at the next row by chance once in 50.
    expect(rows.length / breaks).toBeCloseTo(8 / (1 - 1 / 50), 0)
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.3)
  })
  it("the block length of independent returns is short, of persistent ones long, as the formula has it", () => {
    const z = normals(2000, "iid")
    expect(politisWhite(z)).toBeLessThan(8)
    let x = 0
    const persistent = z.map((e) => (x = 0.8 * x + e))
    // Population value for AR(1): (2 (2 phi / (1 - phi^2))^2 / 2)^(1/3) n^(1/3) with G/g(0) = 2 phi / (1 - phi^2).
    const population = ((2 * 0.8) / (1 - 0.8 ** 2)) ** (2 / 3) * 2000 ** (1 / 3)
    expect(politisWhite(persistent) / population).toBeGreaterThan(0.6)
    expect(politisWhite(persistent) / population).toBeLessThan(1.6)
    expect(politisWhite(new Float64Array(100).fill(3))).toBe(1)
  })
})
describe("shocks", () => {
  it.each(shapes)("%s starts at 1, reaches its depth, and ends where it should", (shape) => {
    const level = shockLevels(shape, 0.3, 126)
    expect(level[0]).toBe(1)
    expect(Math.min(...level)).toBeCloseTo(0.7, 10)
    expect(level[125]).toBeCloseTo(["v", "u", "w"].includes(shape) ? 1 : 0.7, 10)
  })
  it.each(shapes)("%s holds for horizons of a few steps", (shape) => {
    for (const steps of [1, 2, 3, 5])
      expect(Array.from(shockLevels(shape, 0.3, steps)).every((v) => v >= 0.7 - 1e-12 && v <= 1)).toBe(true)
  })
  const history = {
    date: Int32Array.from({ length: 61 }, (_, i) => i),
    ...barsAround(
      Float64Array.from(normals(61, "h"), (z, i) => 100 + i + z),
      { start: 100, volatility: 0.01, volumes: Float64Array.of(5) },
      new RandomSource(1)
    )
  }
  const base = replay(
    history,
    Int32Array.from({ length: 60 }, (_, i) => i + 1),
    200
  )
  const isBar = (b: typeof base) =>
    b.close.every((c, i) => b.high[i]! >= Math.max(b.open[i]!, c) && b.low[i]! <= Math.min(b.open[i]!, c) && b.low[i]! > 0)
  it("replayed bars keep their returns", () => {
    expect(base.close[59]! / 200).toBeCloseTo(history.close[60]! / history.close[0]!, 12)
    expect(isBar(base)).toBe(true)
  })
  it("a volatility multiple scales the deviations and keeps the drift", () => {
    const doubled = rescaled(base, 200, { factor: 2, keep: 1 })
    const all = (close: Float64Array) => logReturns(Float64Array.of(200, ...close))
    expect(deviation(all(doubled.close)) / deviation(all(base.close))).toBeCloseTo(2, 10)
    expect(doubled.close[59]).toBeCloseTo(base.close[59]!, 8)
    expect(isBar(doubled)).toBe(true)
  })
  it("a shock multiplies a bar by the level to the power of its beta", () => {
    const level = shockLevels("instant", 0.2, 60)
    const hit = shocked(base, level, { beta: 2, gap: true })
    expect(hit.close[30]! / base.close[30]!).toBeCloseTo(0.64, 12)
    expect(hit.open[1]! / base.open[1]!).toBeCloseTo(0.64, 12)
    expect(isBar(hit)).toBe(true)
  })
  it("betas of the universe average to 1", () => {
    const returns = [normals(500, "a"), normals(500, "b"), normals(500, "c")]
    expect(mean(marketBetas(returns))).toBeCloseTo(1, 12)
  })
})
describe("bars around closes", () => {
  it("hold the close path, and their range is that of a Brownian bridge", () => {
    const close = new Float64Array(20_000)
    gbmPath(100, { drift: 0, volatility: 0.02 }, new RandomSource(8), close)
    const bars = barsAround(close, { start: 100, volatility: 0.02, volumes: Float64Array.of(7) }, new RandomSource(9))
    expect(bars.open[1]).toBe(close[0])
    expect(bars.close).toEqual(close)
    expect(
      bars.high.every((h, i) => h >= Math.max(bars.open[i]!, close[i]!) && bars.low[i]! <= Math.min(bars.open[i]!, close[i]!))
    ).toBe(true)
    // Parkinson 1980: with the whole path, mean(ln(h/l)^2) = 4 ln 2 v^2. High and low are drawn apart from each other, which loses their small correlation.
    const parkinson = Math.sqrt(mean(bars.high.map((h, i) => Math.log(h / bars.low[i]!) ** 2)) / (4 * Math.LN2))
    expect(parkinson / 0.02).toBeGreaterThan(0.95)
    expect(parkinson / 0.02).toBeLessThan(1.05)
  })
})
describe("session dates", () => {
  it("go on with weekdays", () => {
    expect(Array.from(weekdaysAfter(1, 4))).toEqual([4, 5, 6, 7]) // 1970-01-02 is a Friday
  })
})
describe("stylised facts", () => {
  const history = [0, 1].map((i) => {
    const out = new Float64Array(1000)
    gbmPath(100, { drift: 0.0003, volatility: 0.01 }, new RandomSource(5, i), out)
    return out
  })
  const paths = (volatility: number) =>
    Array.from({ length: 20 }, (_, path) =>
      [0, 1].map((s) => {
        const out = new Float64Array(200)
        gbmPath(100, { drift: 0.0003, volatility }, new RandomSource(6, path, s), out)
        return out
      })
    )
  const statusOf = (volatility: number, name: string) =>
    stylisedFacts("x", paths(volatility), history).facts.find((f) => f.fact.startsWith(name))!.status
  it("pass what has the same law, and warn of another volatility", () => {
    expect([
      statusOf(0.01, "volatility"),
      statusOf(0.01, "mean"),
      statusOf(0.01, "Kolmogorov"),
      statusOf(0.01, "no autocorrelation")
    ]).toEqual(["pass", "pass", "pass", "pass"])
    expect([statusOf(0.02, "volatility"), statusOf(0.02, "Kolmogorov")]).toEqual(["warn", "warn"])
  })
  it("the distance of two samples is the largest gap of their distributions", () => {
    expect(kolmogorovSmirnov(Float64Array.of(1, 2, 3, 4), Float64Array.of(3, 4, 5, 6))).toBe(0.5)
    expect(kolmogorovSmirnov(Float64Array.of(1, 2), Float64Array.of(1, 2))).toBe(0)
  })
})
