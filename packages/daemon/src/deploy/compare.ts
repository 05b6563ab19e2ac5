/** Does a target start something whenever a schedule is due? */
import { occurrencesBetween } from "@tetra/core/engine"
import type { ScheduleSpec } from "../schedule/ScheduleSpec.ts"
import { type Dialect, timesOf } from "./dialects.ts"
import type { ReadSchedule } from "./Target.ts"
import { comparedWindows, type Window } from "./windows.ts"

export interface Comparison {
  /** Times of the schedule that were looked at. */
  readonly fires: number
  /** Times at which the target starts something and nothing is due: the gate ends them at once. */
  readonly extra: number
  /** Times that the target meets only later, and the gate catches up. */
  readonly late: ReadonlyArray<{ readonly at: number; readonly byMs: number }>
  /** Times that nothing meets. */
  readonly missed: ReadonlyArray<number>
}
/** A start so much later still counts, where the schedule catches up. */
const latestMs = 3 * 3_600_000

/** How late a start may be until the occurrence counts as missed, milliseconds. */
const patienceOf = ({ catchUp, startDeadlineMs }: ScheduleSpec): number =>
  catchUp._tag === "None" ? startDeadlineMs : Math.max(latestMs, startDeadlineMs)

export const startsBetween = (dialect: Dialect, { instants, rules }: ReadSchedule, { from, to }: Window): ReadonlyArray<number> =>
  [
    ...new Set([...rules.flatMap((rule) => timesOf(dialect, rule, from, to)), ...instants.filter((at) => at > from && at <= to)])
  ].sort((a, b) => a - b)
/** Times of the schedule in a window that are not left out. */
export const dueBetween = ({ timing }: ScheduleSpec, { from, to }: Window): ReadonlyArray<number> =>
  occurrencesBetween(timing, from, to).flatMap(({ at, skipped }) => (skipped === undefined ? [at] : []))

export const compareIn = (
  spec: ScheduleSpec,
  dialect: Dialect,
  read: ReadSchedule,
  windows: ReadonlyArray<Window>
): Comparison => {
  const patience = patienceOf(spec)
  let fires = 0
  let extra = 0
  const late: Array<{ at: number; byMs: number }> = []
  const missed: Array<number> = []
  for (const window of windows) {
    const due = dueBetween(spec, window)
    const starts = startsBetween(dialect, read, { from: window.from, to: window.to + patience })
    const exact = new Set(starts)
    let next = 0
    fires += due.length
    for (const at of due) {
      if (exact.has(at)) continue
      while (next < starts.length && starts[next]! < at) next++
      const start = starts[next]
      if (start !== undefined && start - at <= patience) late.push({ at, byMs: start - at })
      else missed.push(at)
    }
    const wanted = new Set(due)
    extra += starts.filter((at) => at <= window.to && !wanted.has(at)).length
  }
  return { fires, extra, late, missed }
}
/** The next 200 times, and all around the next zone changes and early closes. */
export const compare = (spec: ScheduleSpec, dialect: Dialect, read: ReadSchedule, now: number): Comparison =>
  compareIn(
    spec,
    dialect,
    read,
    comparedWindows(
      spec,
      read.rules.map(({ zone }) => zone),
      now
    )
  )
