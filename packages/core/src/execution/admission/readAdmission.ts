import { Effect } from "effect"
import type { Admission } from "../../domain/Admission.ts"
import type { RunId } from "../../domain/Names.ts"
import type { RunPlan } from "../../domain/RunPlan.ts"
import { admit, needsOf, type NewestVersion } from "../../planning/admission.ts"
import { type AsOf, asOfReader } from "../../planning/asOf.ts"
import { lineageOf, type RunLineage } from "../../planning/lineage.ts"
import type { AssetVersion } from "../../domain/Artifact.ts"
import type { Project } from "../../planning/Project.ts"
import { Journal, type StoreError } from "../ports/Journal.ts"
import { StateQueries } from "../ports/StateQueries.ts"

/** Newest versions of an asset among which an input is looked for. An older one counts as old as what was made from it. */
const mostVersions = 200

/** Newest runs of a pipeline among which is looked for what was there before a run for days of the past. */
const mostRuns = 200

/** Remembers the answers to one key. */
const memo = <A, E, R>(look: (key: string) => Effect.Effect<A, E, R>): ((key: string) => Effect.Effect<A, E, R>) => {
  const known = new Map<string, A>()
  return (key) =>
    Effect.suspend(() =>
      known.has(key)
        ? Effect.succeed(known.get(key) as A)
        : Effect.map(look(key), (found) => {
            known.set(key, found)
            return found
          })
    )
}

/** Tells how old published versions are, through the recorded lineage. Keeps what it has read for as long as it is held. */
export const readAsOf: Effect.Effect<(version: AssetVersion) => Effect.Effect<AsOf, StoreError>, never, StateQueries | Journal> =
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const journal = yield* Journal
    return asOfReader<StoreError, never>({
      versions: memo((asset) => queries.assetVersions(asset, mostVersions)),
      lineage: memo((run: RunId): Effect.Effect<RunLineage, StoreError> =>
        Effect.gen(function* () {
          return (yield* queries.run(run)) === undefined ? new Map() : lineageOf(yield* journal.read(run))
        })
      ),
      runsOf: memo((pipeline) => Effect.map(queries.runs({ pipeline, limit: mostRuns }), (rows) => rows.map(({ id }) => id))),
      requestedAt: memo((run) => Effect.map(queries.run(run), (row) => row?.requestedAt))
    })
  })

/** Whether a run of the plan may start at `now` (epoch milliseconds), by what is recorded about the pipelines outside of it. */
export const readAdmission = (
  project: Pick<Project, "catalogue" | "config">,
  plan: Pick<RunPlan, "pipelines" | "stages">,
  now: number
): Effect.Effect<Admission, StoreError, StateQueries | Journal> =>
  Effect.gen(function* () {
    const needs = needsOf(project, plan)
    if (needs.direct.length === 0) return admit(needs, { pipelines: new Map(), assets: new Map() }, now)
    const queries = yield* StateQueries
    const asOf = yield* readAsOf
    const wanted = new Set([...needs.direct, ...[...needs.further.values()].flat()].flatMap(({ asset }) => asset ?? []))
    const assets = new Map<string, NewestVersion>()
    for (const asset of wanted) {
      const [newest] = yield* queries.assetVersions(asset, 1)
      if (newest === undefined) continue
      const { asset: oldest, at } = yield* asOf(newest)
      assets.set(asset, { version: newest.version, run: newest.producer.run, asOf: at, oldest })
    }
    const states = yield* queries.pipelineStates
    return admit(needs, { pipelines: new Map(states.map((state) => [state.pipeline, state])), assets }, now)
  })
