import { Cron, Result } from "effect"
import { durationMs } from "../domain/Quantities.ts"
import { parseCron } from "./cronText.ts"
import { dependenciesOf } from "./dependencies.ts"
import type { Project } from "./Project.ts"

export interface ScheduleEntry {
  /** `P`, `P#2`, or `P#name`. */
  readonly id: string
  readonly pipeline: string
  readonly cron: string
  /** IANA zone. */
  readonly zone: string
  /** Path in the configuration. */
  readonly path: string
}
export interface ScheduleForecast extends ScheduleEntry {
  readonly frequency: string | undefined
  /** The next times, epoch milliseconds, ascending. */
  readonly next: ReadonlyArray<number>
  /** What is wrong or worth knowing about it, in whole sentences. */
  readonly problems: ReadonlyArray<string>
}
type Configured = Pick<Project, "catalogue" | "config">

const systemZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
/** The pipeline's zone, else the project's, else the system's. */
export const zoneOf = (config: Project["config"], pipeline: string): string => {
  const block = config.pipelines?.[pipeline]
  return block?.schedule_options?.timezone ?? block?.timezone ?? config.timezone ?? systemZone()
}

/** Every schedule that is written, in the order of the file. */
export const schedulesOf = (config: Project["config"]): ReadonlyArray<ScheduleEntry> =>
  Object.entries(config.pipeline_dependencies ?? {}).flatMap(([pipeline, { schedule }]) => {
    if (schedule === undefined) return []
    const path = `pipeline_dependencies.${pipeline}.schedule`
    const zone = zoneOf(config, pipeline)
    if (typeof schedule === "string") return [{ id: pipeline, pipeline, cron: schedule, zone, path }]
    return schedule.map((one, i) =>
      typeof one === "string"
        ? { id: i === 0 ? pipeline : `${pipeline}#${i + 1}`, pipeline, cron: one, zone, path: `${path}.${i}` }
        : { id: `${pipeline}#${one.name}`, pipeline, cron: one.at, zone, path: `${path}.${i}.at` }
    )
  })

/** Occurrences after `now` (epoch milliseconds): `n` of them, or fewer when `until` comes first. */
const occurrences = (cron: Cron.Cron, now: number, n: number, until = Infinity): ReadonlyArray<number> => {
  const times: Array<number> = []
  for (let at = now; times.length < n;) {
    at = Cron.next(cron, new Date(at)).getTime()
    if (at > until) break
    times.push(at)
  }
  return times
}

/** The next `n` times of every schedule after `now` (epoch milliseconds), with what is wrong with it. */
export const scheduleOf = (project: Configured, now: number, n: number): ReadonlyArray<ScheduleForecast> =>
  atOnce(scheduleSteps(project, now, n))

