/** Guards against luck: multiple testing, bootstrap, effective number of trials. Reference values: arch (variance, reality check), statsmodels, scipy, and Hansen's formulas bar by bar in numpy. */
import { assert, describe, it } from "vitest"
import { momentsOf } from "../../src/performance/moments.ts"
import { sharpe } from "../../src/performance/ratios.ts"
import { backtestOverfitting } from "../../src/ranking/backtestOverfitting.ts"
import { effectiveTrialsInSteps } from "../../src/ranking/effectiveTrials.ts"
import { bounds, intervalsOf, tradeOrder } from "../../src/ranking/intervals.ts"
import { benjaminiHochberg, holm } from "../../src/ranking/multipleTesting.ts"
import { resampled, resampledMeansInSteps, resamplesOf } from "../../src/ranking/resamples.ts"
import { bootstrapVariance, superiorityInSteps } from "../../src/ranking/superiority.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { normalFrom } from "../support/series.ts"

const finish = <A>(steps: Generator<void, A>): A => {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
const close = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>, within: number): void => {
  assert.strictEqual(found.length, expected.length)
  for (const [i, e] of expected.entries()) assert.closeTo(found[i]!, e, within, `place ${i}`)
}

/** Six autocorrelated series of 400 bars from a linear congruential generator, the same in the Python that made the reference values. */
const differences = (() => {
  let state = 12_345n
  const next = (): number => {
    state = (state * 1_103_515_245n + 12_345n) % 2_147_483_648n
    return Number(state) / 2_147_483_648
  }
  const series = Array.from({ length: 6 }, () =>
    Float64Array.from({ length: 400 }, () => 0.01 * (next() + next() + next() + next() - 2))
  )
  const shift = [0.0004, 0, 0.0004, 0, -0.002, 0]
  for (const x of series) for (let t = 1; t < x.length; t++) x[t]! += 0.3 * x[t - 1]!
  return series.map((x, k) => x.map((v) => v + shift[k]!))
})()

describe("adjusted p-values", () => {
  const p = [0.001, 0.04, 0.03, 0.005, 0.2, 0.5, 0.012]
  it("equal those of statsmodels, leave NaN alone and never fall when p rises", () => {
    close(holm(p), [0.007, 0.12, 0.12, 0.03, 0.4, 0.5, 0.06], 1e-12)
    close(benjaminiHochberg(p), [0.007, 0.056, 0.0525, 0.0175, 0.7 / 3, 0.5, 0.028], 1e-12)
    assert.deepStrictEqual(holm([NaN, 0.02]), [NaN, 0.02])
    assert.deepStrictEqual(benjaminiHochberg([0.02, NaN]), [0.02, NaN])
  })
})

describe("the stationary bootstrap", () => {
  it.each([10, 3, 1])(
    "means over blocks of %s bars are the means of the resampled bars, with blocks as long as asked for",
    (blockLength) => {
      // 399 bars: what is taken four bars at a time ends in the middle.
      const resamples = resamplesOf(399, { count: 300, blockLength, seed: 4 })
      const series = differences.slice(0, 5).map((d) => d.subarray(0, 399))
      const means = finish(resampledMeansInSteps(series, resamples))
      const row = new Float64Array(399)
      for (const [k, x] of series.entries()) {
        for (const i of Array.from({ length: 300 }, (_, j) => j)) {
          resampled(x, resamples, i, row)
          assert.closeTo(momentsOf(row).mean, means[k]![i]!, 1e-15)
        }
      }
      assert.closeTo((300 * 399) / resamples.from.length, blockLength, 0.05 * blockLength)
    }
  )

  it("has the variance of arch's kernel", () => {
    const expected = [4.42025359e-5, 5.30619091e-5, 4.88371791e-5, 5.49672037e-5, 8.29869185e-5, 6.6245772e-5]
    close(
      differences.map((d) => bootstrapVariance(d, 10) / 1e-5),
      expected.map((v) => v / 1e-5),
      1e-7
    )
    assert.closeTo(bootstrapVariance(differences[0]!, 1), momentsOf(differences[0]!).std ** 2 * (399 / 400), 1e-18)
  })
})

describe("superiority over the benchmark", () => {
  const resamples = resamplesOf(400, { count: 4000, blockLength: 10, seed: 9 })
  const test = (d: ReadonlyArray<Float64Array>) => finish(superiorityInSteps(d, resamples, { blockLength: 10 }))

  it("has the p-values of independent implementations within their Monte Carlo error", () => {
    const found = test(differences)!
    close([found.spa.lower, found.spa.consistent, found.spa.upper], [0.2176, 0.2514, 0.2947], 0.02)
    assert.closeTo(found.spa.statistic, 1.5729887876677, 1e-12)
    assert.closeTo(found.realityCheck, 0.3698, 0.025)
    assert.deepStrictEqual([found.best, found.superior], [2, []])
  })

  it("finds the one that is truly better, is not misled by a bad one, and leaves out one that never differs", () => {
    const better = differences.map((d, k) => (k === 2 ? d.map((x) => x + 0.0008) : d))
    const found = test([...better, new Float64Array(400)])!
    assert.isBelow(found.spa.consistent, 0.01)
    assert.deepStrictEqual([found.bestStudentised, found.superior], [2, [2]])
    assert.isUndefined(test([new Float64Array(400)]))
  })
})

