import { assert, describe, it } from "vitest"
import { momentsOf } from "../../src/performance/moments.ts"
import { backtestOverfitting } from "../../src/ranking/backtestOverfitting.ts"
import { type Candidate, hedged, rank, rankInSteps } from "../../src/ranking/rank.ts"
import { standardised } from "../../src/ranking/score.ts"
import { deflatedSharpe, luckiestSharpe, minimumTrackRecord, probabilisticSharpe } from "../../src/ranking/significance.ts"
import { type Evidence, judge } from "../../src/ranking/verdict.ts"
import { idleRate } from "../../src/settings.ts"
import { randomFrom } from "../../src/simulation/random.ts"
import { normalFrom } from "../support/series.ts"

describe("significance", () => {
  // The example of Bailey & Lopez de Prado (2014): 5 years of 250 days, annual Sharpe ratio 2.5, skewness -3, kurtosis 10, 100 trials, variance 1/2 a year.
  const example = { n: 1250, mean: 2.5, std: Math.sqrt(250), skewness: -3, kurtosis: 10 }

  it("deflates the published example to 0.9004 against a luckiest Sharpe ratio of 0.1132", () => {
    assert.closeTo(luckiestSharpe(100, 0.5 / 250), 0.1132, 5e-5)
    assert.closeTo(deflatedSharpe(example, 100, 0.5 / 250), 0.9004, 5e-5)
  })

  it("is the plain normal test for normal returns, and one half at its own Sharpe ratio", () => {
    assert.closeTo(probabilisticSharpe({ ...example, skewness: 0, kurtosis: 3 }, 2.5 / Math.sqrt(250)), 0.5, 1e-12)
    const n = minimumTrackRecord(example)
    assert.closeTo(probabilisticSharpe({ ...example, n }), 0.95, 1e-9)
    assert.strictEqual(luckiestSharpe(1, 1), 0)
  })

  it("is not defined without variation", () => assert.isNaN(probabilisticSharpe(momentsOf(new Float64Array(50)))))
})

const noiseMatrix = (seed: number, trials: number, bars: number): ReadonlyArray<Float64Array> => {
  const normal = normalFrom(randomFrom(seed))
  return Array.from({ length: trials }, () => Float64Array.from({ length: bars }, () => 0.01 * normal()))
}
/** The definition, bar by bar. */
const naiveOverfitting = (returns: ReadonlyArray<Float64Array>, blocks: number): number => {
  const length = Math.floor(returns[0]!.length / blocks)
  const sharpe = (r: Float64Array, inside: (block: number) => boolean) => {
    const x = Array.from(r.subarray(0, length * blocks)).filter((_, t) => inside(Math.floor(t / length)))
    const mean = x.reduce((a, b) => a + b, 0) / x.length
    return mean / Math.sqrt(x.reduce((a, v) => a + (v - mean) ** 2, 0) / x.length)
  }
  let low = 0
  let splits = 0
  for (let mask = 0; mask < 1 << blocks; mask++) {
    if (mask.toString(2).replaceAll("0", "").length !== blocks / 2) continue
    const chosen = (block: number) => ((mask >> block) & 1) === 1
    const inside = returns.map((r) => sharpe(r, chosen))
    const best = inside.indexOf(Math.max(...inside))
    const outside = returns.map((r) => sharpe(r, (b) => !chosen(b)))
    const rankOfBest = outside.filter((s) => s <= outside[best]!).length / (returns.length + 1)
    if (rankOfBest <= 0.5) low++
    splits++
  }
  return low / splits
}

describe("backtest overfitting", () => {
  it("equals the definition", () => {
    for (let seed = 0; seed < 4; seed++) {
      const returns = noiseMatrix(seed, 7, 130)
      const found = backtestOverfitting(returns, 8)!
      assert.strictEqual(found.splits, 70)
      assert.closeTo(found.probability, naiveOverfitting(returns, 8), 1e-12)
    }
  })

  it("is about one half on noise and 0 when one trial is truly better", () => {
    const found = Array.from({ length: 20 }, (_, seed) => backtestOverfitting(noiseMatrix(100 + seed, 20, 320), 10)!.probability)
    assert.closeTo(found.reduce((a, b) => a + b, 0) / found.length, 0.5, 0.12)
    const better = noiseMatrix(1, 10, 640).map((r, j) => (j === 3 ? r.map((x) => x + 0.01) : r))
    assert.strictEqual(backtestOverfitting(better)!.probability, 0)
  })

  it("is not defined for one trial or too few bars", () => {
    assert.isUndefined(backtestOverfitting(noiseMatrix(1, 1, 500)))
    assert.isUndefined(backtestOverfitting(noiseMatrix(1, 5, 20)))
    assert.isUndefined(backtestOverfitting([new Float64Array(100), new Float64Array(100)]))
  })
})

