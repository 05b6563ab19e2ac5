import type { Cron } from "./Cron.ts"
import { cronTimes, type DstChoice } from "./cronTimes.ts"
import { dateText, dayMs, dayOf, localText } from "./days.ts"
import type { SessionCalendar } from "./SessionCalendar.ts"
import { type SessionRule, sessionTimes } from "./sessionTimes.ts"
import type { Zone } from "./zone.ts"

export type OnHoliday = "run" | "skip" | "next_session" | "previous_session"
/** When a schedule is due: everything that its instants follow from. */
export interface Timing {
  readonly rule: { readonly _tag: "Cron"; readonly cron: Cron } | { readonly _tag: "Session"; readonly session: SessionRule }
  readonly zone: Zone
  /** Always there for session schedules. */
  readonly calendar: SessionCalendar | undefined
  readonly onHoliday: OnHoliday
  readonly dst: DstChoice
}
/** A time at which a schedule is due, or would be if it were not left out. */
export interface Occurrence {
  /** Its identity, with the schedule: epoch milliseconds. */
  readonly at: number
  /** `YYYY-MM-DD`: the day that its run is about. */
  readonly date: string
  /** The local times that were asked for: more than one when the clock shows them at one instant. */
  readonly locals: ReadonlyArray<string>
  readonly skipped?: { readonly outcome: "holiday" | "dst_skipped"; readonly reason: string }
  /** What is unusual about it. */
  readonly note?: string
}
/** The most days that a holiday moves an occurrence by. */
const farthestMove = 15

/** Occurrences after `after` and up to `until` (epoch milliseconds), ascending, those that are left out among them. */
export const occurrencesBetween = (timing: Timing, after: number, until: number): ReadonlyArray<Occurrence> => {
  if (timing.rule._tag === "Session") return ofSessions(timing, timing.rule.session, after, until)
  const { calendar, dst, onHoliday, zone } = timing
  const { cron } = timing.rule
  const moves = calendar !== undefined && (onHoliday === "next_session" || onHoliday === "previous_session")
  const from = moves && onHoliday === "next_session" ? after - farthestMove * dayMs : after
  const to = moves && onHoliday === "previous_session" ? until + farthestMove * dayMs : until
  const found: Array<Occurrence> = []
  for (const { at, locals, note } of cronTimes({ cron, dst, zone }, from, to)) {
    const local = locals[0]!
    const usual: Occurrence = { at, date: dateText(dayOf(local)), locals: locals.map(localText) }
    const plain = note === undefined ? usual : { ...usual, ...noteOf(note, at, zone) }
    const reason = note === "skip" || onHoliday === "run" ? undefined : calendar?.closed(dayOf(local))
    if (reason === undefined) found.push(plain)
    else if (onHoliday === "skip") found.push({ ...plain, skipped: { outcome: "holiday", reason } })
    else found.push(moved(timing, local, reason))
  }
  return moves ? inWindow(found, after, until) : found
}
const noteOf = (note: "shifted" | "skip" | "again", at: number, zone: Zone): Partial<Occurrence> => {
  if (note === "skip")
    return { skipped: { outcome: "dst_skipped", reason: "the clock skips this time" }, note: "the clock skips this time" }
  if (note === "shifted") return { note: `the clock skips this time: it is ${localText(zone.localOf(at)).slice(11)}` }
  return { note: "the clock shows this time twice: the second time" }
}
const moved = ({ calendar, onHoliday, zone }: Timing, local: number, reason: string): Occurrence => {
  const step = onHoliday === "next_session" ? 1 : -1
  const holiday = dayOf(local)
  let day = holiday + step
  while (calendar!.closed(day) !== undefined) day += step
  const target = day * dayMs + (local - holiday * dayMs)
  const { at, shifted } = zone.shown(target)
  const note = `${step > 0 ? "after" : "before"} ${dateText(holiday)} (${reason})`
  return { at: at[0] ?? shifted!, date: dateText(day), locals: [localText(target)], note }
}
/** Occurrences that a holiday moves onto another one are that one. */
const inWindow = (found: ReadonlyArray<Occurrence>, after: number, until: number): ReadonlyArray<Occurrence> => {
  const byInstant = new Map<number, Occurrence>()
  for (const one of found) {
    const known = byInstant.get(one.at)
    if (one.at > after && one.at <= until && (known === undefined || known.skipped !== undefined)) byInstant.set(one.at, one)
  }
  return [...byInstant.values()].sort((a, b) => a.at - b.at)
}
const ofSessions = ({ calendar, zone }: Timing, rule: SessionRule, after: number, until: number): ReadonlyArray<Occurrence> =>
  [...sessionTimes(rule, calendar!, after, until)].map(({ at, session }) => ({
    at,
    date: dateText(session.day),
    locals: [localText(zone.localOf(at))],
    ...(session.isEarly ? { note: "early close" } : {})
  }))

/** Past the rarest thing that a schedule can ask for: February 29 over a year without one. */
const rarestMs = 9 * 366 * dayMs

/** Where a search begins: dense schedules have many in it. Each further step is twice as wide. */
const narrowMs = 3_600_000

/** The next `n` that are not left out, after `after`; `until` ends the search. Fewer when there are no more in the next nine years. */
export const nextOccurrences = (timing: Timing, after: number, n: number, until = Infinity): ReadonlyArray<Occurrence> => {
  const found: Array<Occurrence> = []
  const end = Math.min(until, after + rarestMs + n * 400 * dayMs)
  for (let from = after, width = narrowMs; from < end && found.length < n; width *= 2) {
    const to = Math.min(from + width, end)
    found.push(...occurrencesBetween(timing, from, to).filter(({ skipped }) => skipped === undefined))
    from = to
  }
  return found.slice(0, n)
}
/** The newest that is not left out, at `at` or before. */
export const latestOccurrence = (timing: Timing, at: number): Occurrence | undefined => {
  for (let to = at, width = narrowMs; to > at - rarestMs; width *= 2) {
    const found = occurrencesBetween(timing, to - width, to).findLast(({ skipped }) => skipped === undefined)
    if (found !== undefined) return found
    to -= width
  }
  return undefined
}
