import { Cron, Result } from "effect"
import { hintFor } from "../domain/nearest.ts"

export interface CronProblem {
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
const fieldNames = ["minute", "hour", "day of the month", "month", "weekday"]

export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}
export const zoneHint = (zone: string): string => {
  const zones = Intl.supportedValuesOf("timeZone")
  const close = hintFor(zone, zones, "")
  return close.startsWith("did you mean") ? close : 'use an IANA name such as "America/New_York" or "Europe/Berlin"'
}

/**
 * Five cron fields (or six with leading seconds), or a macro such as `@daily`. Daylight saving (operations.md 1.2): a listed local time that
 * the clock skips moves to the same distance after the gap, a doubled one counts once, the first time; intervals (`*` first in the minute or
 * hour field) follow the clock on the wall through both passes.
 */
export const parseCron = (text: string, zone: string): Result.Result<Cron.Cron, CronProblem> => {
  const refused = refusal(text.trim())
  if (refused !== undefined) return Result.fail(refused)
  const written = macros[text.trim().toLowerCase()] ?? text.trim()
  const fields = written.split(/\s+/)
  const at = fields.length - 5
  if (at !== 0 && at !== 1) {
    return Result.fail({
      message: `"${text}" has ${fields.length} fields`,
      hint: 'five are needed: minute hour day month weekday, such as "0 19 * * *"'
    })
  }
  const plain = fields.map((field, i) => (i === at + 2 || i === at + 4 ? field.replaceAll("?", "*") : field))
  plain[at + 4] = sundays(plain[at + 4]!)
  const interval = plain[at]!.startsWith("*") || plain[at + 1]!.startsWith("*")
  const parsed = Cron.parse(plain.join(" "), zone, { onDstOverlap: interval ? "both" : "earlier" })
  if (Result.isFailure(parsed))
    return Result.fail({
      message: `"${text}": ${badField(plain, at, zone)}`,
      hint: 'for example "0 19 * * *": every day at 19:00'
    })
  return !occurs(parsed.success)
    ? Result.fail({
        message: `"${text}" never happens`,
        hint: "no such day comes in the next 8 years: change the day or the month"
      })
    : Result.succeed(parsed.success)
}

/** 7 is Sunday too; ranges that end with it are split. */
const sundays = (field: string) => field.replaceAll(/(^|,)([0-6])-7(?=,|$)/g, "$1$2-6,0").replaceAll(/(^|,)7(?=,|$)/g, "$10")

const refusal = (text: string): CronProblem | undefined => {
  const refuse = (message: string, hint: string) => ({ message: `"${text}": ${message}`, hint })
  if (/^@reboot$/i.test(text))
    return refuse("a start of the machine is no time", "start the daemon with the machine instead: tetra deploy")
  if (/^@every\b/i.test(text)) return refuse("@every depends on when it was started", 'write the times, such as "*/15 * * * *"')
  if (text.startsWith("@") && macros[text.toLowerCase()] === undefined)
    return refuse("there is no such macro", hintFor(text, Object.keys(macros), ""))
  if (/^(?:CRON_)?TZ=/.test(text))
    return refuse("a zone does not belong into the cron text", "set pipelines.P.timezone, or timezone for the project")
  if (text.startsWith("session_"))
    return refuse(
      "session schedules need a market calendar, which this version does not have",
      "write a cron text in the zone of the exchange"
    )
  const fields = text.split(/\s+/)
  const days = `${fields.at(-3)} ${fields.at(-1)}`
  if (fields.length >= 5 && /\d*W\b|\bH\b|\bR\b/.test(text))
    return refuse("W, H and R are not known", "write the days and times themselves")
  if (fields.length >= 5 && /(?:^|[\s,\d])L\b|#/.test(days))
    return refuse(
      "L and # are not known in this version",
      'for a last day write "28-31" and let the pipeline check, for a second Friday "8-14"'
    )
  return undefined
}
/** Which field it is: each is tried alone. */
const badField = (fields: ReadonlyArray<string>, at: number, zone: string): string => {
  for (const [i, field] of fields.entries()) {
    const alone = fields.map((_, j) => (j === i ? field : j < at ? "0" : "*"))
    const parsed = Cron.parse(alone.join(" "), zone)
    if (Result.isFailure(parsed))
      return `the ${i < at ? "second" : fieldNames[i - at]} field "${field}" is wrong: ${parsed.failure.message.replace(/^Expected /, "expected ").toLowerCase()}`
  }
  return "it is no cron text"
}
const occurs = (cron: Cron.Cron): boolean => {
  try {
    // From a fixed day, so that a configuration is valid or not whenever it is read; leap years come within 8 years of it.
    Cron.next(cron, "2024-01-01T00:00:00Z")
    return true
  } catch {
    return false
  }
}