describe("verdicts", () => {
  const good: Evidence = { bars: 1000, trades: 50, exposure: 0.6, psr: 0.99, dsr: 0.97, pbo: 0.2, median: 0.8, outOfSample: NaN }
  it("follow the published limits", () => {
    const verdict = (change: Partial<Evidence>) => judge({ ...good, ...change }).verdict
    assert.strictEqual(verdict({}), "robust")
    assert.strictEqual(verdict({ pbo: NaN }), "robust")
    assert.strictEqual(verdict({ median: -0.1 }), "fragile")
    assert.strictEqual(verdict({ outOfSample: 0.4 }), "robust")
    assert.strictEqual(verdict({ outOfSample: -0.1 }), "fragile")
    assert.strictEqual(verdict({ dsr: 0.7 }), "fragile")
    assert.strictEqual(verdict({ dsr: 0.4 }), "overfit")
    assert.strictEqual(verdict({ pbo: 0.6 }), "overfit")
    assert.strictEqual(verdict({ psr: 0.6, dsr: 0.1 }), "fragile")
    assert.strictEqual(verdict({ bars: 100 }), "insufficient data")
    assert.strictEqual(verdict({ trades: 9 }), "insufficient data")
    assert.strictEqual(verdict({ exposure: 0.01 }), "insufficient data")
    assert.strictEqual(verdict({ trades: 1, exposure: 1 }), "robust")
    assert.strictEqual(verdict({ psr: NaN, dsr: NaN }), "insufficient data")
    assert.strictEqual(verdict({ role: "null" }), "fragile")
  })
})

