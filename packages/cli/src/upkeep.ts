/** Forgetting what is old, once a day, after a run. */
import process from "node:process"
import { type Project, retentionOf } from "@tetra/core/engine"
import { collectWhenDue, openUpkeep } from "@tetra/core/storage"
import { Effect } from "effect"
import { glyph, lookOf, paint } from "./output/plain/look.ts"
import { storePlaceOf } from "./project/open.ts"

/** Longest that a command stays for it, in milliseconds. What is left is done after the next run. */
const mostMs = 5_000

/** Collects when the last time is a day ago. Whatever goes wrong is only told: the run is over, and it stays what it was. */
export const keepUp = async (project: Project): Promise<void> => {
  const retention = retentionOf(project.config)
  if (!retention.automatic) return
  const work = Effect.scoped(
    Effect.flatMap(openUpkeep(storePlaceOf(project)), (upkeep) => collectWhenDue(upkeep, retention, { now: Date.now() }))
  )
  await Effect.runPromise(
    work.pipe(
      Effect.timeoutOption(mostMs),
      Effect.catchCause((cause) =>
        Effect.sync(() => {
          const look = lookOf(process.stderr, process.env)
          const reason = cause.reasons.map((r) => (r._tag === "Fail" ? r.error.message : "a fault")).join("; ")
          process.stderr.write(
            `${paint(look, "warn", glyph(look, "warning"))} old runs were not collected: ${reason} (\`tetra state collect\` tries again)\n`
          )
        })
      )
    )
  )
}
