import { type RunRow, StateQueries, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"

const lookBack = 10

/** The newest runs that completed the pipeline, newest first: those that put a version in force are none. */
export const completedRuns = (pipeline: string): Effect.Effect<ReadonlyArray<RunRow>, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const ended = (yield* queries.pipelineRuns({ pipeline, limit: lookBack })).filter(({ status }) => status === "completed")
    const rows = yield* Effect.forEach(ended, ({ run }) => queries.run(run))
    return rows.filter((row): row is RunRow => row !== undefined && row.trigger.kind !== "promotion")
  })
