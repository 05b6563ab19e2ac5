import { assert, describe, it } from "vitest"
import type { StrategyDef } from "../../src/types.ts"
import { rungsOf, survivors } from "../../src/sweep/halving.ts"
import { sampledSets, type Sampling } from "../../src/sweep/sampling.ts"

const strategy: StrategyDef = {
  name: "probe",
  title: "Probe",
  parameters: [
    { name: "window", default: 20, grid: [10, 50] },
    { name: "width", default: 2, grid: [1, 1.5, 3] },
    { name: "fixed", default: 9, grid: [9] },
    { name: "short", default: 0, grid: [0] }
  ],
  weights: () => undefined
}
const sampling = (change: Partial<Sampling> = {}): Sampling => ({
  method: "latin_hypercube",
  samples: 40,
  sides: "long",
  seed: 5,
  ...change
})

describe("sampled parameter sets", () => {
  it("stay within the ranges of the grid, with its digits, distinct, defaults first, the same for the same seed", () => {
    for (const method of ["random", "latin_hypercube"] as const) {
      const sets = sampledSets(strategy, sampling({ method, samples: 200 }))
      assert.deepStrictEqual(sets[0], [20, 2, 9, 0])
      assert.strictEqual(new Set(sets.map((s) => s.join())).size, sets.length)
      for (const [window, width, fixed, short] of sets) {
        assert.isTrue(Number.isInteger(window) && window! >= 10 && window! <= 50)
        assert.isTrue(width! >= 1 && width! <= 3 && Math.abs(width! * 10 - Math.round(width! * 10)) < 1e-9)
        assert.deepStrictEqual([fixed, short], [9, 0])
      }
      assert.deepStrictEqual(sampledSets(strategy, sampling({ method, samples: 200 })), sets)
      assert.notDeepEqual(sampledSets(strategy, sampling({ method, samples: 200, seed: 6 })), sets)
    }
  })

  it("of a Latin hypercube use every stretch of every range once", () => {
    const sets = sampledSets(strategy, sampling({ samples: 41 })).slice(1)
    // 41 windows from 10 to 50, 41 stretches: each window once, except the one that the defaults have in common with a sample.
    const windows = sets.map(([window]) => window!).toSorted((a, b) => a - b)
    assert.isAtLeast(new Set(windows).size, 40)
  })

  it("come with and without the short side when both are asked for, and end when there are no more", () => {
    const both = sampledSets(strategy, sampling({ sides: "both", samples: 3 }))
    assert.strictEqual(both.filter((s) => s[3] === 1).length, both.length / 2)
    const few: StrategyDef = { ...strategy, parameters: [{ name: "n", default: 1, grid: [1, 3] }] }
    assert.deepStrictEqual(
      sampledSets(few, sampling({ samples: 500 }))
        .map(([n]) => n)
        .toSorted((a, b) => a! - b!),
      [1, 2, 3]
    )
    assert.deepStrictEqual(sampledSets({ ...strategy, parameters: [] }, sampling()), [[]])
  })
})

describe("successive halving", () => {
  it("keeps a third of the candidates on three times the bars, up to the whole history", () => {
    assert.deepStrictEqual(rungsOf(81, 2520), [
      { share: 1 / 9, keep: 27 },
      { share: 1 / 3, keep: 9 }
    ])
    assert.deepStrictEqual(rungsOf(2, 2520), [])
    assert.deepStrictEqual(rungsOf(1000, 300), [])
    for (const [n, bars] of [
      [500, 5849],
      [10, 1_000_000]
    ] as const) {
      const rungs = rungsOf(n, bars)
      assert.isTrue(rungs.every((rung, i) => i === 0 || Math.abs(rung.share / rungs[i - 1]!.share - 3) < 1e-9))
      assert.isAtLeast(rungs[0]!.share * bars, 251.9)
      assert.isAtLeast(rungs.at(-1)!.keep, 1)
    }
  })

  it("lets the best go on, undefined ones last, ties by place, and those that always stay", () => {
    assert.deepStrictEqual(survivors([1, 3, NaN, 2], 2), [1, 3])
    assert.deepStrictEqual(survivors([2, 2, 2], 2), [0, 1])
    assert.deepStrictEqual(survivors([NaN, 5, 4], 2, [0]), [0, 1])
    assert.deepStrictEqual(survivors([NaN, -1], 1), [1])
  })
})
