import { Effect } from "effect"
import type { StoreError } from "./ports/Journal.ts"
import type { StateQueries } from "./ports/StateQueries.ts"
import { Busy } from "./refusals.ts"

/** With what its record says of the run that has the pipeline: a paused one waits for a person. */
export const informed = (
  queries: StateQueries["Service"],
  { host, pid, pipeline, run, since }: Busy
): Effect.Effect<Busy, StoreError> =>
  Effect.map(
    run === undefined ? Effect.succeed(undefined) : queries.run(run),
    (row) => new Busy({ host, pid, pipeline, run, since, paused: row?.paused })
  )
