import { Result } from "effect"
import type { ResolvedConfig } from "../../domain/ConfigFile.ts"
import { hintFor } from "../../domain/nearest.ts"
import { usualDst } from "./cronTimes.ts"
import type { Timing } from "./occurrences.ts"
import { parseCron, type ScheduleProblem } from "./parseCron.ts"
import { builtInCalendar, builtInCalendars, ownCalendar, type SessionCalendar } from "./SessionCalendar.ts"
import { isSessionText, parseSession } from "./sessionTimes.ts"
import { isZone, systemZone, Zone } from "./zone.ts"

export interface ScheduleEntry {
  /** `P`, `P#2`, or `P#name`. */
  readonly id: string
  readonly pipeline: string
  /** The cron text or the session text. */
  readonly cron: string
  /** IANA zone. */
  readonly zone: string
  /** Path in the configuration. */
  readonly path: string
}
type Pipelines = NonNullable<ResolvedConfig["pipelines"]>
type ScheduleOptions = NonNullable<Pipelines[string]["schedule_options"]>
/** What of a configuration says when something is due. */
export interface ScheduleConfig extends Pick<ResolvedConfig, "calendars" | "timezone"> {
  readonly pipelines?: Readonly<
    Record<
      string,
      Pick<Pipelines[string], "timezone"> & {
        readonly schedule_options?: Pick<ScheduleOptions, "calendar" | "dst" | "on_holiday" | "timezone">
      }
    >
  >
  readonly pipeline_dependencies?: Readonly<
    Record<string, Pick<NonNullable<ResolvedConfig["pipeline_dependencies"]>[string], "schedule">>
  >
}
/** The pipeline's zone, else the project's, else the system's. */
export const zoneOf = (config: ScheduleConfig, pipeline: string): string => {
  const block = config.pipelines?.[pipeline]
  return block?.schedule_options?.timezone ?? block?.timezone ?? config.timezone ?? systemZone()
}

/** Every schedule that is written, in the order of the file. */
export const schedulesOf = (config: ScheduleConfig): ReadonlyArray<ScheduleEntry> =>
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

/** A calendar by name: of the project, or one of `builtInCalendars`. */
export const calendarNamed = (
  config: Pick<ScheduleConfig, "calendars">,
  name: string
): Result.Result<SessionCalendar, ScheduleProblem> => {
  const own = config.calendars?.[name]
  const known = own === undefined ? builtInCalendar(name) : undefined
  if (known !== undefined) return Result.succeed(known)
  if (own === undefined || typeof own === "string") {
    const names = [...builtInCalendars, ...Object.keys(config.calendars ?? {})]
    return Result.fail({ message: `there is no calendar "${name}"`, hint: hintFor(name, names, "add it under calendars") })
  }
  const base = builtInCalendar(own.extends)
  return base === undefined
    ? Result.fail({
        message: `the calendar "${name}" extends "${own.extends}", which is none of ${builtInCalendars.join(", ")}`,
        hint: hintFor(own.extends, builtInCalendars, "")
      })
    : Result.succeed(ownCalendar(name, base, own))
}

/** A cron text or a session text, taken apart. */
export const parseRule = (text: string): Result.Result<Timing["rule"], ScheduleProblem> =>
  isSessionText(text)
    ? Result.map(parseSession(text), (session) => ({ _tag: "Session", session }))
    : Result.map(parseCron(text), (cron) => ({ _tag: "Cron", cron }))

/** When a schedule is due, as the configuration says; a schedule of sessions without a calendar follows XNYS. */
export const timingOf = (config: ScheduleConfig, entry: ScheduleEntry): Result.Result<Timing, ScheduleProblem> => {
  const options = config.pipelines?.[entry.pipeline]?.schedule_options
  const named = options?.calendar ?? (isSessionText(entry.cron) ? "XNYS" : undefined)
  const calendar = named === undefined ? Result.succeed(undefined) : calendarNamed(config, named)
  if (Result.isFailure(calendar)) return Result.fail(calendar.failure)
  return Result.map(parseRule(entry.cron), (rule) => ({
    rule,
    zone: Zone.of(isZone(entry.zone) ? entry.zone : "UTC"),
    calendar: calendar.success,
    onHoliday: options?.on_holiday ?? (options?.calendar === undefined ? "run" : "skip"),
    dst: { ...usualDst, ...options?.dst }
  }))
}
