/** `tetra run --dry-run`: what would run, why, and how long it may take. Pure. */
import { changesLine, plannedTrace, stageChanges } from "@tetra/core/engine"
import type { PlannedStage, RunPlan, StageForecast } from "../../domain.ts"
import type { Past } from "../../past.ts"
import type { History } from "../estimate.ts"
import { tableLines } from "../table.ts"
import { duration, many } from "./amounts.ts"
import { recoveryText } from "./recovery.ts"
import { dot, glyph, type Look, type Mark, paint, toneOf } from "./look.ts"

export type Outlook = StageForecast["will"]
export interface StageOutlook {
  readonly stage: PlannedStage
  readonly outlook: Outlook
  readonly reason: string
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
/** What is different from the last time, as far as it can be told before the stage runs; undefined when nothing is. */
const changeOf = (
  plan: RunPlan,
  stage: PlannedStage,
  keyParts: StageForecast["keyParts"],
  earlier: Past["earlier"]
): string | undefined => {
  const last = earlier.get(stage.name)
  if (last === undefined) return "never ran here"
  const changes = keyParts === undefined ? [] : stageChanges(last, plannedTrace(plan, stage, keyParts), true)
  const line = changesLine(changes)
  if (line !== undefined) return line
  if (last.status === "partial") return `was done in part in run ${last.run}`
  if (last.status !== "completed") return `did not finish in run ${last.run}`
  return same(last.planned.inputs, stage.inputs) ? undefined : "its inputs come from elsewhere now"
}
const readsFrom = (stage: PlannedStage, name: string): boolean => JSON.stringify(stage.inputs).includes(JSON.stringify(name))

/**
 * What every stage would do, in the order of the plan. The forecast is certain where all inputs are known; where it is not (the partitions of a stage
 * are asked when it runs), a stage that is as it was last time is told as reused, and one behind a stage that runs as running.
 */
export const outlookOf = (
  plan: RunPlan,
  forecasts: ReadonlyArray<StageForecast>,
  earlier: Past["earlier"]
): ReadonlyArray<StageOutlook> => {
  const told = new Map(forecasts.map((forecast) => [forecast.stage, forecast]))
  const outlooks = new Map<string, StageOutlook & { readonly certain: boolean }>()
  for (const stage of plan.stages) {
    const { keyParts, reasons, will } = told.get(stage.name) ?? { will: "run" as const, reasons: [], keyParts: undefined }
    const before = stage.after.flatMap((name) => (readsFrom(stage, name) ? (outlooks.get(name) ?? []) : []))
    const moved = before.find(({ outlook }) => outlook === "run")
    const change = changeOf(plan, stage, keyParts, earlier)
    const runs = plan.force || stage.policy.cache.kind === "never"
    const is = (outlook: Outlook, reason: string, certain: boolean) =>
      outlooks.set(stage.name, { stage, outlook, reason, certain })
    if (will !== "run" || runs) is(will, reasons[0] ?? "", true)
    else if (change !== undefined) is("run", change, true)
    else if (moved !== undefined) is("run", `${moved.stage.name} runs before it, unless that gives the same again`, false)
    else if (!stage.partitioned && before.every(({ certain }) => certain)) is("run", reasons[0] ?? "", true)
    else is("reuse", `as in run ${earlier.get(stage.name)?.run ?? ""}`, false)
  }
  return [...outlooks.values()]
}

const marks: Record<Outlook, Mark> = { run: "running", reuse: "reused", skip: "skipped" }
const words: Record<Outlook, string> = { run: "runs", reuse: "reused", skip: "skipped" }

/** Longest chain of what would run; undefined when a stage that would run was never timed. */
const estimate = (all: ReadonlyArray<StageOutlook>, history: History): number | undefined => {
  const endOf = new Map<string, number>()
  for (const { stage, outlook } of all) {
    const took = outlook === "run" ? history.get(stage.name) : 0
    if (took === undefined) return undefined
    endOf.set(stage.name, took + Math.max(0, ...stage.after.map((name) => endOf.get(name) ?? 0)))
  }
  return Math.max(0, ...endOf.values())
}
const paramsText = (params: unknown): string =>
  Object.entries((params ?? {}) as Readonly<Record<string, unknown>>)
    .map(([name, value]) => `${name}=${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}`)
    .join(" ")

export interface Forecast {
  readonly stages: ReadonlyArray<StageForecast>
  readonly earlier: Past["earlier"]
  readonly history: History
}
export const planLines = (plan: RunPlan, { earlier, history, stages }: Forecast, look: Look): ReadonlyArray<string> => {
  const all = outlookOf(plan, stages, earlier)
  const of = (outlook: Outlook) => all.filter((o) => o.outlook === outlook).length
  const left = estimate(all, history)
  const facts = [
    many(plan.pipelines.length, "pipeline"),
    many(plan.stages.length, "stage"),
    `${of("run")} to run, ${of("reuse")} to reuse, ${of("skip")} skipped`,
    left === undefined ? "no estimate: some never ran" : `about ${duration(left)}`
  ]
  const head = `plan ${plan.hash.slice(0, 12)}${plan.mode === undefined ? "" : `${dot(look)}mode ${plan.mode}`}${dot(look)}${facts.join(dot(look))}`
  const blocks = plan.pipelines.flatMap((pipeline) => {
    const after = pipeline.after.length > 0 ? ` after ${pipeline.after.join(", ")}` : ""
    const rows = all.filter((o) => o.stage.pipeline === pipeline.name)
    const table = tableLines(
      rows,
      [
        { title: "stage", of: (o) => o.stage.stage },
        { title: "", of: (o) => paint(look, toneOf(marks[o.outlook]), `${glyph(look, marks[o.outlook])} ${words[o.outlook]}`) },
        {
          title: "last took",
          of: (o) => (history.has(o.stage.name) ? duration(history.get(o.stage.name) ?? 0) : "-"),
          right: true
        },
        { title: "why", of: (o) => o.reason, gives: true }
      ],
      look.width === undefined ? look : { ...look, width: look.width - 2 }
    )
    const params = paramsText(pipeline.params)
    return [
      "",
      `${paint(look, "bold", pipeline.name)}${after}`,
      ...(params === "" ? [] : [`  ${paint(look, "dim", params)}`]),
      `  ${paint(look, "dim", recoveryText(plan, pipeline))}`,
      ...table.map((line) => `  ${line}`)
    ]
  })
  return [head, ...blocks, "", "Nothing was run (--dry-run)."]
}