/** Work that may be laid down at every `yield`, and taken up again: where people wait for keys, it is done step by step. */
export type Steps<A> = Generator<undefined, A>
const atOnce = <A>(steps: Steps<A>): A => {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
/** `scheduleOf` in steps of some hundredths of a second. */
export function* scheduleSteps(project: Configured, now: number, n: number): Steps<ReadonlyArray<ScheduleForecast>> {
  const warnings = yield* warningSteps(project, now)
  return schedulesOf(project.config).map((entry) => {
    const parsed = parseCron(entry.cron, entry.zone)
    const frequency = project.config.pipeline_dependencies?.[entry.pipeline]?.frequency
    if (Result.isFailure(parsed)) return { ...entry, frequency, next: [], problems: [parsed.failure.message] }
    return {
      ...entry,
      frequency,
      next: occurrences(parsed.success, now, n),
      problems: warnings.filter((w) => w.id === entry.id).map((w) => w.message)
    }
  })
}

/** When each scheduled pipeline comes next after `now`, epoch milliseconds: the earliest of its schedules. */
export const nextRuns = (config: Project["config"], now: number): ReadonlyMap<string, number> => {
  const next = new Map<string, number>()
  for (const { cron, pipeline, zone } of schedulesOf(config)) {
    const parsed = parseCron(cron, zone)
    const [at] = Result.isFailure(parsed) ? [] : occurrences(parsed.success, now, 1)
    if (at !== undefined) next.set(pipeline, Math.min(at, next.get(pipeline) ?? at))
  }
  return next
}

export interface ScheduleWarning {
  readonly id: string
  readonly path: string
  readonly message: string
  readonly hint: string
}
interface Timed extends ScheduleEntry {
  readonly times: ReadonlyArray<number>
  readonly durationMs: number
  /** The clock that `times` show when they are read as UTC. */
  readonly clock: string
}
const minute = 60_000
const horizonMs = 400 * 86_400_000
/** A daily schedule for the whole horizon in a twentieth of a second; denser ones are judged by their first part, as this runs before every start. */
const mostOccurrences = 2_000

/** Frequencies that do not hold, and schedules of pipelines that share an asset and overlap, over the next 400 days. */
export const scheduleWarnings = (project: Configured, now: number): ReadonlyArray<ScheduleWarning> =>
  atOnce(warningSteps(project, now))
function* warningSteps(project: Configured, now: number): Steps<ReadonlyArray<ScheduleWarning>> {
  const all = schedulesOf(project.config)
  const meets = (a: ScheduleEntry, b: ScheduleEntry) =>
    a.pipeline !== b.pipeline && sharedAsset(project, a.pipeline, b.pipeline) !== undefined
  // Only the times of schedules that something is said about are worth computing.
  const entries = all.filter(
    (entry) =>
      project.config.pipeline_dependencies?.[entry.pipeline]?.frequency !== undefined ||
      all.some((other) => meets(entry, other) || meets(other, entry))
  )
  // Schedules of one zone are compared on its wall clock: seven times cheaper than converting each of thousands of times.
  const oneZone = new Set(entries.map(({ zone }) => zone)).size === 1
  const from = oneZone ? wallClock(now, entries[0]!.zone) : now
  const timesOf = (entry: ScheduleEntry): ReadonlyArray<Timed> => {
    const parsed = parseCron(entry.cron, oneZone ? "UTC" : entry.zone)
    if (Result.isFailure(parsed)) return []
    const expected = project.config.pipelines?.[entry.pipeline]?.schedule_options?.expected_duration
    const length = (expected === undefined ? undefined : durationMs(expected)) ?? 60 * minute
    return [
      {
        ...entry,
        times: occurrences(parsed.success, from, mostOccurrences, from + horizonMs),
        durationMs: length,
        clock: oneZone ? entry.zone : "UTC"
      }
    ]
  }
  const timed: Array<Timed> = []
  for (const entry of entries) {
    timed.push(...timesOf(entry))
    yield
  }
  const warnings: Array<ScheduleWarning> = timed.flatMap((entry) => frequencyWarning(project, entry))
  for (const later of timed) {
    yield
    warnings.push(...timed.flatMap((earlier) => overlapWarning(project, earlier, later)))
  }
  yield
  return [...warnings, ...chainNotes(project, now)]
}

/** The local time of the instant, as if it were UTC. */
const wallClock = (at: number, zone: string): number => {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(at)
  return Date.parse(`${parts.replace(" ", "T")}Z`)
}

const gaps: Readonly<Record<string, readonly [number, number]>> = {
  hourly: [0, 1],
  daily: [20, 4 * 24 + 1],
  weekly: [6 * 24, 8 * 24],
  monthly: [27 * 24, 32 * 24],
  quarterly: [85 * 24, 95 * 24],
  yearly: [360 * 24, 370 * 24]
}
/** The gap between two times, in hours, must fit the frequency that is written beside the schedule. */
const frequencyWarning = ({ config }: Configured, { cron, id, path, pipeline, times }: Timed): ReadonlyArray<ScheduleWarning> => {
  const frequency = config.pipeline_dependencies?.[pipeline]?.frequency
  const schedules = config.pipeline_dependencies?.[pipeline]?.schedule
  if (frequency === undefined || (typeof schedules === "object" && schedules.length > 1)) return []
  const hint = "change the frequency or the schedule"
  if (frequency === "on_demand") return [{ id, path, message: `"${cron}" runs by itself, but the frequency is on_demand`, hint }]
  const [least, most] = gaps[frequency]!
  const wrong = times.slice(1).filter((at, i) => (at - times[i]!) / 3_600_000 < least || (at - times[i]!) / 3_600_000 > most)
  if (wrong.length * 20 <= times.length) return []
  const dates = wrong.slice(0, 3).map((at) => new Date(at).toISOString().slice(0, 10))
  return [
    {
      id,
      path,
      message: `"${cron}" is not ${frequency}: ${wrong.length} of ${times.length} times do not fit (${dates.join(", ")})`,
      hint
    }
  ]
}

const sharedAsset = ({ catalogue, config }: Configured, a: string, b: string): string | undefined => {
  const provides = (name: string) => [
    ...(catalogue.pipelines.get(name)?.shape.provides.keys() ?? []),
    ...(config.pipeline_dependencies?.[name]?.provides ?? [])
  ]
  const touches = new Set([
    ...provides(b),
    ...(catalogue.pipelines.get(b)?.shape.requires.keys() ?? []),
    ...(config.pipeline_dependencies?.[b]?.requires ?? [])
  ])
  return provides(a).find((asset) => touches.has(asset))
}
/** `later` starts while `earlier`, whose asset it shares, may still run. Touching ends do not overlap. */
const overlapWarning = (project: Configured, earlier: Timed, later: Timed): ReadonlyArray<ScheduleWarning> => {
  if (earlier.pipeline === later.pipeline) return []
  const asset = sharedAsset(project, earlier.pipeline, later.pipeline)
  if (asset === undefined) return []
  let first = 0
  let count = 0
  let worst = 0
  for (let i = 0, j = 0; i < later.times.length; i++) {
    const at = later.times[i]!
    while (j < earlier.times.length && earlier.times[j]! + earlier.durationMs <= at) j++
    const start = earlier.times[j]
    if (start === undefined || start > at) continue
    if (count++ === 0) first = at
    worst = Math.max(worst, start + earlier.durationMs - at)
  }
  if (count === 0) return []
  const span = Math.round((later.times.at(-1)! - later.times[0]!) / 86_400_000)
  const days = later.times.length < mostOccurrences ? horizonMs / 86_400_000 : span
  const depends = dependenciesOf(project, later.pipeline).all.has(earlier.pipeline)
  const effect = depends ? `${later.pipeline} will start about ${Math.ceil(worst / minute)} min late` : `both use "${asset}"`
  return [
    {
      id: later.id,
      path: later.path,
      message: `overlaps with ${earlier.pipeline} ${count} times in ${days} days, first on ${new Date(first).toISOString().slice(0, 16).replace("T", " ")} ${later.clock}: ${effect}`,
      hint: `start it ${Math.ceil(worst / minute)} min later, or give ${earlier.pipeline} an expected_duration in schedule_options`
    }
  ]
}

/** Schedules that come before those of what they read on the same day: the run then reads the data of the day before. */
export const chainNotes = (project: Configured, now: number): ReadonlyArray<ScheduleWarning> => {
  const first = new Map(scheduledTimes(project, now))
  return schedulesOf(project.config).flatMap((entry) => {
    const mine = first.get(entry.id)
    if (mine === undefined) return []
    const day = localDay(mine, entry.zone)
    return [...dependenciesOf(project, entry.pipeline).all].flatMap((upstream) =>
      schedulesOf(project.config)
        .filter((other) => other.pipeline === upstream)
        .flatMap((other) => {
          const parsed = parseCron(other.cron, other.zone)
          const next = Result.isSuccess(parsed) ? Cron.next(parsed.success, new Date(mine)).getTime() : undefined
          if (next === undefined || localDay(next, entry.zone) !== day) return []
          return [
            {
              id: entry.id,
              path: entry.path,
              message: `comes before ${upstream} on the same day: it reads what ${upstream} made the time before`,
              hint: `schedule it after ${upstream} ("${other.cron}")`
            }
          ]
        })
    )
  })
}
const scheduledTimes = (project: Configured, now: number): ReadonlyArray<readonly [string, number]> =>
  schedulesOf(project.config).flatMap((entry) => {
    const parsed = parseCron(entry.cron, entry.zone)
    return Result.isSuccess(parsed) ? [[entry.id, Cron.next(parsed.success, new Date(now)).getTime()] as const] : []
  })
const localDay = (at: number, zone: string) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at)
