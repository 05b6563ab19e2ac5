import type { Ledger, StoreError, Write } from "@tetra/core/engine"
import { Effect } from "effect"
import { commit } from "../Collection.ts"

/** Writes of one transaction. */
const atOnce = 500
const alone = (write: Write): Effect.Effect<boolean, StoreError, Ledger> =>
  commit(write).pipe(
    Effect.as(true),
    Effect.catchTag("LedgerConflict", () => Effect.succeed(false))
  )
/**
 * Writes that have nothing to do with each other, in few transactions. Answers for each whether it was written: false when somebody else changed
 * its entry meanwhile.
 */
export const commitTogether = (writes: ReadonlyArray<Write>): Effect.Effect<ReadonlyArray<boolean>, StoreError, Ledger> =>
  Effect.gen(function* () {
    const written: Array<boolean> = []
    for (let from = 0; from < writes.length; from += atOnce) {
      const some = writes.slice(from, from + atOnce)
      const all = commit(...some).pipe(Effect.as(some.map(() => true)))
      written.push(...(yield* Effect.catchTag(all, "LedgerConflict", () => Effect.forEach(some, alone))))
    }
    return written
  })

/** Writes that come from many fibers at nearly the same time, gathered. What is lost with the process is found out by its successor. */
export const gatherWrites = () => {
  let waiting: Array<Write> = []
  let isTold = false
  const flush = Effect.suspend(() => {
    const writes = waiting
    waiting = []
    isTold = false
    return commitTogether(writes)
  })
  /** The first of them waits until the others had their turn, and writes all. */
  return (write: Write): Effect.Effect<void, StoreError, Ledger> =>
    Effect.suspend(() => {
      waiting.push(write)
      if (isTold) return Effect.void
      isTold = true
      // Whoever stops this fiber must not stop what it writes for others.
      return Effect.uninterruptible(Effect.asVoid(Effect.andThen(Effect.yieldNow, flush)))
    })
}
