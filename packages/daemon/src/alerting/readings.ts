/** Asks every rule about every subject. Pure. */
import type { Values, VariableName } from "./condition/variables.ts"
import { type Alerting, builtInRule, type Rule } from "./Rule.ts"
import type { Reading } from "./State.ts"
import { lastTelling, needsRuns } from "./timeline/values.ts"
import type { Watched } from "./timeline/Timeline.ts"

const shown = (value: Values[VariableName]): string => {
  if (value === undefined) return "is not known"
  // Three digits: an age that is told anew with every look would be written anew with every look.
  if (typeof value === "number") return `is ${Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))}`
  return typeof value === "object" ? `is ${JSON.stringify(value)}` : `is ${String(value)}`
}
const textOf = (names: ReadonlyArray<VariableName>, values: Values): string =>
  names
    .filter((name) => name !== "labels" && name !== "pipeline")
    .map((name) => `${name} ${shown(values[name])}`)
    .join(", ")
const isEarly = (names: ReadonlyArray<VariableName>, values: Values): boolean =>
  names.every((name) => values[name] !== undefined || needsRuns.has(name))

/** What was seen is put into words when somebody reads them. */
class Asked implements Reading {
  readonly rule: Rule
  readonly subject: Reading["subject"]
  readonly verdict: Reading["verdict"]
  readonly isEarly: boolean
  private readonly known: Values
  private readonly more: string
  constructor(rule: Rule, subject: Reading["subject"], { known, more, verdict }: Answer) {
    this.rule = rule
    this.subject = subject
    this.verdict = verdict
    this.known = known
    this.more = more
    this.isEarly = verdict === "unknown" && isEarly(namesOf(rule), known)
  }
  get text(): string {
    return `${textOf(namesOf(this.rule), this.known)}${this.more}`
  }
}
interface Answer {
  readonly verdict: Reading["verdict"]
  readonly known: Values
  /** What else is to be said about it. */
  readonly more: string
}
const namesOf = ({ asks }: Rule): ReadonlyArray<VariableName> => (asks._tag === "Condition" ? asks.condition.names : [])

/** A condition of one pipeline, run or the system; `before` is what was answered at the look before, which stands while it is not true. */
const ask = (rule: Rule, subject: Reading["subject"], known: Values, before?: Reading, why = () => ""): Reading | undefined => {
  if (rule.asks._tag !== "Condition") return undefined
  const { evaluate, names } = rule.asks.condition
  const own = names.includes("labels") ? { ...known, labels: rule.labels } : known
  const verdict = evaluate(own)
  const isSame = before?.rule === rule && before.verdict === verdict && before.subject.run === subject.run
  if (isSame && verdict === "false") return before
  return new Asked(rule, subject, { verdict, known: own, more: why() })
}
/** Of a failure, which run and why. */
const whyText = (rule: Rule, { facts }: Watched): string => {
  const last = rule.about === "failure" ? lastTelling(facts) : undefined
  if (last === undefined || last.status === "completed") return ""
  return ` (${last.run}${last.reason === undefined ? "" : `: ${last.reason}`})`
}
const absent = (rule: Rule, watched: Watched, now: number): Reading | undefined => {
  if (rule.asks._tag !== "Absence" || rule.asks.of !== watched.facts.name) return undefined
  const { of, withinMs } = rule.asks
  const ended = watched.facts.runs.filter(({ status }) => status === "completed" || status === "partial")
  const last = Math.max(...ended.map(({ endedAt }) => endedAt ?? -Infinity))
  const subject = { pipeline: of }
  if (!Number.isFinite(last)) return { rule, subject, verdict: "unknown", text: `${of} has never succeeded` }
  const hours = (now - last) / 3_600_000
  return { rule, subject, verdict: now - last > withinMs ? "true" : "false", text: `${of} succeeded ${hours.toFixed(1)} h ago` }
}
/** Whether a rule is about a pipeline at all. */
const concerns = ({ only }: Rule, pipeline: string): boolean => only === undefined || only.includes(pipeline)

/** What was answered last of a pipeline of which nothing new is known, in the order of the rules. */
const answered = new WeakMap<Watched, ReadonlyArray<Reading | undefined>>()

/** Everything that is asked of one pipeline. `known`: what is known of it at `now`. */
export const pipelineReadings = (
  { rules }: Pick<Alerting, "rules">,
  watched: Watched,
  known: Values,
  now: number
): ReadonlyArray<Reading> => {
  const { name } = watched.facts
  const before = answered.get(watched)
  const subject = before?.find((one) => one !== undefined && one.subject.run === undefined)?.subject ?? { pipeline: name }
  const run = known.run_id
  const asked = rules.map((rule, i): Reading | undefined => {
    if (!concerns(rule, name)) return undefined
    if (rule.asks._tag === "Absence") return absent(rule, watched, now)
    if (rule.asks._tag === "BuiltIn" || rule.asks.condition.scope === "system") return undefined
    const why = () => whyText(rule, watched)
    if (rule.asks.condition.scope === "pipeline") return ask(rule, subject, known, before?.[i], why)
    return run === undefined ? undefined : ask(rule, { pipeline: name, run }, known, before?.[i], why)
  })
  answered.set(watched, asked)
  const own = asked.filter((one) => one !== undefined)
  const recovery = recoveryReading(watched)
  return recovery === undefined ? own : [...own, recovery]
}
/** Whom a recovery procedure names, for as long as nothing better has come of the pipeline. */
const recoveryReading = ({ facts, raised }: Watched): Reading | undefined => {
  if (raised === undefined) return undefined
  const { channels, escalation, run, severity, text } = raised
  const last = lastTelling(facts)
  const isSo = last?.run === run && last.status !== "completed"
  const rule = builtInRule("recovery_procedure", severity, channels, { groupBy: ["pipeline"], about: "failure" })
  const verdict = isSo ? "true" : "false"
  return {
    rule,
    subject: { pipeline: facts.name },
    verdict,
    text: isSo ? text : "a later run ended well",
    recovery: { severity, channels, escalation }
  }
}
export const systemReadings = ({ rules }: Pick<Alerting, "rules">, known: Values): ReadonlyArray<Reading> =>
  rules.flatMap((rule) =>
    rule.asks._tag === "Condition" && rule.asks.condition.scope === "system" ? (ask(rule, {}, known) ?? []) : []
  )
