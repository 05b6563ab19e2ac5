import { describe, expect, it } from "vitest"
import { Effect, Schema } from "effect"
import { defineAsset, definePipeline, defineStage, defineValue } from "../../src/index.ts"
import { testPipeline, testStage } from "../../src/testing.ts"

const Waited = defineValue("v/Waited@1", Schema.Array(Schema.Finite))
const day = 86_400_000

describe("the virtual clock of tests", () => {
  it("lets a year pass at once, in every face of a stage", async () => {
    const generator = defineStage({
      id: "v/generator",
      outputs: { waited: Waited },
      *run({ now, sleep }) {
        const began = now()
        yield* sleep("365 days")
        return { waited: [(now() - began) / day] }
      }
    })
    const async = defineStage({
      id: "v/async",
      outputs: { waited: Waited },
      async run({ now, sleep }) {
        const began = now()
        await sleep("365 days")
        return { waited: [(now() - began) / day] }
      }
    })
    for (const stage of [generator, async]) {
      const tried = await testStage(stage, { clock: "virtual" })
      expect(tried.outputs.waited).toEqual([365])
    }
  })
  it("wakes sleepers in the order of their moments", async () => {
    const order: Array<string> = []
    const both = defineStage({
      id: "v/both",
      run: ({ sleep }) =>
        Effect.all(
          ["3 hours", "1 hour", "2 hours"].map((time) =>
            Effect.andThen(
              sleep(time as "1 hour"),
              Effect.sync(() => void order.push(time))
            )
          ),
          { concurrency: "unbounded", discard: true }
        )
    })
    expect((await testStage(both, { clock: "virtual" })).status).toBe("completed")
    expect(order).toEqual(["1 hour", "2 hours", "3 hours"])
  })
  it("is that of a whole pipeline, and of its timeouts", async () => {
    const slow = defineStage({
      id: "v/slow",
      outputs: { waited: defineAsset("waited", Waited) },
      policy: { timeout: "2 minutes", retry: { maxAttempts: 1 } },
      async run({ sleep }) {
        await sleep("3 minutes")
        return { waited: [3] }
      }
    })
    const pipeline = definePipeline({ name: "v", stages: ({ use }) => ({ slow: use(slow) }) })
    const run = await testPipeline(pipeline, { clock: "virtual" })
    expect(run.stages["slow"]).toMatchObject({ status: "failed", reason: expect.stringContaining("no answer after 2m") })
  })
})
