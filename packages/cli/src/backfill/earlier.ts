/** What earlier runs did for which days, from their records. */
import {
  backfillId,
  daysOf,
  type EarlierRun,
  Journal,
  type PlannedPipeline,
  type RunRow,
  StateQueries,
  type StoreError
} from "@tetra/core/engine"
import { orphansOf, requestOfRecord } from "@tetra/daemon/runs"
import { Effect } from "effect"

/** Newest runs among which is looked. */
const mostRuns = 20_000

/** Only a run that was told its days, or ran in a mode that has them, says something about windows. */
const hasDays = ({ mode, params }: RunRow): boolean => mode === "backfill" || requestOfRecord(params)?.startDate !== undefined

/** The days that a run covered. A window of the same backfill names them itself, also when the rest of its record is archived. */
const covered = (row: RunRow, wanted: ReadonlyArray<PlannedPipeline>, id: string) =>
  Effect.gen(function* () {
    const { window } = row.trigger
    if (window?.backfill === id) return { start: window.start, end: window.end }
    const fixed = (yield* (yield* Journal).read(row.id)).find((event) => event._tag === "PlanFixed")
    return fixed?._tag === "PlanFixed" ? daysOf(fixed.plan.pipelines, row.requestedAt, wanted) : undefined
  })

/** Earlier runs, newest first, that did for some days what the pipelines are to do. */
export const readEarlier = (
  wanted: ReadonlyArray<PlannedPipeline>
): Effect.Effect<ReadonlyArray<EarlierRun>, StoreError, Journal | StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const names = wanted.map(({ name }) => name)
    const rows = (yield* queries.runs({ pipeline: names[0] ?? "", limit: mostRuns })).filter(
      (row) => hasDays(row) && names.every((name) => row.pipelines.includes(name))
    )
    const gone = new Set(orphansOf(rows.filter(({ endedAt }) => endedAt === undefined)).map(({ id }) => id))
    const id = backfillId(wanted)
    const earlier: Array<EarlierRun> = []
    for (const row of rows) {
      const days = yield* covered(row, wanted, id)
      if (days === undefined) continue
      earlier.push({
        run: row.id,
        status: row.status,
        requestedAt: row.requestedAt,
        endedAt: row.endedAt,
        interrupted: gone.has(row.id),
        days
      })
    }
    return earlier
  })
