/** Everything that the record says about one stage, folded from its events when somebody asks. Pure. */
import type { StoredEvent } from "@tetra/core/engine"
import { clockTime, count, dateTime, duration, many } from "./amounts.ts"
import { failureText } from "./failureText.ts"
import type { RunModel } from "./RunModel.ts"
import type { Stream } from "./Ring.ts"
import { itemsOf } from "./Ring.ts"
import { markOf } from "./stages.ts"

/** A heading, or a name with its value. */
export type Fact =
  | { readonly _tag: "Heading"; readonly text: string }
  | { readonly _tag: "Fact"; readonly name: string; readonly value: string; readonly tone?: "bad" | "warn" | "good" }

const heading = (text: string): Fact => ({ _tag: "Heading", text })
const fact = (name: string, value: string, tone?: "bad" | "warn" | "good"): Fact => ({
  _tag: "Fact",
  name,
  value,
  ...(tone === undefined ? {} : { tone })
})
/** Most attempts and partitions that are listed one by one. */
const mostListed = 200

type OfStage = Extract<StoredEvent, { readonly stage: string }>
const eventsOf = (events: Stream<StoredEvent>, stage: string): ReadonlyArray<OfStage> =>
  [...itemsOf(events)].flatMap(([, event]) => ("stage" in event && event.stage === stage ? [event as OfStage] : []))

const unitName = (partition: string | null): string => (partition === null ? "" : `[${partition}] `)
const attemptFact = (event: OfStage): ReadonlyArray<Fact> => {
  switch (event._tag) {
    case "AttemptFailed": {
      const { attempt, durationMs, failure, final, partition } = event
      const text = `${unitName(partition)}try ${attempt} failed after ${duration(durationMs)}: ${failureText(failure)}`
      return [fact(clockTime(event.at), text, final ? "bad" : "warn")]
    }
    case "RetryScheduled":
      return [fact(clockTime(event.at), `${unitName(event.partition)}try ${event.attempt} is due at ${clockTime(event.due)}`)]
    case "FallbackTried":
      return [
        fact(clockTime(event.at), `fallback ${event.fallback} ${event.ok ? "was used" : "did not help"}: ${event.reason}`, "warn")
      ]
    case "UnitCommitted": {
      const how =
        event.cached === undefined ? `committed after ${duration(event.durationMs)}` : `reused from run ${event.cached.run}`
      return [fact(clockTime(event.at), `${unitName(event.partition)}${how}`, "good")]
    }
    default:
      return []
  }
}
const records = (title: string, values: Readonly<Record<string, string>>): ReadonlyArray<Fact> =>
  Object.keys(values).length === 0 ? [] : [heading(title), ...Object.entries(values).map(([name, value]) => fact(name, value))]

const outputFacts = (events: ReadonlyArray<OfStage>): ReadonlyArray<Fact> => {
  const ended = events.findLast((e) => e._tag === "StageEnded")
  if (ended?._tag !== "StageEnded") return []
  const values = Object.entries(ended.outputs).map(([port, output]) => {
    const size = output.kind === "table" ? many(output.rows, "row") : "value"
    return [port, `${size}, version ${output.version.slice(0, 12)}`] as const
  })
  const { expected, missing } = ended.coverage
  const share =
    expected > 1 ? [heading("Coverage"), fact("partitions", `${count(expected - missing.length)} of ${count(expected)}`)] : []
  return [...records("Outputs", Object.fromEntries(values)), ...share]
}

const resourcesText = ({
  cpu,
  memoryMB,
  slots
}: {
  readonly cpu: number
  readonly memoryMB: number
  readonly slots: Readonly<Record<string, number>>
}): string =>
  [
    `${cpu} cpu`,
    ...(memoryMB > 0 ? [`${count(memoryMB)} MB`] : []),
    ...Object.entries(slots).map(([name, n]) => `${n} ${name}`)
  ].join(", ")

