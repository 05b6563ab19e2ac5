import { assert, describe, it } from "@effect/vitest"
import { aPlan } from "../../src/testing/aPlan.ts"
import { fails, simulate, statuses } from "../../src/testing/simulate.ts"

describe("decide", () => {
  it("skips what depends on a failed stage", () => {
    const log = simulate(aPlan("load > clean > report, load > audit"), { clean: fails("boom") })
    assert.deepStrictEqual(statuses(log), { load: "completed", clean: "failed", report: "skipped", audit: "completed" })
    assert.strictEqual(log.state.status, "failed")
    assert.strictEqual(log.state.stages.get("p.report")!.reason, 'input "clean": clean failed: Boom: boom')
    assert.strictEqual(log.state.reason, "p.clean: Boom: boom")
  })
})
