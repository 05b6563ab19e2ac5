import assert from "node:assert/strict"
import { Effect } from "effect"
import { Leases } from "../execution/ports/Leases.ts"
import { anOwner } from "./storeSamples.ts"
import type { InStore, Register } from "./storeContract.ts"

export const leaseContract = ({ describe, it }: Register, inStore: InStore) =>
  describe("leases", () => {
    it(
      "are taken all or none",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          assert.equal((yield* leases.acquire(["pipeline/b"], anOwner("one"), "run-1", 0))._tag, "Acquired")
          const busy = yield* leases.acquire(["pipeline/a", "pipeline/b"], anOwner("two"), "run-2", 10)
          assert.deepEqual(busy._tag === "Busy" && [busy.key, busy.holder.owner.id, busy.holder.run, busy.holder.since], [
            "pipeline/b",
            "one",
            "run-1",
            0
          ])
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("three"), "run-3", 10))._tag, "Acquired")
        })
      )
    )
    it(
      "keep two runs of one process apart",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a"], anOwner(), "run-1", 0)
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner(), "run-1", 1))._tag, "Acquired")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner(), "run-2", 1))._tag, "Busy")
          assert.deepEqual(yield* leases.renew(anOwner(), "run-2", 2), [])
          yield* leases.release(["pipeline/a"], anOwner(), "run-2")
          assert.deepEqual(yield* leases.renew(anOwner(), "run-1", 3), ["pipeline/a"])
        })
      )
    )
    it(
      "tell who has them, as long as they last",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          const holder = (now: number) => Effect.map(leases.holder("pipeline/a", now), (found) => found?.run)
          assert.equal(yield* holder(0), undefined)
          yield* leases.acquire(["pipeline/a"], anOwner(), "run-1", 0)
          assert.equal(yield* holder(1), "run-1")
          assert.equal(yield* holder(1_000_000), undefined)
          yield* leases.release(["pipeline/a"], anOwner(), "run-1")
          assert.equal(yield* holder(2), undefined)
        })
      )
    )
    it(
      "that somebody else took are not renewed",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a", "pipeline/b"], anOwner("one"), "run-1", 0)
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 100_000))._tag, "Acquired")
          assert.deepEqual(yield* leases.renew(anOwner("one"), "run-1", 100_001), ["pipeline/b"])
        })
      )
    )
    it(
      "of a run that another owner goes on with are no longer the former one's",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a"], anOwner("one"), "run-1", 0)
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-1", 100_000))._tag, "Acquired")
          assert.deepEqual(yield* leases.renew(anOwner("one"), "run-1", 100_001), [])
          yield* leases.release(["pipeline/a"], anOwner("one"), "run-1")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("three"), "run-3", 100_002))._tag, "Busy")
        })
      )
    )
    it(
      "run out unless renewed, and end when released by their owner",
      inStore(
        Effect.gen(function* () {
          const leases = yield* Leases
          yield* leases.acquire(["pipeline/a"], anOwner("one"), "run-1", 0)
          assert.deepEqual(yield* leases.renew(anOwner("one"), "run-1", 50_000), ["pipeline/a"])
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 100_000))._tag, "Busy")
          yield* leases.release(["pipeline/a"], anOwner("two"), "run-2")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 100_001))._tag, "Busy")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("two"), "run-2", 1_000_000))._tag, "Acquired")
          yield* leases.release(["pipeline/a"], anOwner("two"), "run-2")
          assert.equal((yield* leases.acquire(["pipeline/a"], anOwner("three"), "run-3", 1_000_001))._tag, "Acquired")
        })
      )
    )
  })
