import { assert, describe, it } from "vitest"
import type { RunEvent, Usage } from "../../src/domain/RunEvent.ts"
import { overusesOf } from "../../src/projections/usage.ts"
import { aPlan } from "../../src/testing/aPlan.ts"

const plan = aPlan("calm, busy, large", {
  large: { policy: { resources: { cpu: 1, memoryMB: 100, slots: {} } } }
})
const ended = (stage: string, durationMs: number, usage: Usage): RunEvent => ({
  _tag: "UnitCommitted",
  stage,
  partition: null,
  attempt: 1,
  key: "",
  outputs: {},
  artifacts: [],
  counters: {},
  usage,
  durationMs,
  cached: undefined
})

describe("overusesOf", () => {
  it("names stages that keep more cores busy, or take more memory, than they declare", () => {
    const [calm, busy, large] = plan.stages.map(({ name }) => name) as [string, string, string]
    const found = overusesOf([
      { _tag: "PlanFixed", plan },
      ended(calm, 2_000, { cpuMs: 2_100, peakMB: 40 }),
      ended(calm, 10, { cpuMs: 400 }),
      ended(busy, 2_000, { cpuMs: 6_000 }),
      ended(busy, 2_000, { cpuMs: 5_000 }),
      ended(large, 2_000, { cpuMs: 10, peakMB: 400 })
    ])
    assert.deepStrictEqual(found, [
      { stage: busy, resource: "cpu", declared: 1, used: 3 },
      { stage: large, resource: "memory", declared: 100, used: 400 }
    ])
  })
})
