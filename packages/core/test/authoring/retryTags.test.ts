import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Count, defineStage, pipelineOf, runOnce, tags } from "../execution/support.ts"

class Refused extends Schema.TaggedError<Refused>()("Refused", { why: Schema.String }) {}

describe("policy.retry of an async stage", () => {
  it.live("may name the tags of its declared errors, and skips what it names", () =>
    Effect.gen(function* () {
      const stage = defineStage({
        id: "t/refused",
        outputs: { n: Count },
        errors: [Refused],
        policy: { retry: { maxAttempts: 3, initialDelay: "1 milli", unless: ["Refused"] } },
        async run({ now }) {
          if (now() > 0) throw new Refused({ why: "closed" })
          return { n: { n: 1 } }
        }
      })
      const { events } = yield* runOnce(pipelineOf(stage))
      assert.strictEqual(tags(events).filter((tag) => tag === "AttemptFailed").length, 1)
    })
  )
  it("does not compile with a tag that the stage cannot fail with", () => {
    const stage = defineStage({
      id: "t/unknown",
      outputs: { n: Count },
      errors: [Refused],
      policy: { retry: { unless: ["Refused", "StageTimeout", "Refsued"] } },
      // @ts-expect-error policy.retry names "Refsued", which is no failure of this stage
      async run({ now }) {
        if (now() < 0) throw new Refused({ why: "closed" })
        return { n: { n: 1 } }
      }
    })
    assert.deepStrictEqual(stage.policy.retry?.unless?.length, 3)
  })
})
