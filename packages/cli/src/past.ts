/** What earlier runs tell about the stages of a plan: how long they took, and with what they were made. */
import {
  type BuiltPlan,
  explainPlan,
  Journal,
  type PlanFacts,
  type RunPlan,
  type StageForecast,
  type StageTrace,
  StateQueries,
  type StoreError,
  type StoredEvent,
  tracesOf
} from "@tetra/core/engine"
import { Effect } from "effect"
import type { History } from "./output/estimate.ts"
import { advance, emptyModel } from "./output/model.ts"

/** Newest ended runs of each pipeline that are looked at. */
const runsRead = 3

export interface Past {
  readonly history: History
  /** By stage: with what it was made the last time that it was started. */
  readonly earlier: ReadonlyMap<string, StageTrace>
}

/** The newest run that computed a stage says how long it takes; the newest run that started it says with what. Newest first. */
export const pastOf = (runs: ReadonlyArray<ReadonlyArray<StoredEvent>>): Past => {
  const history = new Map<string, number>()
  const earlier = new Map<string, StageTrace>()
  for (const events of runs) {
    const model = events.reduce(advance, emptyModel)
    for (const planned of model.plan?.stages ?? []) {
      const stage = model.stages.get(planned.name)
      const ended = stage?.status === "completed"
      if (ended && stage.durationMs !== undefined && stage.reusedUnits === 0 && !history.has(planned.name))
        history.set(planned.name, stage.durationMs)
    }
    for (const [stage, trace] of tracesOf(events)) if (!earlier.has(stage)) earlier.set(stage, trace)
  }
  return { history, earlier }
}

/** Reads the newest ended runs of the plan's pipelines; a store that cannot be read tells nothing. */
export const readPast = ({ pipelines }: RunPlan): Effect.Effect<Past, never, Journal | StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const journal = yield* Journal
    const rows = yield* Effect.forEach(pipelines, ({ name }) => queries.runs({ pipeline: name, limit: runsRead * 2 }))
    const ended = rows.map((own) =>
      own.filter(({ endedAt, status }) => endedAt !== undefined && status !== "skipped").slice(0, runsRead)
    )
    const byId = new Map(ended.flat().map((row) => [row.id, row] as const))
    const newestFirst = [...byId.values()].toSorted((a, b) => b.requestedAt - a.requestedAt)
    return pastOf(yield* Effect.forEach(newestFirst, (row) => journal.read(row.id)))
  }).pipe(Effect.orElseSucceed(() => pastOf([])))

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
