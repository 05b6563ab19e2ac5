/** Puts a schedule into the words of a target: the same time table where it can say it, else a wider one that the gate narrows. */
import { type Cron, parseCron, Zone } from "@tetra/core/engine"
import { Result } from "effect"
import type { ScheduleSpec } from "../schedule/ScheduleSpec.ts"
import { compareIn, dueBetween } from "./compare.ts"
import type { Dialect } from "./dialects.ts"
import { type CronFields, compact, fiveOf, plainFields } from "./fields.ts"
import type { ReadRule } from "./Target.ts"
import { changeWindows, zoneChanges } from "./windows.ts"

/** What is written for one schedule. `reasons` say what is wider than the schedule, and why. */
export interface Expressed {
  readonly rules: ReadonlyArray<Written>
  /** Dated times that no rule has. */
  readonly instants: ReadonlyArray<number>
  readonly reasons: ReadonlyArray<string>
}
export interface Written {
  readonly fields: CronFields
  readonly zone: string
  /** A second table for times that the first one misses when clocks change. */
  readonly isCompanion: boolean
}
/** It cannot be said at all: the schedule stays with the daemon. */
export interface NotExpressible {
  readonly why: string
}
const dayMs = 86_400_000
const minuteMs = 60_000
/** Times are gathered over so long where the rule itself cannot be said. */
const gatheredMs = 800 * dayMs
/** More different times of the day than this are said as "every hour". */
const mostTimes = 24
const mostInstants = 1_000

export const ruleOf = ({ fields, zone }: Written): ReadRule => {
  const text = fields.second === "0" ? fiveOf(fields) : `${fields.second} ${fiveOf(fields)}`
  return { text, cron: Result.getOrThrow(parseCron(text)), zone }
}
const anyDay = { second: "0", date: "*", month: "*", weekday: "*" } as const
const minuteOfDay = (local: number): number => Math.floor((((local % dayMs) + dayMs) % dayMs) / minuteMs)

/** Every hour at the minutes at which it is due on a clock of `zone`: right whatever both zones do. */
const hourly = (spec: ScheduleSpec, zone: string, now: number): ReadonlyArray<Written> => {
  const due = dueBetween(spec, { from: now, to: now + gatheredMs })
  const minutes = new Set(due.map((at) => minuteOfDay(Zone.of(zone).localOf(at)) % 60))
  return [{ fields: { ...anyDay, minute: compact(minutes, "minute"), hour: "*" }, zone, isCompanion: false }]
}
/** Every local time at which it is due, on every weekday on which that happens. */
const gathered = (spec: ScheduleSpec, zone: string, now: number): ReadonlyArray<Written> => {
  const locals = dueBetween(spec, { from: now, to: now + gatheredMs }).map((at) => Zone.of(zone).localOf(at))
  const times = new Set(locals.map(minuteOfDay))
  if (times.size === 0 || times.size > mostTimes) return hourly(spec, zone, now)
  const weekdays = new Set(locals.map((local) => new Date(local).getUTCDay()))
  const byMinute = Map.groupBy(times, (time) => time % 60)
  return [...byMinute].map(([minute, of]) => ({
    fields: {
      ...anyDay,
      minute: `${minute}`,
      hour: compact(
        of.map((time) => Math.floor(time / 60)),
        "hour"
      ),
      weekday: compact(weekdays, "weekday")
    },
    zone,
    isCompanion: false
  }))
}
/** Day fields that the target knows; the reason when they had to be widened. */
const widened = (fields: CronFields, cron: Cron, dialect: Dialect): { readonly fields: CronFields; readonly reason?: string } => {
  const { dates, either, weekdays } = cron
  if (!dialect.hasLastAndNth && (dates.last || weekdays.lastOf.size > 0 || weekdays.nth.size > 0)) {
    const date = dates.last ? compact([...dates.values, 28, 29, 30, 31], "date") : fields.date
    const nth = [...weekdays.nth].map((one) => Math.floor(one / 10))
    const weekday = compact([...weekdays.values, ...weekdays.lastOf, ...nth], "weekday")
    return {
      fields: { ...fields, date, weekday },
      reason: "last days and weekdays of a month cannot be said: it starts on every day that may be one"
    }
  }
  const areBoth = !either && dates.values.size < 31 && weekdays.values.size < 7
  if (areBoth && !dialect.hasBoth)
    return {
      fields: { ...fields, weekday: "*" },
      reason: "dates and weekdays that must both match cannot be said: it starts on the dates"
    }
  return { fields }
}
const sameZone = (a: string, b: string): boolean => {
  const name = (zone: string) => new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone
  return name(a) === name(b)
}

