import { dayOf, type SessionCalendar } from "@tetra/core/engine"

const dayMs = 86_400_000
/** Farther back than this every day counts: such data are old, whatever the calendar says. */
const mostDays = 400

/** Milliseconds between two instants that fall on days with a session, in the zone of the calendar: Friday's data are not stale on Sunday. */
export const sessionTime = (calendar: SessionCalendar, from: number, to: number): number => {
  const { zone } = calendar
  const first = dayOf(zone.localOf(from))
  const last = dayOf(zone.localOf(to))
  if (to <= from || last - first > mostDays || first < calendar.from || last > calendar.to) return to - from
  let sum = 0
  for (let day = first; day <= last; day++) {
    if (calendar.closed(day) !== undefined) continue
    const edge = (local: number): number => {
      const { at, shifted } = zone.shown(local)
      return at[0] ?? shifted ?? local
    }
    sum += Math.min(to, edge((day + 1) * dayMs)) - Math.max(from, edge(day * dayMs))
  }
  return sum
}

/** Whether there is a session at an instant. Undefined where the calendar says nothing about the day. */
export const isInSession = (calendar: SessionCalendar, at: number): boolean | undefined => {
  const day = dayOf(calendar.zone.localOf(at))
  if (day < calendar.from || day > calendar.to) return undefined
  const session = calendar.session(day)
  return session !== undefined && at >= session.open && at < session.close
}
