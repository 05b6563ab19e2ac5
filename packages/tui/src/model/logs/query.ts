/**
 * What is typed after `/`, and after `tetra logs --grep`: `level:warn stage:load,chop since:10:30 until:5m attempt:2 text`. Terms narrow the log;
 * what is left is a text in any case, or one `/expression/`.
 */
import type { LiveEvent, LogLine, StoredEvent } from "@tetra/core/engine"

export const logLevels: ReadonlyArray<LogLine["level"]> = ["debug", "info", "warn", "error"]

/** What times and attempts are relative to. All in epoch milliseconds. */
export interface QueryContext {
  readonly now: number
  readonly startedAt: number | undefined
  /** When each attempt at the run began: its start, and every time that it was resumed. */
  readonly attempts: ReadonlyArray<number>
}
/** When each attempt at a run began, out of its events. */
export const attemptsOf = (events: ReadonlyArray<StoredEvent>): QueryContext["attempts"] =>
  events.flatMap(({ _tag, at }) => (beginsAttempt(_tag) ? [at] : []))
export const beginsAttempt = (tag: LiveEvent["_tag"]): boolean => tag === "RunStarted" || tag === "RunResumed"

export interface LogQuery {
  readonly level: LogLine["level"] | undefined
  readonly stages: ReadonlyArray<string>
  /** Inclusive; epoch milliseconds. */
  readonly since: number | undefined
  /** Exclusive. */
  readonly until: number | undefined
  readonly text: string
  /** What could not be understood, with how to write it. Such a term narrows nothing. */
  readonly problems: ReadonlyArray<string>
}
const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A clock time of the first day of the run on which it makes sense: not before the run began. */
const clockOf = (hours: number, minutes: number, seconds: number, { now, startedAt }: QueryContext): number => {
  const day = new Date(startedAt ?? now)
  const time = day.setHours(hours, minutes, seconds, 0)
  const next = time + 86_400_000
  return startedAt !== undefined && time < startedAt - 60_000 && next <= now ? next : time
}
/** `5m` is five minutes before now, `10:30` and `10:30:15` are on the day of the run, the rest is a date as ISO 8601 has it. */
const timeOf = (text: string, context: QueryContext): number | undefined => {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([smhd])$/u.exec(text) ?? []
  if (amount !== undefined) return context.now - Number(amount) * (units[unit] ?? 0)
  const [, hours, minutes, seconds = "0"] = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/u.exec(text) ?? []
  if (hours !== undefined) return clockOf(Number(hours), Number(minutes), Number(seconds), context)
  const date = /^\d{4}-\d\d-\d\d/u.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : date
}
type Change = Partial<Omit<LogQuery, "text" | "problems">> & { readonly problem?: string }

const attemptOf = (value: string, { attempts }: QueryContext): Change => {
  const from = attempts[Number(value) - 1]
  const known = attempts.length === 1 ? "there is 1 attempt" : `there are ${attempts.length} attempts`
  if (from === undefined) return { problem: `attempt:${value}: ${known}` }
  const until = attempts[Number(value)]
  return { ...(value === "1" ? {} : { since: from }), ...(until === undefined ? {} : { until }) }
}
const termOf = (name: string, value: string, before: LogQuery, context: QueryContext): Change => {
  switch (name) {
    case "level": {
      const level = logLevels.find((one) => one === value.toLowerCase())
      return level === undefined ? { problem: `level:${value}: one of ${logLevels.join(", ")}` } : { level }
    }
    case "stage":
      return { stages: [...before.stages, ...value.split(",").filter((stage) => stage !== "")] }
    case "attempt":
      return attemptOf(value, context)
    default: {
      const time = timeOf(value, context)
      if (time === undefined) return { problem: `${name}:${value}: a time as 10:30, 5m (ago) or 2026-01-31T10:30` }
      return name === "since" ? { since: Math.max(time, before.since ?? time) } : { until: Math.min(time, before.until ?? time) }
    }
  }
}
const term = /(?:^|\s)(level|stage|since|until|attempt):(\S+)(?=\s|$)/gu

/** Inside of an expression nothing is a term. */
export const queryOf = (typed: string, context: QueryContext): LogQuery => {
  const expression = /(?:^|\s)(\/.+\/)$/su.exec(typed.trimEnd())
  const terms = expression === null ? typed : typed.slice(0, expression.index)
  let query: LogQuery = { level: undefined, stages: [], since: undefined, until: undefined, text: "", problems: [] }
  for (const [, name = "", value = ""] of terms.matchAll(term)) {
    const { problem, ...change } = termOf(name, value, query, context)
    query = { ...query, ...change, problems: problem === undefined ? query.problems : [...query.problems, problem] }
  }
  const rest = terms.replaceAll(term, "")
  return { ...query, text: [rest === terms ? terms : rest.trim(), expression?.[1] ?? ""].filter((t) => t !== "").join(" ") }
}
