import { Result } from "effect"
import { durationMs } from "../../domain/Quantities.ts"
import type { ScheduleProblem } from "./parseCron.ts"
import { civilOf, dayOf, weekdayOf } from "./days.ts"
import type { Session, SessionCalendar } from "./SessionCalendar.ts"

/** `session_close + 30m last session of month`, taken apart. */
export interface SessionRule {
  readonly edge: "open" | "close"
  readonly offsetMs: number
  readonly which: "every" | { readonly end: "first" | "last"; readonly of: "week" | "month" | "quarter" }
}
export const isSessionText = (text: string): boolean => text.trim().startsWith("session_")
const longestOffset = 7 * 86_400_000

export const parseSession = (written: string): Result.Result<SessionRule, ScheduleProblem> => {
  const match =
    /^session_(open|close)(?:\s*([+-])\s*(\S+))?(?:\s+(?:every\s+session|(first|last)\s+session\s+of\s+(week|month|quarter)))?$/u.exec(
      written.trim()
    )
  if (match === null)
    return Result.fail({
      message: `"${written}" is no session schedule`,
      hint: 'write "session_close + 30m", "session_open - 1h every session" or "session_close last session of month"'
    })
  const [, edge, sign, offset, end, of] = match
  const size = offset === undefined ? 0 : durationMs(offset)
  if (size === undefined || size > longestOffset)
    return Result.fail({ message: `"${written}": "${offset}" is no duration of a week or less`, hint: "write 30m, 1h30m or 2h" })
  return Result.succeed({
    edge: edge as SessionRule["edge"],
    offsetMs: sign === "-" ? -size : size,
    which: end === undefined ? "every" : { end: end as "first" | "last", of: of as "week" | "month" | "quarter" }
  })
}

export interface SessionTime {
  readonly at: number
  readonly session: Session
}
/** Instants after `after` and up to `until`, ascending. Ends with the calendar; throws `OutsideCalendar` when `after` lies outside of it. */
export function* sessionTimes(
  { edge, offsetMs, which }: SessionRule,
  calendar: SessionCalendar,
  after: number,
  until: number
): Generator<SessionTime, void> {
  const first = dayOf(calendar.zone.localOf(after - offsetMs)) - 1
  const last = Math.min(calendar.to, dayOf(calendar.zone.localOf(until - offsetMs)) + 1)
  for (let day = Math.max(first, Math.min(calendar.from, first + 1)); day <= last; day++) {
    const session = calendar.session(day)
    if (session === undefined || !isMeant(which, calendar, day)) continue
    const at = session[edge] + offsetMs
    if (at > after && at <= until) yield { at, session }
  }
}
const isMeant = (which: SessionRule["which"], calendar: SessionCalendar, day: number): boolean => {
  if (which === "every") return true
  const step = which.end === "first" ? -1 : 1
  const period = periodOf(which.of, day)
  for (let other = day + step; periodOf(which.of, other) === period; other += step) {
    if (other < calendar.from || other > calendar.to) return true
    if (calendar.closed(other) === undefined) return false
  }
  return true
}
const periodOf = (of: "week" | "month" | "quarter", day: number): number => {
  if (of === "week") return day - ((weekdayOf(day) + 6) % 7)
  const { month, year } = civilOf(day)
  return year * 12 + (of === "month" ? month : Math.ceil(month / 3))
}
