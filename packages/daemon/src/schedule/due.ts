import { createHash } from "node:crypto"
import { type Occurrence, occurrencesBetween } from "@tetra/core/engine"
import { cheapestStart } from "./cost.ts"
import { instantText } from "./instantText.ts"
import type { CatchUp, ScheduleSpec } from "./ScheduleSpec.ts"

export type TickOutcome =
  | "run"
  | "missed"
  | "paused"
  | "holiday"
  | "dst_skipped"
  | "overlap_skipped"
  | "superseded"
  | "upstream_timeout"
  | "upstream_failed"
  | "refused"
/** What becomes of one occurrence. */
export interface Decision {
  readonly occurrence: Occurrence
  readonly outcome: TickOutcome
  readonly reason: string
  /** Run later than its start deadline. */
  readonly catchUp: boolean
  /** One of several that are caught up, one after another. */
  readonly inOrder: boolean
  /** When it may start, with its jitter: epoch milliseconds. */
  readonly startAt: number
}
export interface ScheduleStanding {
  /** Everything at or below it is decided; epoch milliseconds. */
  readonly watermark: number
  readonly paused: boolean
}

/**
 * Whole seconds that the start of an occurrence is put off by, from 0 to the jitter: the first 8 bytes of sha256(id@instant) as a number. The same
 * on every machine, and no part of its identity. In milliseconds.
 */
export const jitterOf = (id: string, at: number, jitterMs: number): number => {
  if (jitterMs < 1000) return 0
  const seconds = BigInt(Math.floor(jitterMs / 1000))
  const first = createHash("sha256")
    .update(`${id}@${instantText(at)}`)
    .digest()
    .readBigUInt64BE(0)
  return Number(first % (seconds + 1n)) * 1000
}

/** What is decided now: every occurrence in (watermark, now], oldest first. The watermark then is `now`. */
export const due = (spec: ScheduleSpec, standing: ScheduleStanding, now: number): ReadonlyArray<Decision> => {
  if (now <= standing.watermark) return []
  const candidates = occurrencesBetween(spec.timing, standing.watermark, now)
  const open = candidates.filter(({ skipped }) => skipped === undefined)
  const late = open.filter(({ at }) => now - at > spec.startDeadlineMs)
  const caught = caughtUp(spec.catchUp, late, open, now)
  return candidates.map((occurrence) => decide(spec, standing, occurrence, { now, caught }))
}
/** Which of the late ones run all the same. */
const caughtUp = (
  catchUp: CatchUp,
  late: ReadonlyArray<Occurrence>,
  open: ReadonlyArray<Occurrence>,
  now: number
): ReadonlySet<Occurrence> => {
  if (catchUp._tag === "None") return new Set()
  // The newest of all stands for the older ones: one that is in time does so too.
  if (catchUp._tag === "Latest") return new Set(late.length === open.length ? late.slice(-1) : [])
  return new Set(late.filter(({ at }) => now - at <= catchUp.windowMs).slice(-catchUp.max))
}
const decide = (
  spec: ScheduleSpec,
  standing: ScheduleStanding,
  occurrence: Occurrence,
  { caught, now }: { readonly now: number; readonly caught: ReadonlySet<Occurrence> }
): Decision => {
  const { at, skipped } = occurrence
  const isLate = now - at > spec.startDeadlineMs
  const inOrder = spec.catchUp._tag === "All" && caught.has(occurrence)
  const decided = (outcome: TickOutcome, reason: string, startAt = at): Decision => ({
    occurrence,
    outcome,
    reason,
    catchUp: outcome === "run" && isLate,
    inOrder: outcome === "run" && inOrder,
    startAt: startAt + jitterOf(spec.id, at, spec.jitterMs)
  })
  if (skipped !== undefined) return decided(skipped.outcome, skipped.reason)
  if (standing.paused) return decided("paused", "the schedule is paused")
  if (!isLate && spec.cost !== undefined) {
    const cheap = cheapestStart(spec.cost, spec.timing.zone, at, spec.expectedMs)
    return decided("run", `due, ${cheap.reason}`, cheap.at)
  }
  if (!isLate) return decided("run", "due")
  const lateBy = `${Math.round((now - at) / 60_000)} min late`
  if (caught.has(occurrence)) return decided("run", `${lateBy}: caught up`)
  return decided("missed", `${lateBy}${spec.catchUp._tag === "None" ? "" : ": a newer one stands for it, or it is too old"}`)
}

/** How far a watermark may lie before us, and how long nobody may have looked, before the clock is doubted; milliseconds. */
const aheadMs = 5 * 60_000
const longestAbsenceMs = 400 * 86_400_000
/** Why nothing is decided at the moment: a wrong clock would mark years as decided. */
export const clockAnomaly = (seen: number | undefined, watermark: number, now: number): string | undefined => {
  if (watermark > now + aheadMs)
    return `the clock says ${instantText(now)}, but times up to ${instantText(watermark)} were decided already`
  if (seen !== undefined && now - seen > longestAbsenceMs)
    return `the clock says ${instantText(now)}, more than 400 days after ${instantText(seen)}, when schedules were last looked at`
  return undefined
}
