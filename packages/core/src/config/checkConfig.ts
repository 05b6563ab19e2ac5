import { Redacted, Result } from "effect"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { CodePlace } from "../domain/Diagnostic.ts"
import { checkTriggers } from "./checkTriggers.ts"
import { calendarNamed, parseRule, schedulesOf } from "../planning/schedule/entries.ts"
import { dateText, dayOfText } from "../planning/schedule/days.ts"
import { isZone, zoneHint } from "../planning/schedule/zone.ts"

/** A problem with its place in the document; `loadProject` turns the path into file, line and column. */
export interface PathProblem {
  readonly level: "error" | "warning"
  readonly path: string
  /** The problem is the key itself: a name that is not known. */
  readonly key?: boolean
  readonly message: string
  readonly hint: string
  /** In a module, when it stands there. */
  readonly code?: CodePlace
}
/** Notes a problem. */
export type Say = (
  path: string,
  message: string,
  hint: string,
  level?: "error" | "warning",
  key?: boolean,
  code?: CodePlace
) => void

export const gather = (check: (say: Say) => void): ReadonlyArray<PathProblem> => {
  const problems: Array<PathProblem> = []
  check((path, message, hint, level = "error", key = false, code) => {
    problems.push({ level, path, key, message, hint, ...(code === undefined ? {} : { code }) })
  })
  return problems
}

/** What can be said about a configuration without its plugins: zones, schedules, recovery, the store. */
export const checkConfig = (config: ResolvedConfig): ReadonlyArray<PathProblem> =>
  gather((say) => {
    checkZones(config, say)
    checkSchedules(config, say)
    checkTriggers(config, say)
    checkRecovery(config, say)
    checkState(config, say)
  })

const checkZones = (config: ResolvedConfig, say: Say) => {
  const zones: Array<readonly [string, string | undefined]> = [["timezone", config.timezone]]
  for (const [name, block] of Object.entries(config.pipelines ?? {})) {
    zones.push(
      [`pipelines.${name}.timezone`, block.timezone],
      [`pipelines.${name}.schedule_options.timezone`, block.schedule_options?.timezone]
    )
  }
  for (const [path, zone] of zones)
    if (zone !== undefined && !isZone(zone)) say(path, `there is no time zone "${zone}"`, zoneHint(zone))
}

const checkSchedules = (config: ResolvedConfig, say: Say) => {
  const seen = new Set<string>()
  for (const name of Object.keys(config.calendars ?? {})) checkCalendar(config, name, say)
  for (const entry of schedulesOf(config)) {
    const { id, path } = entry
    if (seen.has(id)) say(path, `a second schedule is called "${id}"`, "name each differently")
    seen.add(id)
    const rule = parseRule(entry.cron)
    if (Result.isFailure(rule)) say(path, rule.failure.message, rule.failure.hint)
  }
  for (const [name, block] of Object.entries(config.pipelines ?? {})) {
    const options = block.schedule_options
    const path = `pipelines.${name}.schedule_options`
    const { policy, key } = block.concurrency ?? {}
    if (policy === "allow" && key === undefined)
      say(
        `pipelines.${name}.concurrency.policy`,
        "one run of a pipeline at a time is promised: allow needs a key",
        "name the parameter in which overlapping runs differ, key: symbols, or use queue_one, skip or replace"
      )
    if (policy !== undefined && policy !== "allow" && key !== undefined)
      say(`pipelines.${name}.concurrency.key`, `a key means nothing with ${policy}`, "leave it out, or use policy: allow")
    if (options?.overlap === "allow" && (policy !== "allow" || key === undefined))
      say(
        `${path}.overlap`,
        "one run of a pipeline at a time is promised: allow needs a concurrency key",
        `set pipelines.${name}.concurrency: { policy: allow, key: PARAMETER }, or use queue_one, skip or replace`
      )
    const calendar = options?.calendar === undefined ? undefined : calendarNamed(config, options.calendar)
    if (calendar !== undefined && Result.isFailure(calendar) && config.calendars?.[options!.calendar!] === undefined)
      say(`${path}.calendar`, calendar.failure.message, calendar.failure.hint)
    if (options?.on_holiday !== undefined && options.calendar === undefined)
      say(`${path}.on_holiday`, "no calendar says what a holiday is", "name one: calendar: XNYS")
  }
}

const checkCalendar = (config: ResolvedConfig, name: string, say: Say) => {
  const own = config.calendars![name]!
  const path = `calendars.${name}`
  if (typeof own === "string")
    return say(path, `the calendar file "${own}" cannot be read`, "name a YAML file beside the configuration")
  const calendar = calendarNamed(config, name)
  if (Result.isFailure(calendar)) return say(`${path}.extends`, calendar.failure.message, calendar.failure.hint)
  const { from, to } = calendar.success
  const dates = [
    ...(own.closed ?? []).map(({ date }, i) => [`closed.${i}.date`, date] as const),
    ...(own.early ?? []).map(({ date }, i) => [`early.${i}.date`, date] as const),
    ...(own.open ?? []).map((date, i) => [`open.${i}`, date] as const)
  ]
  for (const [at, date] of dates) {
    const day = dayOfText(date)!
    if (day < from || day > to)
      say(`${path}.${at}`, `${date} lies outside of what ${own.extends} knows`, `${dateText(from)} to ${dateText(to)} is known`)
  }
}

const checkRecovery = (config: ResolvedConfig, say: Say) => {
  for (const [name, { failure_actions: actions }] of Object.entries(config.recovery_procedures ?? {})) {
    const seen = new Map<string, number>()
    for (const [i, action] of actions.entries()) {
      for (const key of Object.keys(action)) {
        const path = `recovery_procedures.${name}.failure_actions.${i}.${key}`
        if (seen.has(key))
          say(path, `"${key}" stands twice, first as action ${seen.get(key)! + 1}`, "keep one of the two", "error", true)
        else seen.set(key, i)
      }
    }
  }
}

const checkState = (config: ResolvedConfig, say: Say) => {
  const url = config.state?.url === undefined ? "embedded" : Redacted.value(config.state.url)
  // The address may hold a password: it is not shown.
  if (url !== "embedded" && !/^postgres(?:ql)?:\/\/\S+$/.test(url))
    say(
      "state.url",
      'expected "embedded" or an address that starts with postgres://',
      'write url: embedded, or put the address into the environment: url: "${TETRA_DATABASE_URL}"'
    )
}
