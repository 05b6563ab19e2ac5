/** What schedules will do, without doing it. Pure. */
import { localText, occurrencesBetween, nextOccurrences, type Occurrence } from "@tetra/core/engine"
import { cheapestStart } from "./cost.ts"
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
  /** With its jitter, and where it costs least. */
  readonly startAt: number
  readonly outcome: "run" | "holiday" | "dst_skipped"
  /** Why it does not run, or what is unusual about it; empty when nothing is. */
  readonly note: string
}
const fireOf = (spec: ScheduleSpec, { at, date, locals, note = "", skipped }: Occurrence): Fire => {
  const cheap = spec.cost === undefined ? undefined : cheapestStart(spec.cost, spec.timing.zone, at, spec.expectedMs)
  const price = cheap === undefined || cheap.at === at ? "" : cheap.reason
  return {
    schedule: spec.id,
    pipeline: spec.pipeline,
    at,
    // What the schedule asks for and what the clock shows are the same, but for a time that the clock skips.
    local: note === "" ? locals[0]! : localText(spec.timing.zone.localOf(at)),
    zone: spec.zone,
    date,
    startAt: (cheap?.at ?? at) + jitterOf(spec.id, at, spec.jitterMs),
    outcome: skipped?.outcome ?? "run",
    note: skipped?.reason ?? (note === "" || price === "" ? `${note}${price}` : `${note}; ${price}`)
  }
}
/** The next `n` times of a schedule after `now` at which it runs. */
export const preview = (spec: ScheduleSpec, now: number, n: number): ReadonlyArray<Fire> =>
  nextOccurrences(spec.timing, now, n).map((one) => fireOf(spec, one))

/** Every time of a calendar year in the zone of each schedule, in order: those that run, and those that do not with their reason. */
export const simulateYear = (specs: ReadonlyArray<ScheduleSpec>, year: number): ReadonlyArray<Fire> => {
  const fires: Array<Fire> = []
  for (const spec of specs)
    for (const occurrence of occurrencesBetween(spec.timing, startOf(spec, year) - 1, startOf(spec, year + 1) - 1))
      fires.push(fireOf(spec, occurrence))
  return inOrder(fires)
}
/** By instant; those of one instant stay as they are. Numbers are sorted without asking which of two is less, several times as fast. */
const inOrder = (fires: ReadonlyArray<Fire>): ReadonlyArray<Fire> => {
  const count = fires.length
  const first = fires.reduce((least, { at }) => Math.min(least, at), Infinity)
  const last = fires.reduce((most, { at }) => Math.max(most, at), first)
  if ((last - first + 1) * count > Number.MAX_SAFE_INTEGER) return fires.toSorted((a, b) => a.at - b.at)
  const places = Float64Array.from(fires, ({ at }, i) => (at - first) * count + i).sort()
  return Array.from(places, (place) => fires[place % count]!)
}
/** When a year begins where the schedule is. */
const startOf = ({ timing }: ScheduleSpec, year: number): number => {
  const { at, shifted } = timing.zone.shown(Date.UTC(year, 0, 1))
  return at[0] ?? shifted!
}
