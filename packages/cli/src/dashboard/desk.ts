/** What the dashboard looks up beside the run, when somebody opens the view. */
import {
  configVersions,
  Journal,
  type Project,
  RunLog,
  type RunRow,
  scheduleSteps,
  StateQueries,
  type Steps
} from "@tetra/core/engine"
import type { Desk, HealthCheck, RunDetail, ScheduleRecords, View } from "@tetra/tui"
import { Effect } from "effect"
import type { LogLine, StoredEvent } from "../domain.ts"
import { storePlaceOf } from "../project/open.ts"
import type { StorePlace } from "../project/store.ts"
import { perform } from "../runtime.ts"
import { chartColumns } from "./columns.ts"
import { detailOf } from "./detail.ts"
import { look } from "./look.ts"
import { settingsOf } from "./settings.ts"
import { readRecords } from "../schedules/readRecords.ts"
import type { Finding } from "../doctor/Finding.ts"
import { checkSystem } from "../doctor/system.ts"

/** Newest runs in the history, and how many of them are read whole for comparison. */
const runsListed = 200
const runsRead = 12
/** Next times of each schedule. */
const timesListed = 5

export interface Recorded {
  readonly row: RunRow
  readonly events: ReadonlyArray<StoredEvent>
  readonly lines: ReadonlyArray<LogLine>
  readonly log: string
}
/** A recorded run with its log; undefined when there is none of this name. */
export const recorded = async (place: StorePlace, id: string): Promise<Recorded | undefined> =>
  await look(
    place,
    Effect.gen(function* () {
      const row = yield* (yield* StateQueries).run(id)
      if (row === undefined) return undefined
      const log = yield* RunLog
      return { row, events: yield* (yield* Journal).read(row.id), lines: yield* log.read(row.id), log: log.pathOf(row.id) }
    })
  )

const pastRuns = Effect.gen(function* () {
  const rows = yield* (yield* StateQueries).runs({ limit: runsListed })
  return yield* Effect.forEach(rows, (row, i): Effect.Effect<RunDetail, unknown, Journal> => {
    if (i >= runsRead) return Effect.succeed({ row, stages: new Map() })
    return detailOf(row)
  })
})

const noRecords: ScheduleRecords = { paused: [], leftOut: [], held: undefined }
const scheduled = Effect.all({
  states: Effect.flatMap(StateQueries, (queries) => queries.pipelineStates),
  records: readRecords
})
/** What rules are made of is loaded when somebody looks at their alerts. */
const alerts = Effect.flatMap(
  Effect.promise(() => import("../alerts/keptAlerts.ts")),
  ({ keptAlerts }) => keptAlerts(Date.now())
)
const health = Effect.gen(function* () {
  const queries = yield* StateQueries
  return {
    states: yield* queries.pipelineStates,
    runs: yield* queries.pipelineRuns({ limit: runsListed }),
    alerts: yield* alerts
  }
})
const levels: Readonly<Record<Finding["state"], HealthCheck["level"]>> = { ok: "ok", warning: "warn", error: "bad" }
const systemOf = async (place: StorePlace): Promise<ReadonlyArray<HealthCheck>> =>
  (await checkSystem(place)).map((finding) => ({
    name: finding.check,
    level: levels[finding.state],
    text: [finding.found, finding.mend].filter((text) => text !== "").join(". ")
  }))

/** Keys and frames come between two steps. */
const inSteps = async <A>(steps: Steps<A>): Promise<A> => {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
/** What the kept configurations are called, by their hash. */
const configNumbers = async (home: string): Promise<ReadonlyMap<string, number>> =>
  new Map((await perform(configVersions(home).pipe(Effect.orElseSucceed(() => [])))).map(({ hash, number }) => [hash, number]))

/** What `view` needs; nothing for views that live on the run alone. A store that cannot be read shows nothing. */
export const deskFor = async (view: View, project: Project): Promise<Partial<Desk>> => {
  switch (view) {
    case "history":
      return { runs: (await look(storePlaceOf(project), pastRuns)) ?? [] }
    case "overview":
    case "schedule":
      return {
        schedule: {
          forecasts: await inSteps(scheduleSteps(project, Date.now(), timesListed)),
          ...((await look(storePlaceOf(project), scheduled)) ?? { states: [], records: noRecords })
        },
        versions: await configNumbers(project.home)
      }
    case "health": {
      const known = (await look(storePlaceOf(project), health)) ?? { states: [], runs: [], alerts: [] }
      return { health: { ...known, system: await systemOf(storePlaceOf(project)) } }
    }
    case "config":
      return { config: settingsOf(project), versions: await configNumbers(project.home) }
    case "charts":
      return { columns: await chartColumns(project) }
    default:
      return {}
  }
}
