import assert from "node:assert/strict"
import { Effect } from "effect"
import { Journal } from "../execution/ports/Journal.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import type { InStore, Register } from "./storeContract.ts"
import { append, asJson, ended, open, started } from "./storeSamples.ts"

export const orderContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("the order of all events", () => {
    const told = (position?: string, limit?: number) =>
      Effect.map(
        Effect.flatMap(StateQueries, (queries) => queries.eventsAfter(position, limit)),
        (placed) => placed.map(({ event }) => `${event.run} ${event.seq}`)
      )
    it(
      "is that in which they were appended, run by run, and is gone through page by page",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          assert.deepEqual(yield* told(), [])
          assert.deepEqual(yield* told(yield* queries.newestPosition), [])
          yield* open("run-2")
          yield* open("run-1")
          yield* append("run-2", 1, started)
          yield* append("run-1", 1, ended("failed"))
          const all = ["run-2 1", "run-1 1", "run-2 2", "run-2 3", "run-1 2", "run-1 3"]
          assert.deepEqual(yield* told(), all)
          let position: string | undefined
          const pages: Array<string> = []
          for (
            let page = yield* queries.eventsAfter(undefined, 4);
            page.length > 0;
            page = yield* queries.eventsAfter(position, 4)
          ) {
            pages.push(...page.map(({ event }) => `${event.run} ${event.seq}`))
            position = page.at(-1)?.position
          }
          assert.deepEqual(pages, all)
          assert.deepEqual(yield* told(position), [], "nothing is told twice")
        })
      )
    )
    it(
      "goes on behind the newest with what comes next, and gives events back as they were",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          yield* open("run-1")
          const newest = yield* queries.newestPosition
          yield* append("run-1", 1, started)
          const placed = yield* queries.eventsAfter(newest)
          const recorded = yield* (yield* Journal).read("run-1", 2)
          assert.deepEqual(asJson(placed.map(({ event }) => event)), asJson(recorded))
        })
      )
    )
    it(
      "refuses a position that it never gave",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          const queries = yield* StateQueries
          for (const position of ["", "x", "-1", "1.5", "999999", "1e3", "99999999999999999999"]) {
            const refused = yield* Effect.flip(queries.eventsAfter(position))
            assert.equal(refused._tag, "UnknownPosition", position)
          }
        })
      )
    )
  })
