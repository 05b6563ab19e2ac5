/** Asks the store what the health of a project is made of. A store that does not answer is a finding, no failure. */
import {
  type AsOf,
  type AssetVersion,
  calendarNamed,
  isProcessGone,
  type Journal,
  nextOccurrences,
  type PipelineRunRow,
  readAsOf,
  type RunRow,
  type ScheduleConfig,
  schedulesOf,
  type SessionCalendar,
  StateQueries,
  type StoreError,
  timingOf
} from "@tetra/core/engine"
import { Effect, Result } from "effect"
import { countedRuns, type PipelineFacts, type ProvidedFacts, type Window } from "./pipelineHealth.ts"
import type { Wiring } from "./Wiring.ts"

const agesKept = 5_000
/** Ages that were worked out, by asset, version and producing run: none of them ever changes. */
export class KnownAges {
  private readonly ages = new Map<string, AsOf>()
  get({ asset, producer, version }: AssetVersion): AsOf | undefined {
    return this.ages.get(`${asset}@${version} ${producer.run}`)
  }
  set({ asset, producer, version }: AssetVersion, asOf: AsOf): void {
    const oldest = this.ages.keys().next()
    if (this.ages.size >= agesKept && oldest.done !== true) this.ages.delete(oldest.value)
    this.ages.set(`${asset}@${version} ${producer.run}`, asOf)
  }
}
/** What the configuration names; what has run here is part of it, too. */
const namesOf = ({ named, pipelines }: Wiring, recorded: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set([...named, ...recorded])].filter((name) => Object.hasOwn(pipelines, name)).toSorted()
/** When each scheduled pipeline comes next after `now`: the earliest of its schedules. */
const nextRuns = (config: ScheduleConfig, now: number): ReadonlyMap<string, number> => {
  const next = new Map<string, number>()
  for (const entry of schedulesOf(config)) {
    const timing = timingOf(config, entry)
    const [first] = Result.isFailure(timing) ? [] : nextOccurrences(timing.success, now, 1)
    if (first !== undefined) next.set(entry.pipeline, Math.min(first.at, next.get(entry.pipeline) ?? first.at))
  }
  return next
}
/** What its schedule says about holidays counts for the age of its data, too. */
export const calendarOf = ({ schedules }: Wiring, name: string): SessionCalendar | undefined => {
  const written = schedules.pipelines?.[name]?.schedule_options?.calendar
  return written === undefined ? undefined : Result.getOrUndefined(calendarNamed(schedules, written))
}
/** Rows that are asked for first; more only where many runs were skipped or cancelled. */
const runsOf = (
  name: string,
  window: Window,
  now: number
): Effect.Effect<ReadonlyArray<PipelineRunRow>, StoreError, StateQueries> =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const few = yield* queries.pipelineRuns({ pipeline: name, limit: window.runs + 4 })
    if (few.length < window.runs + 4 || countedRuns(few, window, now).length === window.runs) return few
    return yield* queries.pipelineRuns({ pipeline: name, limit: 10 * window.runs })
  })

const providedOf = (version: AssetVersion, asOf: AsOf): ProvidedFacts => ({
  asset: version.asset,
  version: version.version,
  madeAt: Date.parse(version.producer.at),
  asOf,
  isDegraded: version.degraded !== undefined || version.coverage.ratio < 1,
  coverage: version.coverage.ratio
})
/** The newest version of each asset; those without any in `missing`. */
const assetsOf = (names: Iterable<string>, ages: KnownAges, look: Effect.Success<typeof readAsOf>) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const missing: Array<string> = []
    const provided: Array<ProvidedFacts> = []
    for (const asset of names) {
      const [newest] = yield* queries.assetVersions(asset, 1)
      if (newest === undefined) {
        missing.push(asset)
        continue
      }
      const asOf = ages.get(newest) ?? (yield* look(newest))
      ages.set(newest, asOf)
      provided.push(providedOf(newest, asOf))
    }
    return { missing, provided }
  })

export interface HealthAsked {
  readonly wiring: Wiring
  readonly host: string
  /** Who starts scheduled runs; undefined when nobody does. */
  readonly driver: string | undefined
  readonly ages: KnownAges
  /** Epoch milliseconds. */
  readonly now: number
}
const ofOpen = (open: ReadonlyArray<RunRow>, host: string) => {
  const isGone = ({ owner, requestedAt }: RunRow) => owner.host === host && isProcessGone(owner, requestedAt)
  return {
    gone: new Set(open.filter(isGone).map(({ id }) => id)),
    pausedRuns: new Set(open.filter(({ paused }) => paused !== undefined).map(({ id }) => id)),
    waiting: new Set(open.filter(({ status }) => status === "pending").flatMap(({ pipelines }) => pipelines))
  }
}
/** What is recorded of every pipeline of the project. */
const readPipelines = ({ ages, driver, host, now, wiring }: HealthAsked) =>
  Effect.gen(function* () {
    const queries = yield* StateQueries
    const { window } = wiring.rules
    const { waiting, ...open } = ofOpen(yield* queries.runs({ open: true }), host)
    const next = nextRuns(wiring.schedules, now)
    const look = yield* readAsOf
    const names = namesOf(
      wiring,
      (yield* queries.pipelineStates).map(({ pipeline }) => pipeline)
    )
    return yield* Effect.forEach(names, (name) =>
      Effect.gen(function* () {
        const facts: PipelineFacts = {
          name,
          isRead: true,
          runs: yield* runsOf(name, window, now),
          ...open,
          ...(yield* assetsOf(wiring.pipelines[name]?.provides ?? [], ages, look)),
          maxDataAgeHours: wiring.pipelines[name]?.maxDataAgeHours ?? 0,
          calendar: calendarOf(wiring, name),
          nextRunAt: next.get(name),
          isWaiting: waiting.has(name),
          driver: next.has(name) ? driver : undefined
        }
        return facts
      })
    )
  })
const unread = ({ driver, now, wiring }: HealthAsked): ReadonlyArray<PipelineFacts> => {
  const next = nextRuns(wiring.schedules, now)
  const none = { isRead: false, runs: [], gone: new Set<string>(), pausedRuns: new Set<string>(), missing: [], provided: [] }
  return namesOf(wiring, []).map((name) => ({
    ...none,
    name,
    maxDataAgeHours: wiring.pipelines[name]?.maxDataAgeHours ?? 0,
    nextRunAt: next.get(name),
    isWaiting: false,
    driver: next.has(name) ? driver : undefined
  }))
}

/** The pipelines, and how fast the store answered one small question. */
export interface StoreHealth {
  readonly pipelines: ReadonlyArray<PipelineFacts>
  readonly latencyMs: number | undefined
  readonly problem: string | undefined
}
export const readStoreHealth = (asked: HealthAsked): Effect.Effect<StoreHealth, never, StateQueries | Journal> =>
  Effect.gen(function* () {
    const began = performance.now()
    yield* (yield* StateQueries).newestPosition
    const latencyMs = performance.now() - began
    return { pipelines: yield* readPipelines(asked), latencyMs, problem: undefined }
  }).pipe(Effect.catch((error) => Effect.succeed({ pipelines: unread(asked), latencyMs: undefined, problem: error.message })))
/** For a store that could not even be opened. */
export const closedStore = (asked: HealthAsked, problem: string): StoreHealth => ({
  pipelines: unread(asked),
  latencyMs: undefined,
  problem
})
