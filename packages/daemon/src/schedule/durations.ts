/** How long runs take, as they were seen to. */
import { type PipelineRunRow, StateQueries, type StoreError, underWayMs } from "@tetra/core/engine"
import { Effect } from "effect"
import { quantile } from "../quantile.ts"

/** Newest runs that are asked, and how many must have had a result. */
const asked = 50
const least = 5

/** The 95th percentile (nearest rank) of the runs with a result, milliseconds; undefined below five of them. */
export const p95Of = (runs: ReadonlyArray<PipelineRunRow>): number | undefined => {
  const lengths = runs.flatMap((run) =>
    run.endedAt !== undefined && (run.status === "completed" || run.status === "partial") ? [underWayMs(run, run.endedAt)] : []
  )
  return lengths.length < least
    ? undefined
    : quantile(
        lengths.toSorted((a, b) => a - b),
        0.95
      )
}
/** Of each pipeline that has run often enough, milliseconds. */
export const readDurations = (
  pipelines: Iterable<string>
): Effect.Effect<ReadonlyMap<string, number>, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const known = new Map<string, number>()
    for (const pipeline of new Set(pipelines)) {
      const p95 = p95Of(yield* queries.pipelineRuns({ pipeline, limit: asked }))
      if (p95 !== undefined) known.set(pipeline, p95)
    }
    return known
  })
