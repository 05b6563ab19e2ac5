import { defineStage } from "@tetra/core"
import { testStage } from "@tetra/core/testing"
import { Effect } from "effect"
import { assert, it } from "vitest"

const talks = defineStage({
  id: "t/talks",
  *run({ log }) {
    yield* Effect.log("fetched", { pages: 3 })
    yield* Effect.logWarning("slow").pipe(Effect.annotateLogs("host", "a.example"))
    yield* Effect.logError("gave up", new Error("no answer"))
    yield* Effect.log("seen", new Map([["a", 1]]).size, new URL("https://a.example/"))
    log.info("done")
  }
})
it("takes what a stage logs with Effect for lines of the stage, with their level and fields", async () => {
  const { events, status } = await testStage(talks, {})
  assert.strictEqual(status, "completed")
  const lines = events.flatMap((event) =>
    event._tag === "Log" ? [[event["level"], event["message"], event["pages"] ?? event["host"]]] : []
  )
  assert.deepStrictEqual(lines, [
    ["info", "fetched", 3],
    ["warn", "slow", "a.example"],
    ["error", "gave up Error: no answer", undefined],
    ["info", "seen 1 https://a.example/", undefined],
    ["info", "done", undefined]
  ])
})
