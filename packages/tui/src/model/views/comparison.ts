/** Two runs side by side, as facts: what was asked, what the configuration says, how long, how much, how good. Pure. */
import { count, duration } from "../amounts.ts"
import type { Fact } from "../inspect.ts"
import type { Compared } from "../World.ts"
import type { Metric } from "./charts.ts"
import { compareRuns, type RunDetail, type StageChange } from "./history.ts"

type Tone = "bad" | "warn" | "good" | undefined
const heading = (text: string): Fact => ({ _tag: "Heading", text })
const fact = (name: string, value: string, tone?: Tone): Fact => ({
  _tag: "Fact",
  name,
  value,
  ...(tone === undefined ? {} : { tone })
})
const changed = (before: string, after: string): string => (before === after ? after : `${before} -> ${after}`)

/** A change of less than a tenth, or of less than a tenth of a second, is noise. */
const isNoise = (before: number, after: number): boolean => Math.abs(after - before) < Math.max(100, 0.1 * before)
const percent = (before: number, after: number): string =>
  before === 0 ? "" : `, ${after >= before ? "+" : ""}${Math.round((100 * (after - before)) / before)} %`

const took = (before: number | undefined, after: number | undefined): { readonly text: string; readonly tone: Tone } => {
  if (before === undefined || after === undefined) {
    const word = (ms: number | undefined) => (ms === undefined ? "not known" : duration(ms))
    return { text: changed(word(before), word(after)), tone: undefined }
  }
  if (isNoise(before, after)) return { text: `${duration(after)}, about the same`, tone: undefined }
  return {
    text: `${duration(before)} -> ${duration(after)}${percent(before, after)}`,
    tone: after > before ? "warn" : "good"
  }
}
const rowsText = (before: number | undefined, after: number | undefined): string => {
  if (before === undefined || after === undefined || before + after === 0) return ""
  return before === after ? `, ${count(after)} rows` : `, ${count(before)} -> ${count(after)} rows`
}
const stageFact = ({ after, before, stage }: StageChange, rows: readonly [number | undefined, number | undefined]): Fact => {
  if (before === undefined) return fact(stage, `new: ${after === undefined ? "" : after.mark}${rowsText(0, rows[1])}`)
  if (after === undefined) return fact(stage, "not part of the later run")
  const marks = changed(before.mark, after.mark)
  const time = took(before.durationMs, after.durationMs)
  const tone = after.mark === "failed" ? "bad" : before.mark === after.mark ? time.tone : undefined
  return fact(stage, `${marks}, ${time.text}${rowsText(...rows)}`, tone)
}
const figure = (value: number, unit: string | undefined): string =>
  `${value.toLocaleString("en-US", { maximumSignificantDigits: 4 })}${unit === undefined || unit === "" ? "" : ` ${unit}`}`
const metricFact = ({ before, better, name, unit, value }: Metric): Fact => {
  if (before === undefined) return fact(name, `${figure(value, unit)}, only in the later run`)
  if (before === value) return fact(name, `${figure(value, unit)}, the same`)
  const tone = better === undefined ? undefined : value > before === (better === "more") ? "good" : "warn"
  return fact(name, `${figure(before, unit)} -> ${figure(value, unit)}`, tone)
}

/** `compared` is what was looked up for these two runs; undefined while it is not there yet. */
export const comparisonFacts = (
  one: RunDetail | undefined,
  other: RunDetail | undefined,
  compared: Compared | undefined
): ReadonlyArray<Fact> => {
  if (one === undefined || other === undefined) return [heading("one of the runs is no longer listed")]
  const { after, before, facts, stages } = compareRuns(one, other)
  const details = one.row.id === before.id ? ([one, other] as const) : ([other, one] as const)
  const rowsOf = (stage: string) => [details[0].stages.get(stage)?.rows, details[1].stages.get(stage)?.rows] as const
  const whole = took(before.durationMs, after.durationMs)
  const reading = compared === undefined ? [fact("", "reading what is recorded")] : []
  return [
    heading("Runs"),
    fact("earlier", before.id),
    fact("later", after.id),
    fact("status", changed(before.mark, after.mark), after.mark === "failed" ? "bad" : undefined),
    fact("took", whole.text, whole.tone),
    ...facts.map((one) => fact(one.name, changed(one.before, one.after))),
    heading("Configuration"),
    ...reading,
    ...(compared?.config.length === 0 ? [fact("", "the same settings")] : []),
    ...(compared?.config ?? []).map(({ detail, path }) => fact(path, detail)),
    heading("Metrics"),
    ...reading,
    ...(compared?.metrics.length === 0 ? [fact("", "neither run left an assessment")] : []),
    ...(compared?.metrics ?? []).map(metricFact),
    heading("Stages"),
    ...stages.map((change) => stageFact(change, rowsOf(change.stage)))
  ]
}