describe("confidence intervals", () => {
  const returns = differences[2]!.subarray(0, 60)
  it("equal scipy's for independent bars: percentile and BCa of the Sharpe ratio", () => {
    const resamples = resamplesOf(60, { count: 20_000, blockLength: 1, seed: 2 })
    const conventions = { annualisation: 1, riskFree: 0 }
    const found = intervalsOf({ returns, benchmark: new Float64Array(60), conventions, confidence: 0.9, resamples })!
    const own = found[0]!
    assert.closeTo(own.estimate, 0.0355756805494693, 1e-12)
    close([own.low, own.high], [-0.1789, 0.2554], 0.008)
    close([own.bcaLow, own.bcaHigh], [-0.1823, 0.252], 0.008)
    for (const i of found) assert.isTrue(i.low <= i.high && i.bcaLow <= i.bcaHigh, i.statistic)
    assert.strictEqual(found[3]!.estimate, found[1]!.estimate)
  })

  it("are of the Sharpe ratio over the risk-free rate, as the tables have it", () => {
    const resamples = resamplesOf(60, { count: 20, blockLength: 1, seed: 2 })
    const conventions = { annualisation: 252, riskFree: 0.05 }
    const found = intervalsOf({ returns, benchmark: returns, conventions, confidence: 0.9, resamples })!
    assert.closeTo(found[0]!.estimate, sharpe(momentsOf(returns), 252, 0.05 / 252), 1e-12)
  })

  it("cover the true value about as often as they say", () => {
    const normal = normalFrom(randomFrom(77))
    const annual = Math.expm1(252 * 0.0004)
    let covered = 0
    for (let k = 0; k < 40; k++) {
      const x = Float64Array.from({ length: 250 }, () => Math.expm1(0.0004 + 0.01 * normal()))
      const resamples = resamplesOf(250, { count: 200, blockLength: 5, seed: k })
      const found = intervalsOf({
        returns: x,
        benchmark: x,
        conventions: { annualisation: 252, riskFree: 0 },
        confidence: 0.9,
        resamples
      })!
      if (found[1]!.bcaLow <= annual && annual <= found[1]!.bcaHigh) covered++
      assert.deepStrictEqual([found[3]!.low, found[3]!.high], [0, 0])
    }
    assert.isAtLeast(covered, 31)
    assert.isAtMost(covered, 39)
  })

  it("are the plain percentiles without bias and acceleration", () => {
    const values = Float64Array.from({ length: 1001 }, (_, i) => i / 1000)
    const { low, high, bcaLow, bcaHigh } = bounds(values, { estimate: 0.5, acceleration: 0, confidence: 0.9 })
    close([low, high, bcaLow, bcaHigh], [0.05, 0.95, 0.05, 0.95], 1e-9)
  })
})

describe("the order of trades", () => {
  it("leaves the end as it is and moves the drawdown: a lucky order is told", () => {
    const gains = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0.06 : -0.05))
    const alternating = tradeOrder(gains, { count: 500, seed: 1 })!
    assert.closeTo(alternating.actual, -0.05, 1e-12)
    assert.isTrue(alternating.quantile05 < alternating.median && alternating.median < alternating.quantile95)
    assert.isAbove(alternating.deeper, 0.95)
    assert.deepStrictEqual(tradeOrder(gains, { count: 500, seed: 1 }), alternating)
    assert.isUndefined(tradeOrder(gains.subarray(0, 1), { count: 5, seed: 1 }))
  })
})

describe("the effective number of trials", () => {
  it("counts families, not their members", () => {
    const normal = normalFrom(randomFrom(3))
    const bars = 600
    const family = () => {
      const own = Float64Array.from({ length: bars }, () => 0.01 * normal())
      return Array.from({ length: 10 }, () => own.map((x) => x + 0.003 * normal()))
    }
    const trials = [...family(), ...family(), ...family(), new Float64Array(bars)]
    const found = finish(effectiveTrialsInSteps(trials))
    assert.strictEqual(found.count, 4)
    assert.isAbove(found.variance, 0)
    assert.strictEqual(finish(effectiveTrialsInSteps(family().slice(0, 1))).count, 1)
    const loners = Array.from({ length: 20 }, () => family()[0]!)
    assert.strictEqual(finish(effectiveTrialsInSteps(loners)).count, 20)
  })
})

describe("dominance", () => {
  it("is seen when one trial is truly better, and not among equals", () => {
    const normal = normalFrom(randomFrom(8))
    const noise = Array.from({ length: 12 }, () => Float64Array.from({ length: 320 }, () => 0.01 * normal()))
    const better = noise.map((r, j) => (j === 3 ? r.map((x) => x + 0.01) : r))
    assert.deepStrictEqual(backtestOverfitting(better)!.dominance, { first: true, second: true })
    assert.isFalse(backtestOverfitting(noise)!.dominance.first)
  })
})
