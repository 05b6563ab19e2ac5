import { StateQueries } from "@tetra/core/engine"
import { orphansOf, orphanText } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { warn } from "../output/warn.ts"

/** One line per interrupted run, on standard error: told at the start of every command that opens the store. */
export const tellOrphans: Effect.Effect<void, never, StateQueries> = Effect.gen(function* () {
  const queries = yield* StateQueries
  const open = yield* queries.runs({ open: true }).pipe(Effect.orElseSucceed(() => []))
  for (const run of orphansOf(open)) warn(orphanText(run))
})
