import { assert, it } from "vitest"
import { unitNodes } from "../../src/projections/why/whyUnits.ts"
import { aPlan, aPolicy } from "../../src/testing/aPlan.ts"
import { recorder } from "../../src/testing/recorder.ts"

it("a partition that failed more than once says of what at its head, with the line", () => {
  const { at, failed } = recorder()
  const failure = { tag: "Thrown", message: "Error: no data", place: { file: "src/vol.ts", line: 3, column: 5 } }
  const policy = { retry: { ...aPolicy().retry, maxAttempts: 2 } }
  const planned = aPlan("p.load*", { "p.load": { policy } }).stages[0]
  const units = [
    failed(10, "p.load", "", { partition: "X", failure, final: false }),
    at(10, { _tag: "RetryScheduled", stage: "p.load", partition: "X", attempt: 2, due: 20 }),
    failed(30, "p.load", "", { partition: "X", failure, attempt: 2 })
  ]
  const [node] = unitNodes({ planned, units } as unknown as Parameters<typeof unitNodes>[0])
  assert.strictEqual(node?.text, "partition X: Error: no data (src/vol.ts:3:5) (3 events)")
})
