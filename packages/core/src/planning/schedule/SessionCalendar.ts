import { dateText, dayMs, dayOfText, weekdayOf } from "./days.ts"
import { firstYear, isNewYorkEarly, lastYear, newYorkClosure } from "./marketRules.ts"
import { Zone } from "./zone.ts"

/** One trading session; its instants are epoch milliseconds. It ends where it ends, not where the next one begins. */
export interface Session {
  /** Days since 1970-01-01, in the zone of the calendar. */
  readonly day: number
  readonly open: number
  readonly close: number
  readonly isEarly: boolean
}
/** A day of which the calendar knows nothing. Never taken for an open one. */
export class OutsideCalendar extends Error {
  constructor(name: string, day: number, from: number, to: number) {
    super(`the calendar ${name} knows ${dateText(from)} to ${dateText(to)}: it says nothing about ${dateText(day)}`)
  }
}
export interface SessionCalendar {
  readonly name: string
  readonly zone: Zone
  /** First and last day that it knows. */
  readonly from: number
  readonly to: number
  /** Throws `OutsideCalendar`. `asOf`: what was known on that day; without it everything. */
  readonly session: (day: number, asOf?: number) => Session | undefined
  /** Why there is no session; undefined on a day with one. Throws `OutsideCalendar`. */
  readonly closed: (day: number, asOf?: number) => string | undefined
}
interface Rules {
  readonly name: string
  readonly zone: string
  readonly from: number
  readonly to: number
  readonly closed: SessionCalendar["closed"]
  /** Minutes of the local day. */
  readonly hours: (day: number) => { readonly open: number; readonly close: number; readonly isEarly: boolean }
}
const calendarOf = ({ closed, from, hours, name, to, zone: zoneName }: Rules): SessionCalendar => {
  const zone = Zone.of(zoneName)
  const known = (day: number, asOf?: number): string | undefined => {
    if (day < from || day > to) throw new OutsideCalendar(name, day, from, to)
    return closed(day, asOf)
  }
  const instant = (local: number): number => {
    const { at, shifted } = zone.shown(local)
    return at[0] ?? shifted!
  }
  return {
    name,
    zone,
    from,
    to,
    closed: known,
    session: (day, asOf) => {
      if (known(day, asOf) !== undefined) return undefined
      const { close, isEarly, open } = hours(day)
      return { day, open: instant(day * dayMs + open * 60_000), close: instant(day * dayMs + close * 60_000), isEarly }
    }
  }
}
const weekend = (day: number): string | undefined =>
  weekdayOf(day) === 0 ? "Sunday" : weekdayOf(day) === 6 ? "Saturday" : undefined
const rulesRange = { from: dayOfText(`${firstYear}-01-01`)!, to: dayOfText(`${lastYear}-12-31`)! }
const newYork = (name: string): SessionCalendar =>
  calendarOf({
    name,
    zone: "America/New_York",
    ...rulesRange,
    closed: (day, asOf) => {
      const closure = newYorkClosure(day)
      const isKnown = closure?.knownAt === undefined || asOf === undefined || closure.knownAt <= asOf
      return weekend(day) ?? (isKnown ? closure?.reason : undefined)
    },
    hours: (day) => (isNewYorkEarly(day) ? { open: 570, close: 780, isEarly: true } : { open: 570, close: 960, isEarly: false })
  })
const wholeDay = { open: 0, close: 24 * 60, isEarly: false }
const always = (name: string, closed: (day: number) => string | undefined): SessionCalendar =>
  calendarOf({ name, zone: "UTC", ...rulesRange, closed, hours: () => wholeDay })

const makers: Readonly<Record<string, () => SessionCalendar>> = {
  XNYS: () => newYork("XNYS"),
  XNAS: () => newYork("XNAS"),
  "24x7": () => always("24x7", () => undefined),
  "24x5": () => always("24x5", weekend)
}
export const builtInCalendars: ReadonlyArray<string> = Object.keys(makers)
const made = new Map<string, SessionCalendar>()
/** `XNYS` and `XNAS` (New York), `24x7` and `24x5` (days of UTC, from midnight to midnight). */
export const builtInCalendar = (name: string): SessionCalendar | undefined => {
  const known = made.get(name) ?? makers[name]?.()
  if (known !== undefined) made.set(name, known)
  return known
}

/** A calendar of one's own, as it is written: what differs from another one. Dates `YYYY-MM-DD`, times `HH:MM` in the zone of that one. */
export interface OwnCalendar {
  readonly extends: string
  readonly closed?: ReadonlyArray<{ readonly date: string; readonly reason: string; readonly known_at?: string | undefined }>
  readonly early?: ReadonlyArray<{ readonly date: string; readonly close: string }>
  readonly open?: ReadonlyArray<string>
}
/** `base` with what `own` changes. */
export const ownCalendar = (name: string, base: SessionCalendar, own: OwnCalendar): SessionCalendar => {
  const closed = new Map(own.closed?.map((row) => [dayOfText(row.date)!, row]))
  const early = new Map(own.early?.map((row) => [dayOfText(row.date)!, minutesOf(row.close)]))
  const open = new Set(own.open?.map((date) => dayOfText(date)!))
  const usual = usualHours(base)
  return calendarOf({
    name,
    zone: base.zone.name,
    from: base.from,
    to: base.to,
    closed: (day, asOf) => {
      const row = closed.get(day)
      const knownAt = row?.known_at === undefined ? undefined : dayOfText(row.known_at)
      if (row !== undefined && (asOf === undefined || knownAt === undefined || knownAt <= asOf)) return row.reason
      return open.has(day) ? undefined : base.closed(day, asOf)
    },
    hours: (day) => {
      const session = base.session(day)
      const minute = (at: number) => (base.zone.localOf(at) - day * dayMs) / 60_000
      const hours =
        session === undefined ? usual : { open: minute(session.open), close: minute(session.close), isEarly: session.isEarly }
      const close = early.get(day)
      return close === undefined ? hours : { ...hours, close, isEarly: true }
    }
  })
}
/** Hours of a day that `base` does not have, taken from a common one. */
const usualHours = (base: SessionCalendar) => {
  const day = dayOfText("2026-01-14")!
  const { close, open } = base.session(day)!
  const minute = (at: number) => (base.zone.localOf(at) - day * dayMs) / 60_000
  return { open: minute(open), close: minute(close), isEarly: false }
}
const minutesOf = (time: string): number => {
  const [hours, minutes] = time.split(":").map(Number) as [number, number]
  return hours * 60 + minutes
}
