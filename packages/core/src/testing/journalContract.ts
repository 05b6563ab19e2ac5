import assert from "node:assert/strict"
import { Effect } from "effect"
import { Journal } from "../execution/ports/Journal.ts"
import { StateQueries } from "../execution/ports/StateQueries.ts"
import { aCommit, anAttempt, anOwner, aRequest, ended, started, asJson, open, append } from "./storeSamples.ts"
import type { InStore, Register } from "./storeContract.ts"

export const journalContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("journal", () => {
    it(
      "numbers events from 1 without gaps and gives them back as they were",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          assert.equal(yield* append("run-1", 1, started), 3)
          const journal = yield* Journal
          const events = yield* journal.read("run-1")
          assert.deepEqual(
            events.map(({ at, epoch, seq }) => [seq, at, epoch]),
            [
              [1, 1_000, 1],
              [2, 2_000, 1],
              [3, 2_000, 1]
            ]
          )
          assert.deepEqual(
            asJson(events),
            asJson(
              [aRequest(), ...started].map((event, i) => ({
                ...event,
                run: "run-1",
                seq: i + 1,
                at: i === 0 ? 1_000 : 2_000,
                epoch: 1,
                v: 1
              }))
            )
          )
          assert.deepEqual(
            (yield* journal.read("run-1", 3)).map(({ seq }) => seq),
            [3]
          )
        })
      )
    )
    it(
      "appends a tail with the rest, unless a result with one of its keys can be reused",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          const journal = yield* Journal
          const tail = (unless: ReadonlyArray<string>) => ({ unless, events: [anAttempt] })
          const at = (expectedSeq: number) => ({ run: "run-1", expectedSeq, epoch: 1, now: 2_000 })
          assert.equal(yield* journal.append(at(1), started, tail(["a", "b"])), 4)
          // What the append itself makes can be reused only by those after it.
          assert.equal(yield* journal.append(at(4), [aCommit("b")], tail(["b"])), 6)
          assert.equal(yield* journal.append(at(6), [aCommit("c")], tail(["a", "b"])), 7)
          const kinds = (yield* journal.read("run-1")).map(({ _tag }) => _tag)
          assert.deepEqual(kinds.slice(3), ["AttemptStarted", "UnitCommitted", "AttemptStarted", "UnitCommitted"])
          assert.equal((yield* Effect.flip(journal.append(at(6), started, tail(["a"]))))._tag, "StaleSequence")
        })
      )
    )
    it(
      "refuses an append that did not see the last event, and writes nothing of it",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          yield* append("run-1", 1, started)
          const refused = yield* Effect.flip(append("run-1", 1, ended("completed")))
          assert.deepEqual([refused._tag, "found" in refused && refused.found], ["StaleSequence", 3])
          assert.equal((yield* (yield* Journal).read("run-1")).length, 3)
        })
      )
    )
    it(
      "lets one of many simultaneous appends at the same place through",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          const tries = Array.from({ length: 20 }, () => Effect.result(append("run-1", 1, started)))
          const results = yield* Effect.all(tries, { concurrency: "unbounded" })
          assert.equal(results.filter(({ _tag }) => _tag === "Success").length, 1)
          assert.equal((yield* (yield* Journal).read("run-1")).length, 3)
        })
      )
    )
    it(
      "fences the former owner off once another took over",
      inStore(
        Effect.gen(function* () {
          yield* open("run-1")
          const taken = yield* (yield* Journal).takeOver("run-1", anOwner("owner-2"))
          assert.deepEqual(taken, { epoch: 2, seq: 1 })
          assert.equal((yield* Effect.flip(append("run-1", 1, started)))._tag, "Fenced")
          assert.equal(
            yield* append(
              "run-1",
              1,
              [{ _tag: "OwnerChanged", from: anOwner(), to: anOwner("owner-2"), reason: "gone" }],
              3_000,
              2
            ),
            2
          )
          assert.equal((yield* (yield* StateQueries).run("run-1"))?.owner.id, "owner-2")
        })
      )
    )
    it(
      "answers the run that exists when the same command comes again",
      inStore(
        Effect.gen(function* () {
          assert.deepEqual(yield* open("run-1", [aRequest()], "command-1"), { id: "run-1", created: true, epoch: 1, seq: 1 })
          yield* append("run-1", 1, started)
          assert.deepEqual(yield* open("run-2", [aRequest()], "command-1"), { id: "run-1", created: false, epoch: 1, seq: 3 })
          assert.equal((yield* (yield* StateQueries).runs()).length, 1)
        })
      )
    )
    it(
      "refuses a run that does not begin with its request",
      inStore(
        Effect.gen(function* () {
          const refused = yield* Effect.flip(open("run-1", [started[0]!]))
          assert.match(refused.message, /does not begin with RunRequested/)
          assert.deepEqual(yield* (yield* StateQueries).runs(), [])
        })
      )
    )
    it(
      "says which run it does not know",
      inStore(
        Effect.gen(function* () {
          const refused = yield* Effect.flip(append("no-such-run", 0, started))
          assert.match(refused.message, /no-such-run/)
        })
      )
    )
  })
