/** Forgets alerts that are over for long. What is open, or may still be told about, stays however old it is. */
import type { Ledger, StoreError, Write } from "@tetra/core/engine"
import { Clock, Effect } from "effect"
import { type Collection, commit, type Kept } from "../Collection.ts"
import { incidentKey, isIdle } from "./judge.ts"
import { deliveries, incidents, silences, threads, watches } from "./records.ts"

const dayMs = 86_400_000
/** How many days messages are kept after they were queued, and everything else after it was over. */
const keptDays = { delivery: 90, rest: 365 }
const atOnce = 500
/** A step has its time once, and the others nine times. */
const restOf = (ms: number): number => Math.max(1, 9 * ms)

/** Drops what came about before `at` and is over, page by page. What somebody changes meanwhile is left to the next time. */
const forget = <A>(
  collection: Collection<A>,
  at: number,
  isOver: (entry: Kept<A>) => boolean | Effect.Effect<boolean, StoreError, Ledger>
): Effect.Effect<number, StoreError, Ledger> =>
  Effect.gen(function* () {
    let dropped = 0
    for (let after: Kept<A> | undefined; ;) {
      const began = yield* Clock.currentTimeMillis
      const page: ReadonlyArray<Kept<A>> = yield* collection.list({
        until: at,
        limit: atOnce,
        ...(after === undefined ? {} : { after })
      })
      const drops: Array<Write> = []
      for (const entry of page) {
        const over = isOver(entry)
        if (typeof over === "boolean" ? over : yield* over) drops.push(collection.drop(entry.key, entry.version))
      }
      if (drops.length > 0)
        dropped += yield* commit(...drops).pipe(
          Effect.as(drops.length),
          Effect.catchTag("LedgerConflict", () => Effect.succeed(0))
        )
      after = page.at(-1)
      if (page.length < atOnce) return dropped
      yield* Effect.sleep(restOf((yield* Clock.currentTimeMillis) - began))
    }
  })

/** Answers how many entries were dropped. */
export const forgetAlerts: Effect.Effect<number, StoreError, Ledger> = Effect.gen(function* () {
  const now = yield* Clock.currentTimeMillis
  const before = now - keptDays.rest * dayMs
  const isSettled = ({ due }: Pick<Kept<unknown>, "due">): boolean => due === undefined
  const counts = [
    // The end of an alert is told to whoever heard of its beginning: that is known by these.
    yield* forget(deliveries, now - keptDays.delivery * dayMs, ({ body, due }) =>
      due === undefined ? Effect.map(threads.get(body.message.thread), (thread) => thread?.due === undefined) : false
    ),
    yield* forget(threads, before, (entry) => isSettled(entry) && entry.body.newsAt < before),
    yield* forget(incidents, before, (entry) => isSettled(entry) && (entry.body.resolvedAt ?? now) < before),
    // It counts the incidents of its rule: as long as there is one, the next must have another number.
    yield* forget(watches, before, ({ body, key }) =>
      isIdle(body) ? Effect.map(incidents.get(incidentKey(key, body.generation)), (newest) => newest === undefined) : false
    ),
    yield* forget(silences, before, ({ body }) => body.until < before)
  ]
  return counts.reduce((sum, count) => sum + count, 0)
})
