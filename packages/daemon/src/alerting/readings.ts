/** Asks every rule about every subject. Pure. */
import type { Values, VariableName } from "./condition/variables.ts"
import { type Alerting, builtInRule, type Rule } from "./Rule.ts"
import type { Reading } from "./State.ts"
import { lastTelling, needsRuns } from "./timeline/values.ts"
import type { Watched } from "./timeline/Timeline.ts"

const shown = (value: Values[VariableName]): string => {
  if (value === undefined) return "is not known"
  if (typeof value === "number") return `is ${Number.isInteger(value) ? value : Number(value.toPrecision(4))}`
  return typeof value === "object" ? `is ${JSON.stringify(value)}` : `is ${String(value)}`
}
const textOf = (names: ReadonlyArray<VariableName>, values: Values): string =>
  names
    .filter((name) => name !== "labels" && name !== "pipeline")
    .map((name) => `${name} ${shown(values[name])}`)
    .join(", ")
const isEarly = (names: ReadonlyArray<VariableName>, values: Values): boolean =>
  names.every((name) => values[name] !== undefined || needsRuns.has(name))

/** A condition of one pipeline, run or the system. What was seen is put into words when somebody reads them. */
const ask = (rule: Rule, subject: Reading["subject"], known: Values, more = () => ""): ReadonlyArray<Reading> => {
  if (rule.asks._tag !== "Condition") return []
  const { evaluate, names } = rule.asks.condition
  const own = names.includes("labels") ? { ...known, labels: rule.labels } : known
  const verdict = evaluate(own)
  const reading = {
    rule,
    subject,
    verdict,
    get text() {
      return `${textOf(names, own)}${more()}`
    }
  }
  return [verdict === "unknown" && isEarly(names, own) ? Object.assign(reading, { isEarly: true }) : reading]
}
/** Of a failure, which run and why. */
const whyText = (rule: Rule, { facts }: Watched): string => {
  const last = rule.about === "failure" ? lastTelling(facts) : undefined
  if (last === undefined || last.status === "completed") return ""
  return ` (${last.run}${last.reason === undefined ? "" : `: ${last.reason}`})`
}
const absent = (rule: Rule, watched: Watched, now: number): ReadonlyArray<Reading> => {
  if (rule.asks._tag !== "Absence" || rule.asks.of !== watched.facts.name) return []
  const { of, withinMs } = rule.asks
  const ended = watched.facts.runs.filter(({ status }) => status === "completed" || status === "partial")
  const last = Math.max(...ended.map(({ endedAt }) => endedAt ?? -Infinity))
  const subject = { pipeline: of }
  if (!Number.isFinite(last)) return [{ rule, subject, verdict: "unknown", text: `${of} has never succeeded` }]
  const hours = (now - last) / 3_600_000
  return [{ rule, subject, verdict: now - last > withinMs ? "true" : "false", text: `${of} succeeded ${hours.toFixed(1)} h ago` }]
}
/** Whether a rule is about a pipeline at all. */
const concerns = ({ only }: Rule, pipeline: string): boolean => only === undefined || only.includes(pipeline)

/** Everything that is asked of one pipeline. `known`: what is known of it at `now`. */
export const pipelineReadings = (
  { rules }: Pick<Alerting, "rules">,
  watched: Watched,
  known: Values,
  now: number
): ReadonlyArray<Reading> => {
  const { name } = watched.facts
  const asked = rules.flatMap((rule) => {
    if (!concerns(rule, name)) return []
    if (rule.asks._tag === "Absence") return absent(rule, watched, now)
    if (rule.asks._tag === "BuiltIn" || rule.asks.condition.scope === "system") return []
    if (rule.asks.condition.scope === "pipeline") return ask(rule, { pipeline: name }, known, () => whyText(rule, watched))
    const run = known.run_id
    return run === undefined ? [] : ask(rule, { pipeline: name, run }, known, () => whyText(rule, watched))
  })
  return [...asked, ...recoveryReading(watched)]
}
/** Whom a recovery procedure names, for as long as nothing better has come of the pipeline. */
const recoveryReading = ({ facts, raised }: Watched): ReadonlyArray<Reading> => {
  if (raised === undefined) return []
  const { channels, escalation, run, severity, text } = raised
  const last = lastTelling(facts)
  const isSo = last?.run === run && last.status !== "completed"
  const rule = builtInRule("recovery_procedure", severity, channels, { groupBy: ["pipeline"], about: "failure" })
  const verdict = isSo ? "true" : "false"
  return [
    {
      rule,
      subject: { pipeline: facts.name },
      verdict,
      text: isSo ? text : "a later run ended well",
      recovery: { severity, channels, escalation }
    }
  ]
}
export const systemReadings = ({ rules }: Pick<Alerting, "rules">, known: Values): ReadonlyArray<Reading> =>
  rules.flatMap((rule) => (rule.asks._tag === "Condition" && rule.asks.condition.scope === "system" ? ask(rule, {}, known) : []))
