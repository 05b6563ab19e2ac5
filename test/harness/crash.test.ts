import { Effect } from "effect"
import { expect, it } from "vitest"
import { everyCrash } from "../../packages/core/test/execution/crashing.ts"
import { embeddedPlace } from "../../packages/core/test/execution/embeddedPlace.ts"

const all = { before: 1, after: 1 }

it("a crash before and after every durable call costs nothing on the embedded store", async () => {
  expect((await Effect.runPromise(everyCrash(embeddedPlace, all))).length).toBeGreaterThan(70)
})
it.each([6, 14, 25])("nor does one of the process that goes on after a crash at call %i", async (nth) => {
  const calls = await Effect.runPromise(everyCrash(embeddedPlace, { before: 1, after: 3 }, [{ when: "after", nth }]))
  expect(calls.length).toBeGreaterThan(10)
})
