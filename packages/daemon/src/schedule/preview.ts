/** What schedules will do, without doing it. Pure. */
import { localText, occurrencesBetween, nextOccurrences, type Occurrence } from "@tetra/core/engine"
import { jitterOf } from "./due.ts"
import type { ScheduleSpec } from "./ScheduleSpec.ts"

/** One time of a schedule, as people read it. Instants in epoch milliseconds. */
export interface Fire {
  readonly schedule: string
  readonly pipeline: string
  readonly at: number
  /** `2027-03-14 03:30`, what the clock in `zone` shows then. */
  readonly local: string
  readonly zone: string
  /** Logical date, `YYYY-MM-DD`. */
  readonly date: string
  /** With its jitter. */
  readonly startAt: number
  readonly outcome: "run" | "holiday" | "dst_skipped"
  /** Why it does not run, or what is unusual about it; empty when nothing is. */
  readonly note: string
}
const fireOf = (spec: ScheduleSpec, { at, date, note = "", skipped }: Occurrence): Fire => ({
  schedule: spec.id,
  pipeline: spec.pipeline,
  at,
  local: localText(spec.timing.zone.localOf(at)),
  zone: spec.zone,
  date,
  startAt: at + jitterOf(spec.id, at, spec.jitterMs),
  outcome: skipped?.outcome ?? "run",
  note: skipped?.reason ?? note
})
/** The next `n` times of a schedule after `now` at which it runs. */
export const preview = (spec: ScheduleSpec, now: number, n: number): ReadonlyArray<Fire> =>
  nextOccurrences(spec.timing, now, n).map((one) => fireOf(spec, one))

/** Every time of a calendar year in the zone of each schedule, in order: those that run, and those that do not with their reason. */
export const simulateYear = (specs: ReadonlyArray<ScheduleSpec>, year: number): ReadonlyArray<Fire> =>
  specs
    .flatMap((spec) => {
      const edge = (of: number): number => {
        const local = Date.UTC(of, 0, 1)
        const { at, shifted } = spec.timing.zone.shown(local)
        return at[0] ?? shifted!
      }
      return occurrencesBetween(spec.timing, edge(year) - 1, edge(year + 1) - 1).map((one) => fireOf(spec, one))
    })
    .sort((a, b) => a.at - b.at)
