import { Result } from "effect"
import { hintFor } from "../../domain/nearest.ts"
import { type Cron, type DayField, isCronDay } from "./Cron.ts"
import { dayAt } from "./days.ts"

export interface ScheduleProblem {
  readonly message: string
  readonly hint: string
}
const macros: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *"
}
interface FieldKind {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly names?: ReadonlyArray<string>
}
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const kinds: ReadonlyArray<FieldKind> = [
  { name: "second", least: 0, most: 59 },
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, names: months },
  { name: "weekday", least: 0, most: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] }
]
const [secondKind, minuteKind, hourKind, dateKind, monthKind, weekdayKind] = kinds as [
  FieldKind,
  FieldKind,
  FieldKind,
  FieldKind,
  FieldKind,
  FieldKind
]
/** What is wrong inside a field. */
class BadField extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** The fields of a cron text as they are written, those of a macro in its place. */
export const cronFieldsOf = (written: string): ReadonlyArray<string> => {
  const text = written.trim()
  return (macros[text.toLowerCase()] ?? text).split(/\s+/u)
}

/**
 * Five cron fields (minute, hour, day of the month, month, weekday), or six with leading seconds, or a macro such as `@daily`. Lists, ranges,
 * steps, names; `L`, `5L` and `5#2` in the day fields. Days: when a day field begins with `*` both must match, else one is enough.
 */
export const parseCron = (written: string): Result.Result<Cron, ScheduleProblem> => {
  const text = written.trim()
  const refused = refusal(text)
  if (refused !== undefined) return Result.fail(refused)
  const fields = cronFieldsOf(text)
  if (fields.length !== 5 && fields.length !== 6)
    return Result.fail({
      message: `"${written}" has ${fields.length} fields`,
      hint: 'five are needed: minute hour day month weekday, such as "0 19 * * *"'
    })
  try {
    const cron = cronOf(fields.length === 6 ? fields : ["0", ...fields])
    if (occurs(cron)) return Result.succeed(cron)
    return Result.fail({
      message: `"${written}" never happens`,
      hint: "no such day comes in the next 8 years: change the day or the month"
    })
  } catch (error) {
    if (!(error instanceof BadField)) throw error
    return Result.fail({
      message: `"${written}": ${error.message}`,
      hint: error.hint ?? 'for example "0 19 * * *": every day at 19:00'
    })
  }
}

const cronOf = (fields: ReadonlyArray<string>): Cron => {
  const [second, minute, hour, date, month, weekday] = fields as [string, string, string, string, string, string]
  const [seconds, minutes, hours] = [valuesOf(second, secondKind), valuesOf(minute, minuteKind), valuesOf(hour, hourKind)]
  const isAny = (field: string) => field.startsWith("*") || field.startsWith("?")
  return {
    seconds: hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => (h * 60 + m) * 60 + s))),
    months: new Set(valuesOf(month, monthKind)),
    dates: dayField(date, dateKind),
    weekdays: dayField(weekday, weekdayKind),
    either: !isAny(date) && !isAny(weekday),
    interval: minute.startsWith("*") || hour.startsWith("*")
  }
}
const dayField = (field: string, kind: FieldKind): DayField => {
  const made = { values: new Set<number>(), last: false, lastOf: new Set<number>(), nth: new Set<number>() }
  for (const item of field.replace(/^\?/u, "*").split(",")) {
    const [, of, which] = /^(.+)#(\d)$/u.exec(item) ?? []
    if (item.toUpperCase() === "L" && kind === dateKind) made.last = true
    else if (/^.+L$/iu.test(item) && kind === weekdayKind && !/^jul$/iu.test(item))
      made.lastOf.add(numberOf(item.slice(0, -1), kind, field) % 7)
    else if (of !== undefined && kind === weekdayKind) {
      if (Number(which) < 1 || Number(which) > 5) throw wrong(field, kind, "a month has one to five of a weekday")
      made.nth.add((numberOf(of, kind, field) % 7) * 10 + Number(which))
    } else for (const value of valuesOf(item, kind, field)) made.values.add(kind === weekdayKind ? value % 7 : value)
  }
  return made
}
/** Ascending, without repeats. */
const valuesOf = (field: string, kind: FieldKind, whole = field): ReadonlyArray<number> => {
  const values = new Set<number>()
  for (const item of field.split(",")) {
    const [range = "", step, more] = item.split("/")
    if (more !== undefined || (step !== undefined && !/^[1-9]\d*$/u.test(step)))
      throw wrong(whole, kind, `"${item}" has no whole step`, "a step is written */5, 10-30/5 or 10/5")
    const [from, to] = rangeOf(range, kind, whole, step !== undefined)
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value)
  }
  return [...values].sort((a, b) => a - b)
}
const rangeOf = (range: string, kind: FieldKind, whole: string, isStepped: boolean): readonly [number, number] => {
  if (range === "*") return [kind.least, kind === weekdayKind ? 6 : kind.most]
  const [first = "", last, more] = range.split("-")
  const from = numberOf(first, kind, whole)
  if (last === undefined) return [from, isStepped ? (kind === weekdayKind ? Math.max(from, 6) : kind.most) : from]
  const to = last.toLowerCase() === "sun" && from > 0 ? 7 : numberOf(last, kind, whole)
  if (more !== undefined) throw wrong(whole, kind, `"${range}" is no range`)
  if (to < from)
    throw wrong(whole, kind, `"${range}" goes backwards`, `write it as two: ${first}-${kind.most},${kind.least}-${last}`)
  return [from, to]
}
const numberOf = (text: string, kind: FieldKind, whole: string): number => {
  const named = kind.names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return named + kind.least
  const value = /^\d+$/u.test(text) ? Number(text) : NaN
  if (value >= kind.least && value <= kind.most) return value
  const close = kind.names !== undefined && /[a-z]/iu.test(text) ? hintFor(text, kind.names, "") : undefined
  throw wrong(whole, kind, `"${text}" is not between ${kind.least} and ${kind.most}`, close)
}
const wrong = (field: string, kind: FieldKind, why: string, hint?: string): BadField =>
  new BadField(`the ${kind.name} field "${field}" is wrong: ${why}`, hint)

const refusal = (text: string): ScheduleProblem | undefined => {
  const refuse = (message: string, hint: string) => ({ message: `"${text}": ${message}`, hint })
  if (/^@reboot$/iu.test(text))
    return refuse("a start of the machine is no time", "start the daemon with the machine instead: tetra deploy")
  if (/^@every\b/iu.test(text)) return refuse("@every depends on when it was started", 'write the times, such as "*/15 * * * *"')
  if (text.startsWith("@") && macros[text.toLowerCase()] === undefined)
    return refuse("there is no such macro", hintFor(text, Object.keys(macros), ""))
  if (/^(?:CRON_)?TZ=/u.test(text))
    return refuse("a zone does not belong into the cron text", "set pipelines.P.timezone, or timezone for the project")
  const fields = text.split(/\s+/u)
  if (fields.length >= 5 && /(?:^|[\s,])(?:\d*W|LW|H(?:\(.*\))?|R)(?=$|[\s,/])/u.test(text))
    return refuse("W, H and R are not known", "write the days and times themselves")
  return undefined
}
/** From a fixed day on, so that a configuration is valid or not whenever it is read. Days of February 29 come every 8 years at most. */
const occurs = (cron: Cron): boolean => {
  const from = dayAt(2024, 1, 1)
  for (let day = from; day < from + 8 * 366; day++) if (isCronDay(cron, day)) return true
  return false
}
