import { createHash } from "node:crypto"
import {
  dependenciesOf,
  durationMs,
  expectedMs,
  type Project,
  type ScheduleEntry,
  schedulesOf,
  type Timing,
  timingOf
} from "@tetra/core/engine"
import { Result } from "effect"
import type { CostHint } from "./cost.ts"

export type CatchUp =
  | { readonly _tag: "None" }
  | { readonly _tag: "Latest" }
  | { readonly _tag: "All"; readonly max: number; readonly windowMs: number }
export type AtUpstream = "skip" | "run" | "fail"

/** One schedule as it is in force; durations in milliseconds. */
export interface ScheduleSpec extends ScheduleEntry {
  readonly timing: Timing
  readonly overlap: "skip" | "queue_one" | "replace" | "allow"
  readonly catchUp: CatchUp
  readonly startDeadlineMs: number
  readonly jitterMs: number
  readonly upstream: { readonly waitMs: number; readonly onTimeout: AtUpstream; readonly onFailed: AtUpstream }
  /** Pipelines whose scheduled run it waits for. */
  readonly upstreams: ReadonlyArray<string>
  /** As it was seen to take, else as is written. */
  readonly expectedMs: number
  /** Where a run costs least; undefined when no cost is written. */
  readonly cost: CostHint | undefined
  /** Another one when text, zone, calendar, holidays or daylight saving are edited. */
  readonly fingerprint: string
}
const hourMs = 3_600_000
type Options = NonNullable<NonNullable<Project["config"]["pipelines"]>[string]["schedule_options"]>

const catchUpOf = (written: Options["catch_up"]): CatchUp => {
  if (written === "none") return { _tag: "None" }
  if (typeof written !== "object") return { _tag: "Latest" }
  const { max = 10, window = "7d" } = written.all
  return { _tag: "All", max, windowMs: durationMs(window)! }
}
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
const costOf = (written: Options["cost"]): CostHint | undefined => {
  if (written === undefined) return undefined
  const { default: usualRate = 1, ...rates } = written.rates
  return {
    windowMs: durationMs(written.window)!,
    rates: Object.entries(rates).map(([hours, rate]) => ({
      from: minutesOf(hours.slice(0, 5)),
      to: minutesOf(hours.slice(6)),
      rate
    })),
    usualRate,
    preemptible: written.preemptible ?? false
  }
}
const ms = (text: string | undefined, usual: number): number => (text === undefined ? usual : durationMs(text)!)

/** The schedules of a valid project; `seenMs` is how long runs were seen to take, by pipeline. One that cannot be read has been told when the project was loaded, and is left out. */
export const specsOf = (
  project: Pick<Project, "catalogue" | "config">,
  seenMs: ReadonlyMap<string, number> = new Map()
): ReadonlyArray<ScheduleSpec> =>
  schedulesOf(project.config).flatMap((entry) => {
    const timing = timingOf(project.config, entry)
    if (Result.isFailure(timing)) return []
    const { concurrency, schedule_options: options } = project.config.pipelines?.[entry.pipeline] ?? {}
    const { calendar, onHoliday, dst } = timing.success
    const own = calendar === undefined ? undefined : project.config.calendars?.[calendar.name]
    const facts = [entry.cron, entry.zone, calendar?.name, own, onHoliday, dst]
    return [
      {
        ...entry,
        timing: timing.success,
        overlap: options?.overlap ?? concurrency?.policy ?? "queue_one",
        catchUp: catchUpOf(options?.catch_up),
        startDeadlineMs: ms(options?.start_deadline, 5 * 60_000),
        jitterMs: Math.min(ms(options?.jitter, 0), hourMs),
        upstream: {
          waitMs: ms(options?.upstream?.wait, 6 * hourMs),
          onTimeout: options?.upstream?.on_timeout ?? "skip",
          onFailed: options?.upstream?.on_failed ?? "skip"
        },
        upstreams: [...dependenciesOf(project, entry.pipeline).all],
        expectedMs: seenMs.get(entry.pipeline) ?? expectedMs(project.config, entry.pipeline),
        cost: costOf(options?.cost),
        fingerprint: createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16)
      }
    ]
  })
