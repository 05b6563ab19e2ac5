/** What earlier runs tell about the stages of a plan: how long they took, and with what they were made. */
import {
  type BuiltPlan,
  explainPlan,
  Journal,
  type PlanFacts,
  type StageForecast,
  StateQueries,
  type StoreError,
  type StoredEvent
} from "@tetra/core/engine"
import { Effect } from "effect"
import type { History } from "./output/estimate.ts"
import { advance, emptyModel } from "./output/model.ts"
import type { Earlier } from "./output/plain/planLines.ts"

/** Newest ended runs that are looked at. */
const runsRead = 3

export interface Past {
  readonly history: History
  readonly earlier: Earlier | undefined
}
type Told = { readonly run: string; readonly events: ReadonlyArray<StoredEvent> }

/** The newest run that computed a stage says how long it takes; the newest run that planned it says with what. Newest first. */
export const pastOf = (runs: ReadonlyArray<Told>): Past => {
  const history = new Map<string, number>()
  const stages = new Map<
    string,
    { readonly planned: NonNullable<ReturnType<Earlier["stages"]["get"]>>["planned"]; readonly ended: boolean }
  >()
  for (const { events } of runs) {
    const model = events.reduce(advance, emptyModel)
    for (const planned of model.plan?.stages ?? []) {
      const stage = model.stages.get(planned.name)
      const ended = stage?.status === "completed"
      if (ended && stage.durationMs !== undefined && stage.reusedUnits === 0 && !history.has(planned.name))
        history.set(planned.name, stage.durationMs)
      if (!stages.has(planned.name)) stages.set(planned.name, { planned, ended })
    }
  }
  const newest = runs[0]
  return { history, earlier: newest === undefined ? undefined : { run: newest.run, stages } }
}

/** Reads the newest ended runs; a store that cannot be read tells nothing. */
export const readPast: Effect.Effect<Past, never, Journal | StateQueries> = Effect.gen(function* () {
  const queries = yield* StateQueries
  const journal = yield* Journal
  const ended = (yield* queries.runs({ limit: runsRead * 2 }))
    .filter((run) => run.endedAt !== undefined && run.status !== "skipped")
    .slice(0, runsRead)
  const runs = yield* Effect.forEach(ended, (row) => Effect.map(journal.read(row.id), (events) => ({ run: row.id, events })))
  return pastOf(runs)
}).pipe(Effect.orElseSucceed(() => ({ history: new Map<string, number>(), earlier: undefined })))

/** What the store knows that decides whether a stage runs. `now` is epoch milliseconds. */
const factsOf = (queries: StateQueries["Service"], now: number): PlanFacts<StoreError> => ({
  latestAsset: (asset) =>
    Effect.map(queries.assetVersions(asset, 1), ([newest]) =>
      newest === undefined ? undefined : { version: newest.version, run: newest.producer.run }
    ),
  cachedUnit: (key, { policy }) =>
    Effect.map(queries.cached([key]), (found) => {
      const unit = found.get(key)
      const most = policy.cache.kind === "inputs" ? policy.cache.maxAgeMs : undefined
      if (unit === undefined || (most !== undefined && now - unit.at > most)) return undefined
      return {
        run: unit.run,
        outputs: Object.fromEntries(Object.entries(unit.outputs).map(([port, output]) => [port, output.version]))
      }
    })
})
/** Whether each stage would run, be reused or be skipped now. */
export const forecast = (built: BuiltPlan, now: number): Effect.Effect<ReadonlyArray<StageForecast>, StoreError, StateQueries> =>
  Effect.flatMap(StateQueries, (queries) => explainPlan(built, factsOf(queries, now)))
