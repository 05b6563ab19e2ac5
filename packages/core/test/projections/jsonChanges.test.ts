import { assert, describe, it } from "vitest"
import { changeDetail, configEffects, jsonChanges } from "@tetra/core/engine"
import type { Json } from "../../src/domain/Names.ts"

const told = (before: Json, after: Json) => jsonChanges(before, after).map((change) => `${change.path}: ${changeDetail(change)}`)

describe("what is different between two documents", () => {
  it("is told place by place, whatever the order of the keys", () => {
    assert.deepStrictEqual(told({ a: { b: 1, c: "x" }, d: true }, { d: true, a: { c: "y", b: 1 } }), ["a.c: x -> y"])
    assert.deepStrictEqual(told({ a: 1 }, { b: [1] }), ["a: removed: 1", "b: added: [1]"])
  })
  it("says what a list gained and lost, and tells named items by their names", () => {
    assert.deepStrictEqual(told({ symbols: ["SPY", "IWM"] }, { symbols: ["SPY", "QQQ"] }), ["symbols: +QQQ -IWM"])
    assert.deepStrictEqual(told({ symbols: ["SPY", "QQQ"] }, { symbols: ["QQQ", "SPY"] }), ["symbols: in another order"])
    assert.deepStrictEqual(
      told(
        {
          rules: [
            { name: "Old", n: 1 },
            { name: "Stale", n: 2 }
          ]
        },
        {
          rules: [
            { name: "Stale", n: 3 },
            { name: "Old", n: 1 }
          ]
        }
      ),
      ["rules[Stale].n: 2 -> 3"]
    )
    assert.deepStrictEqual(told({ at: [{ x: 1 }] }, { at: [{ x: 2 }] }), ["at[0].x: 1 -> 2"])
  })
})

describe("the effects of a changed configuration", () => {
  it("are told in words, each once", () => {
    const before = {
      pipeline_dependencies: { data_pipeline: { schedule: "0 19 * * *" } },
      pipelines: { data_pipeline: { config: { days: 5, symbols: ["SPY"] } } }
    }
    const after = {
      pipeline_dependencies: { data_pipeline: { schedule: "0 21 * * *" } },
      pipelines: { data_pipeline: { config: { days: 6, symbols: ["QQQ"] } } }
    }
    assert.deepStrictEqual(configEffects(jsonChanges(before, after)), [
      'the schedule of data_pipeline moves: "0 19 * * *" -> "0 21 * * *"',
      "the next run of data_pipeline computes anew what depends on its parameters"
    ])
  })
})
