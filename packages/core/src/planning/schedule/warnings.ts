/** What is worth knowing about schedules over the coming 400 days: frequencies that do not hold, overlaps, chains in the wrong order. */
import { Result } from "effect"
import { durationMs } from "../../domain/Quantities.ts"
import { dependenciesOf } from "../dependencies.ts"
import type { Project } from "../Project.ts"
import { dayOf, localText } from "./days.ts"
import { type ScheduleEntry, schedulesOf, timingOf } from "./entries.ts"
import { nextOccurrences, type Timing } from "./occurrences.ts"

export interface Configured extends Pick<Project, "catalogue" | "config"> {
  /** How long runs were seen to take, by pipeline, milliseconds: more than what is written or assumed. */
  readonly seenMs?: ReadonlyMap<string, number>
}
export interface ScheduleWarning {
  readonly id: string
  readonly path: string
  readonly message: string
  readonly hint: string
}
/** Work that may be laid down at every `yield`, and taken up again: where people wait for keys, it is done step by step. */
export type Steps<A> = Generator<undefined, A>

interface Timed extends ScheduleEntry {
  readonly timing: Timing
  readonly times: ReadonlyArray<number>
  readonly durationMs: number
}
const minute = 60_000
const horizonMs = 400 * 86_400_000
/** Denser schedules are judged by their first part, as this runs before every start. */
const mostOccurrences = 2_000
/** A run of which nobody has said how long it takes. */
const assumedMs = 60 * minute

/** How long a run of the pipeline is expected to take, milliseconds. */
export const expectedMs = (config: Project["config"], pipeline: string): number => {
  const expected = config.pipelines?.[pipeline]?.schedule_options?.expected_duration
  return (expected === undefined ? undefined : durationMs(expected)) ?? assumedMs
}
export function* warningSteps(project: Configured, now: number): Steps<ReadonlyArray<ScheduleWarning>> {
  const all = schedulesOf(project.config)
  const meets = (a: ScheduleEntry, b: ScheduleEntry) =>
    a.pipeline !== b.pipeline && sharedAsset(project, a.pipeline, b.pipeline) !== undefined
  // Only the times of schedules that something is said about are worth computing.
  const entries = all.filter(
    ({ pipeline }, i) =>
      project.config.pipeline_dependencies?.[pipeline]?.frequency !== undefined ||
      project.config.pipelines?.[pipeline]?.schedule_options?.expected_duration !== undefined ||
      project.seenMs?.has(pipeline) === true ||
      all.some((other) => meets(all[i]!, other) || meets(other, all[i]!))
  )
  const timed: Array<Timed> = []
  for (const entry of entries) {
    const timing = timingOf(project.config, entry)
    if (Result.isFailure(timing)) continue
    const times = nextOccurrences(timing.success, now, mostOccurrences, now + horizonMs).map(({ at }) => at)
    const length = project.seenMs?.get(entry.pipeline) ?? expectedMs(project.config, entry.pipeline)
    timed.push({ ...entry, timing: timing.success, times, durationMs: length })
    yield
  }
  const warnings: Array<ScheduleWarning> = timed.flatMap((entry) => [
    ...frequencyWarning(project, entry),
    ...selfOverlap(project, entry)
  ])
  for (const later of timed) {
    yield
    warnings.push(...timed.flatMap((earlier) => overlapWarning(project, earlier, later)))
  }
  yield
  return [...warnings, ...chainNotes(project, now)]
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
/** Said only where it is known how long a run takes. */
const selfOverlap = ({ config, seenMs }: Configured, { cron, durationMs: length, id, path, pipeline, times }: Timed) => {
  const isWritten = config.pipelines?.[pipeline]?.schedule_options?.expected_duration !== undefined
  if (!isWritten && seenMs?.has(pipeline) !== true) return []
  const short = times.slice(1).filter((at, i) => at - times[i]! < length)
  if (short.length === 0) return []
  const hint = "leave more time between its runs, or correct expected_duration in schedule_options"
  const message = `"${cron}" comes again before ${Math.round(length / minute)} min are over, ${short.length} times of ${times.length}`
  return [{ id, path, message, hint }]
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
  const { zone } = later.timing
  return [
    {
      id: later.id,
      path: later.path,
      message: `overlaps with ${earlier.pipeline} ${count} times in ${days} days, first on ${localText(zone.localOf(first))} ${zone.name}: ${effect}`,
      hint: `start it ${Math.ceil(worst / minute)} min later, or give ${earlier.pipeline} an expected_duration in schedule_options`
    }
  ]
}

/** Schedules that come before those of what they read on the same day: the run then reads the data of the day before. */
const chainNotes = (project: Configured, now: number): ReadonlyArray<ScheduleWarning> => {
  const all = schedulesOf(project.config).flatMap((entry) => {
    const timing = timingOf(project.config, entry)
    return Result.isSuccess(timing) ? [{ ...entry, timing: timing.success }] : []
  })
  return all.flatMap((entry) => {
    const upstreams = dependenciesOf(project, entry.pipeline).all
    if (upstreams.size === 0) return []
    const mine = nextOccurrences(entry.timing, now, 1)[0]?.at
    if (mine === undefined) return []
    const dayIn = (at: number) => dayOf(entry.timing.zone.localOf(at))
    return all
      .filter(({ pipeline }) => upstreams.has(pipeline))
      .flatMap((other) => {
        const next = nextOccurrences(other.timing, mine, 1)[0]?.at
        if (next === undefined || dayIn(next) !== dayIn(mine)) return []
        return [
          {
            id: entry.id,
            path: entry.path,
            message: `comes before ${other.pipeline} on the same day: it reads what ${other.pipeline} made the time before`,
            hint: `schedule it after ${other.pipeline} ("${other.cron}")`
          }
        ]
      })
  })
}
