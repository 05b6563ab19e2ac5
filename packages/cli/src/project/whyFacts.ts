/** What `tetra why` looks up in the store. */
import { Archive, Journal, type RunRow, StateQueries, type StoreError } from "@tetra/core/engine"
import { goneText, isOrphan } from "@tetra/daemon/runs"
import { Effect } from "effect"

/** Runs of a pipeline that are looked through for an earlier time. */
const runsListed = 200

export const openArchive = (
  configuration: (hash: string) => string,
  now: number
): Effect.Effect<Archive<StoreError, never>, StoreError, Journal | StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const journal = yield* Journal
    const open = new Map((yield* queries.runs({ open: true })).map((row): readonly [string, RunRow] => [row.id, row]))
    return new Archive<StoreError, never>({
      now,
      events: (run) => journal.read(run),
      runsOf: (pipeline) => Effect.map(queries.runs({ pipeline, limit: runsListed }), (rows) => rows.map(({ id }) => id)),
      versions: (asset) => queries.assetVersions(asset),
      interrupted: (run) => {
        const row = open.get(run)
        return row !== undefined && isOrphan(row) ? goneText(row) : undefined
      },
      configuration
    })
  })