/** What the inspector shows of a stage. */
export const stageFacts = (model: RunModel, events: Stream<StoredEvent>, name: string): ReadonlyArray<Fact> => {
  const stage = model.stages.get(name)
  if (stage === undefined) return [heading(`there is no stage ${name} in this run`)]
  const planned = model.plan?.stages.find((s) => s.name === name)
  const own = eventsOf(events, name)
  const started = own.findLast((e) => e._tag === "StageStarted")
  const attempts = own.flatMap(attemptFact)
  const counters = Object.fromEntries(Object.entries(stage.counters).map(([k, n]) => [k, count(n)]))
  return [
    heading("State"),
    fact(
      "status",
      `${markOf(stage)}${stage.reason === undefined ? "" : `: ${stage.reason}`}`,
      stage.status === "failed" ? "bad" : undefined
    ),
    ...(stage.startedAt === undefined ? [] : [fact("started", dateTime(stage.startedAt))]),
    ...(stage.durationMs === undefined ? [] : [fact("took", duration(stage.durationMs))]),
    ...(stage.reused
      ? [fact("cache", `hit: the same inputs, code and settings were computed by run ${stage.from ?? "?"}`, "good")]
      : []),
    ...(stage.startedAt !== undefined && !stage.reused && planned?.policy.cache.kind === "never"
      ? [fact("cache", "never, by its policy")]
      : []),
    ...(planned === undefined
      ? []
      : [
          heading("Plan"),
          fact("stage", `${planned.stageId} version ${planned.stageVersion} of ${planned.plugin}`),
          fact("needs", planned.after.join(", ") || "nothing"),
          fact(
            "feeds",
            (model.plan?.stages ?? [])
              .filter((s) => s.after.includes(name))
              .map((s) => s.name)
              .join(", ") || "nothing"
          ),
          fact("tries", `at most ${planned.policy.retry.maxAttempts}`),
          fact("resources", resourcesText(planned.policy.resources)),
          ...(planned.policy.timeoutMs === undefined ? [] : [fact("timeout", duration(planned.policy.timeoutMs))])
        ]),
    ...(started?._tag === "StageStarted" ? records("Inputs", started.inputs) : []),
    ...outputFacts(own),
    ...records("Counters", counters),
    ...(started?._tag === "StageStarted" ? records("Cache key", { key: started.key, ...started.keyParts }) : []),
    ...(attempts.length === 0 ? [] : [heading("Attempts"), ...attempts.slice(-mostListed)]),
    ...(planned === undefined ? [] : [heading("Configuration"), ...jsonFacts(planned.config)])
  ]
}
/** `a.b: 1` for every leaf of a JSON value. */
export const jsonFacts = (value: unknown, path = ""): ReadonlyArray<Fact> => {
  if (typeof value === "string") return [fact(path === "" ? "value" : path, value === "" ? '""' : value)]
  if (value === null || typeof value !== "object") return [fact(path === "" ? "value" : path, JSON.stringify(value) ?? "")]
  const entries = Object.entries(value)
  if (entries.length === 0) return [fact(path === "" ? "value" : path, Array.isArray(value) ? "[]" : "{}")]
  if (Array.isArray(value) && value.every((v) => v === null || typeof v !== "object") && JSON.stringify(value).length < 100)
    return [fact(path === "" ? "value" : path, JSON.stringify(value))]
  return entries.flatMap(([name, inner]) => jsonFacts(inner, path === "" ? name : `${path}.${name}`))
}

export const runFacts = (model: RunModel): ReadonlyArray<Fact> => [
  heading("Run"),
  fact("id", model.run),
  fact(
    "status",
    `${model.status}${model.reason === undefined ? "" : `: ${model.reason}`}`,
    model.status === "failed" ? "bad" : undefined
  ),
  fact("mode", model.mode ?? "-"),
  ...(model.startedAt === undefined ? [] : [fact("started", dateTime(model.startedAt))]),
  ...(model.durationMs === undefined ? [] : [fact("took", duration(model.durationMs))]),
  fact("pipelines", [...model.pipelines.keys()].join(", ")),
  fact("stages", count(model.stages.size)),
  fact("plan", model.plan?.hash ?? "-"),
  fact("seed", String(model.plan?.seed ?? "-")),
  ...(model.warnings.length === 0 ? [] : [heading(`Warnings (${count(model.warnings.length + model.moreWarnings)})`)]),
  ...model.warnings.map((w) => fact(w.stage ?? "run", `${w.message}${w.hint === "" ? "" : `. ${w.hint}`}`, "warn")),
  ...(model.reports.length === 0 ? [] : [heading("Files")]),
  ...model.reports.map((r) => fact(r.stage, `${r.name} (${r.media})`)),
  ...(model.plan === undefined
    ? []
    : model.plan.pipelines.flatMap((p) => [heading(`Parameters of ${p.name}`), ...jsonFacts(p.params)]))
]
/** A place in the inspector as clean text. */
export const factText = (item: Fact): string => (item._tag === "Heading" ? item.text : `${item.name}: ${item.value}`)