describe("rank", () => {
  const candidate = (strategy: string, history: Float64Array, objective: ReadonlyArray<number>): Candidate => ({
    strategy,
    parameters: "{}",
    objective,
    drawdown: [-0.1],
    history,
    historyObjective: momentsOf(history).mean / momentsOf(history).std,
    trades: 50,
    exposure: 0.5
  })

  it("takes the market out of a strategy before it asks for skill", () => {
    const market = noiseMatrix(5, 1, 500)[0]!.map((r) => r + 0.001)
    assert.isNull(hedged(market, market))
    assert.isNull(
      hedged(
        market.map((r) => r / 2),
        market
      )
    )
    const rest = noiseMatrix(6, 1, 500)[0]!
    const found = hedged(
      rest.map((r, t) => r + 0.7 * market[t]!),
      market
    )!
    assert.closeTo(momentsOf(found).mean, momentsOf(rest).mean, 2e-4)
  })

  it("does not take interest on idle cash for skill", () => {
    const market = noiseMatrix(5, 1, 1000)[0]!
    const riskFree = 0.05 / 252
    // Invested on one day of ten, so that interest is nearly all it earns.
    const idle = noiseMatrix(6, 1, 1000)[0]!.map((r, t) => (t % 10 === 0 ? r / 10 : 0) + riskFree)
    const of = (rate: number) => momentsOf(hedged(idle, market, rate)!)
    assert.isAbove(probabilisticSharpe(of(0)), 0.999)
    assert.closeTo(of(riskFree).mean, of(0).mean - riskFree, 1e-6)
    assert.isBelow(probabilisticSharpe(of(riskFree)), 0.95)
    const ranked = (rate: number) => {
      const steps = rankInSteps([candidate("idle", idle, [1])], market, { riskFree: rate })
      for (;;) {
        const step = steps.next()
        if (step.done === true) return step.value.rows[0]!
      }
    }
    assert.deepStrictEqual([ranked(0).verdict, ranked(riskFree).verdict], ["robust", "fragile"])
    // What cash earns counts like the risk-free rate: whoever waits with it has no skill either.
    assert.deepStrictEqual([idleRate({ deposit: 0.05, risk_free: 0 }), idleRate({ deposit: 0, risk_free: 0.03 })], [0.05, 0.03])
  })

  it("counts every candidate as a trial: the luckiest of forty coins looks good alone and not after that", () => {
    const coins = noiseMatrix(11, 40, 500)
    const { rows, trials } = rank(
      coins.map((r, i) => candidate(`coin ${i}`, r, [0])),
      new Float64Array(500)
    )
    const luckiest = rows.toSorted((a, b) => b.psr - a.psr)[0]!
    const ratios = coins.map((r) => momentsOf(r)).map((m) => m.mean / m.std)
    const own = momentsOf(coins[Number(luckiest.strategy.slice(5))]!)
    assert.strictEqual(trials, 40)
    assert.isAbove(luckiest.psr, 0.95)
    assert.closeTo(luckiest.dsr, deflatedSharpe(own, 40, momentsOf(Float64Array.from(ratios)).std ** 2), 1e-12)
    assert.isBelow(luckiest.dsr, 0.8)
  })

  /** Trials of one market with different skill, drawdowns and scenario results, and a benchmark to take out. */
  const trialsOfAll = (seed: number): ReadonlyArray<Candidate> => {
    const random = randomFrom(seed)
    return noiseMatrix(seed, 30, 400).map((r, i) => {
      const skill = 0.002 * (random() - 0.3) + (i === 7 ? 0.004 : 0)
      const cells = Array.from({ length: 20 }, () => 4 * (random() - 0.4) + (i === 7 ? 1 : 0))
      const history = r.map((x) => x + skill)
      return { ...candidate(`s${i}`, history, cells), drawdown: cells.map(() => -0.3 * random()) }
    })
  }

  it("puts a trial above every other that it beats in objective, drawdown and deflated Sharpe ratio", () => {
    let pairs = 0
    for (let seed = 0; seed < 10; seed++) {
      const { rows } = rank(trialsOfAll(seed), new Float64Array(400))
      for (const a of rows) {
        for (const b of rows) {
          const objective = a.history > b.history && a.median > b.median && a.quantile10 >= b.quantile10
          if (!objective || a.medianDrawdown < b.medianDrawdown || a.dsr < b.dsr) continue
          pairs++
          assert.isBelow(a.rank, b.rank, `seed ${seed}: ${a.strategy} beats ${b.strategy} in everything`)
        }
      }
    }
    assert.isAbove(pairs, 200)
  })

  it("is not won by staying out: not in a falling market, and not by having no drawdown in a rising one", () => {
    for (const drift of [-0.002, 0.002]) {
      const traded = noiseMatrix(3, 20, 500).map((r, i) =>
        candidate(
          `s${i}`,
          r.map((x) => x + drift),
          [drift * 500, drift * 700]
        )
      )
      const absent = new Float64Array(500)
      absent[250] = 1e-5
      const out = { ...candidate("out", absent, [NaN, NaN, 0]), drawdown: [0], exposure: 0.002 }
      const rarely = {
        ...candidate(
          "rarely",
          absent.map((_, t) => (t % 100 === 0 ? 1e-5 * ((t % 3) - 1) : 0)),
          [0, NaN, 0]
        ),
        drawdown: [0],
        exposure: 0.03
      }
      const { rows } = rank([...traded, out, ...(drift > 0 ? [rarely] : [])], traded[0]!.history)
      assert.deepInclude(rows.at(-1)!, { strategy: "out", verdict: "insufficient data" })
      if (drift > 0) assert.strictEqual(rows.at(-2)!.strategy, "rarely")
    }
  })

  it("lets robust trials lead and adds the score up from its parts", () => {
    const { rows } = rank(trialsOfAll(2), new Float64Array(400))
    const robust = rows.filter((r) => r.verdict === "robust").length
    assert.isAbove(robust, 0)
    assert.isTrue(rows.slice(0, robust).every((r) => r.verdict === "robust"))
    for (const { score, parts } of rows) {
      assert.closeTo(
        Object.values(parts).reduce((a, b) => a + b),
        score,
        1e-12
      )
      assert.isTrue(parts.tail <= 0 && parts.drawdown <= 0 && parts.luck <= 0 && parts.selection <= 0)
    }
  })

  it("measures against the others without being led by one that is far off, and keeps order", () => {
    const values = [0.9, 1, 1.1, 1.2, -400]
    const z = standardised(values)
    assert.deepStrictEqual(
      values.map((_, i) => i).toSorted((a, b) => z[a]! - z[b]!),
      [4, 0, 1, 2, 3]
    )
    assert.isTrue(z.every((v) => Math.abs(v) <= 3))
    assert.deepStrictEqual(standardised([2, 2]), [0, 0])
    const normal = standardised(Array.from(noiseMatrix(4, 1, 5000)[0]!))
    assert.closeTo(momentsOf(Float64Array.from(normal)).std, 0.9, 0.05)
  })

  it("orders by score and breaks ties by name", () => {
    const flat = new Float64Array(500)
    const skill = noiseMatrix(1, 1, 500)[0]!.map((r) => r + 0.003)
    const { rows } = rank([candidate("b", flat, [0]), candidate("a", flat, [0]), candidate("c", skill, [3])], flat)
    assert.deepStrictEqual(
      rows.map((r) => [r.rank, r.strategy]),
      [
        [1, "c"],
        [2, "a"],
        [3, "b"]
      ]
    )
    assert.strictEqual(rows[0]!.verdict, "robust")
  })
})