const rulesOf = (spec: ScheduleSpec, dialect: Dialect, machine: string, now: number): Pick<Expressed, "rules" | "reasons"> => {
  const { calendar, onHoliday, rule } = spec.timing
  if (dialect.zone === "machine" && !sameZone(spec.zone, machine))
    return {
      rules: hourly(spec, machine, now),
      reasons: [`it knows only the zone of its machine (${machine}), not ${spec.zone}: it starts every hour`]
    }
  const zone = dialect.zone === "machine" ? machine : spec.zone
  if (rule._tag === "Session")
    return {
      rules: gathered(spec, zone, now),
      reasons: [`sessions of ${calendar?.name} cannot be said: it starts at every time at which one may be due`]
    }
  if (calendar !== undefined && (onHoliday === "next_session" || onHoliday === "previous_session"))
    return {
      rules: gathered(spec, zone, now),
      reasons: [`holidays of ${calendar.name} cannot be said: it starts on every day to which one may move`]
    }
  const { fields, reason } = widened(
    plainFields(spec.cron, { months: rule.cron.months, weekdays: rule.cron.weekdays.values }),
    rule.cron,
    dialect
  )
  const holidays =
    calendar !== undefined && onHoliday === "skip" ? [`holidays of ${calendar.name} cannot be said: it starts on them, too`] : []
  return { rules: [{ fields, zone, isCompanion: false }], reasons: [...(reason === undefined ? [] : [reason]), ...holidays] }
}

/** Times that the rules miss around changes of the clock, as tables of their own: at the local times at which they then are due. */
const companions = (missing: ReadonlyArray<number>, zone: string): ReadonlyArray<Written> => {
  const clock = Zone.of(zone)
  const locals = missing.map((at) => clock.localOf(at)).filter((local) => clock.shown(local).at.length === 1)
  const byTime = Map.groupBy(locals, minuteOfDay)
  if (byTime.size > mostTimes) return []
  return [...byTime].map(([time, of]) => ({
    fields: {
      second: "0",
      minute: `${time % 60}`,
      hour: `${Math.floor(time / 60)}`,
      date: "*",
      month: compact(
        of.map((local) => new Date(local).getUTCMonth() + 1),
        "month"
      ),
      weekday: compact(
        of.map((local) => new Date(local).getUTCDay()),
        "weekday"
      )
    },
    zone,
    isCompanion: true
  }))
}

/** `machine` is the zone of the machine that fires. */
export const express = (spec: ScheduleSpec, dialect: Dialect, machine: string, now: number): Expressed | NotExpressible => {
  const { rule } = spec.timing
  const seconds = rule._tag === "Cron" ? new Set(rule.cron.seconds.map((second) => second % 60)) : new Set([0])
  if (!dialect.hasSeconds && (seconds.size > 1 || !seconds.has(0))) return { why: "seconds cannot be said" }
  const { reasons, rules } = rulesOf(spec, dialect, machine, now)
  const zones = [spec.zone, ...rules.map(({ zone }) => zone)]
  const read = { id: spec.id, rules: rules.map(ruleOf), instants: [] }
  const { late, missed } = compareIn(spec, dialect, read, changeWindows(zones, now))
  const missing = [...late.map(({ at }) => at), ...missed].sort((a, b) => a - b)
  if (missing.length === 0) return { rules, instants: [], reasons }
  const changes = zoneChanges(zones[1] ?? spec.zone, now).length
  if (dialect.hasInstants && missing.length <= mostInstants)
    return {
      rules,
      instants: missing,
      reasons: [...reasons, `${missing.length} dated times for ${changes} changes of the clock`]
    }
  return {
    rules: [...rules, ...companions(missing, rules[0]!.zone)],
    instants: [],
    reasons: [...reasons, "hours that the clock skips or shows twice are read in another way: it starts again after them"]
  }
}
