import { assert, describe, it } from "vitest"
import { StageQueue } from "../../src/domain/agenda.ts"
import { initialState } from "../../src/domain/RunState.ts"
import { aPlan } from "../../src/testing/aPlan.ts"

describe("a queue of stages", () => {
  it("gives the highest priority first, within one priority in order of arrival", () => {
    const priority = (priority: number) => ({ policy: { priority } })
    const { stages } = initialState(aPlan("a, b, c, d", { b: priority(5), d: priority(5), a: priority(-1) }))
    const queue = new StageQueue()
    for (const name of ["a", "d", "c", "b"]) queue.add(stages.get(`p.${name}`)!)
    queue.delete(stages.get("p.c")!)
    queue.delete(stages.get("p.c")!)
    assert.deepStrictEqual(
      [...queue].map((stage) => stage.planned.stage),
      ["d", "b", "a"]
    )
  })
})
