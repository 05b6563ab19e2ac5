/** What earlier runs did for which days, from their records. */
import { type EarlierRun, Journal, type RunRow, StateQueries, type StoreError } from "@tetra/core/engine"
import { Effect } from "effect"
import { orphansOf } from "../project/orphans.ts"
import { requestOfRecord } from "../request.ts"

/** Newest runs among which is looked. */
const mostRuns = 20_000

/** Only a run that was told its days, or ran in a mode that has them, says something about windows. */
const hasDays = ({ mode, params }: RunRow): boolean => mode === "backfill" || requestOfRecord(params)?.startDate !== undefined

/** Earlier runs of all of these pipelines, newest first. */
export const readEarlier = (
  pipelines: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<EarlierRun>, StoreError, Journal | StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const journal = yield* Journal
    const [first = ""] = pipelines
    const rows = yield* queries.runs({ pipeline: first, limit: mostRuns })
    const wanted = rows.filter((row) => hasDays(row) && pipelines.every((name) => row.pipelines.includes(name)))
    const gone = new Set(orphansOf(wanted.filter(({ endedAt }) => endedAt === undefined)).map(({ id }) => id))
    return yield* Effect.forEach(wanted, (row) =>
      Effect.gen(function* () {
        const fixed = (yield* journal.read(row.id)).find((event) => event._tag === "PlanFixed")
        const ran = yield* queries.pipelineRuns({ run: row.id })
        return {
          run: row.id,
          status: row.status,
          requestedAt: row.requestedAt,
          endedAt: row.endedAt,
          records: ran.reduce((sum, { pipeline, records }) => sum + (pipelines.includes(pipeline) ? records : 0), 0),
          interrupted: gone.has(row.id),
          pipelines: fixed?._tag === "PlanFixed" ? fixed.plan.pipelines : []
        }
      })
    )
  })
