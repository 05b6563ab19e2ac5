import assert from "node:assert/strict"
import { Effect, Queue } from "effect"
import type { RunEvent } from "../domain/RunEvent.ts"
import { Commands, type RunCommand } from "../execution/ports/Commands.ts"
import { Journal } from "../execution/ports/Journal.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { aRequest, ended, open, append, started } from "./storeSamples.ts"
import type { InStore, Register } from "./storeContract.ts"

const aCommand = (id: string, kind: RunCommand["kind"] = "cancel"): RunCommand => ({
  id,
  run: "run-1",
  kind,
  by: "ada",
  reason: "wrong day",
  at: 1_500
})
export const commandContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("commands", () => {
    it(
      "lead to the run that they opened",
      inStore(
        Effect.gen(function* () {
          const journal = yield* Journal
          assert.equal(yield* journal.runOfCommand("command-1"), undefined)
          yield* open("run-1", [aRequest()], "command-1")
          assert.equal(yield* journal.runOfCommand("command-1"), "run-1")
        })
      )
    )
    it(
      "to a run are kept in the order in which they came, each id once",
      inStore(
        Effect.gen(function* () {
          const commands = yield* Commands
          yield* open("run-1")
          yield* open("run-2")
          const [pause, resume] = [aCommand("c-1", "pause"), aCommand("c-2", "resume")]
          assert.equal(yield* commands.send(pause), true)
          assert.equal(yield* commands.send(resume), true)
          assert.equal(yield* commands.send({ ...aCommand("c-1", "cancel"), by: "somebody else" }), false)
          yield* commands.send({ ...aCommand("c-3", "cancel"), run: "run-2" })
          assert.deepEqual(yield* commands.to("run-1"), [pause, resume])
        })
      )
    )
    it(
      "to a run that has ended, or that nobody knows, are refused; what was sent before is forgotten on demand",
      inStore(
        Effect.gen(function* () {
          const commands = yield* Commands
          yield* open("run-1")
          yield* commands.send(aCommand("c-1", "cancel"))
          yield* append("run-1", 1, [...started, ...ended("completed")])
          const refused = yield* Effect.flip(commands.send(aCommand("c-2", "cancel")))
          assert.deepEqual([refused._tag, refused.message], ["RunOver", "run run-1 has ended already: completed"])
          assert.equal(yield* commands.send(aCommand("c-1", "cancel")), false)
          assert.match((yield* Effect.flip(commands.send({ ...aCommand("c-3"), run: "no-such-run" }))).message, /no-such-run/)
          yield* commands.forget("run-1")
          assert.deepEqual(yield* commands.to("run-1"), [])
        })
      )
    )
    it(
      "wake who listens, as does a ring",
      inStore(
        Effect.gen(function* () {
          const commands = yield* Commands
          yield* open("run-1")
          const rings = yield* Queue.sliding<void>(1)
          yield* Effect.scoped(
            Effect.gen(function* () {
              yield* commands.listen(() => void Queue.offerUnsafe(rings, undefined))
              yield* commands.send(aCommand("c-1"))
              yield* Queue.take(rings)
              yield* commands.ring
              yield* Queue.take(rings)
            })
          )
        })
      )
    )
    it(
      "to pause show in the row of the run once they are taken, until it goes on or ends",
      inStore(
        Effect.gen(function* () {
          const queries = yield* StateQueries
          const paused = Effect.map(queries.run("run-1"), (row) => row?.paused)
          const pause: RunEvent = { _tag: "RunPaused", by: "ada", reason: "lunch" }
          yield* open("run-1")
          yield* append("run-1", 1, [...started, pause, { ...pause, by: "bob" }])
          assert.equal(yield* paused, "by ada: lunch")
          yield* append("run-1", 5, [{ _tag: "RunResumed", reason: "restart" }])
          assert.equal(yield* paused, "by ada: lunch")
          yield* append("run-1", 6, [{ _tag: "RunContinued", by: "ada", reason: "" }])
          assert.equal(yield* paused, undefined)
          yield* append("run-1", 7, [{ ...pause, reason: "" }])
          assert.equal(yield* paused, "by ada")
          yield* append("run-1", 8, ended("failed"))
          assert.equal(yield* paused, undefined)
        })
      )
    )
  })
