/** `tetra run --dry-run`: what would run, why, and how long it may take. Pure. */
import type { PlannedStage, RunPlan } from "../../domain.ts"
import type { History } from "../estimate.ts"
import { tableLines } from "../table.ts"
import { duration, many } from "./amounts.ts"
import { dot, glyph, type Look, type Mark, paint, toneOf } from "./look.ts"

export type Outlook = "run" | "reuse" | "skip"
export interface StageOutlook {
  readonly stage: PlannedStage
  readonly outlook: Outlook
  readonly reason: string
}
/** The newest earlier run that tells something about a stage. */
export interface Earlier {
  readonly run: string
  readonly stages: ReadonlyMap<string, { readonly planned: PlannedStage; readonly ended: boolean }>
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const own = (stage: PlannedStage, force: boolean, earlier: Earlier | undefined): StageOutlook => {
  const runs = (reason: string): StageOutlook => ({ stage, outlook: "run", reason })
  if (!stage.enabled) return { stage, outlook: "skip", reason: "switched off by a parameter" }
  if (force) return runs("--force: nothing is reused")
  if (stage.policy.cache.kind === "never") return runs("its results are never reused")
  const last = earlier?.stages.get(stage.name)
  if (earlier === undefined || last === undefined) return runs("never ran here")
  if (!last.ended) return runs(`did not finish in run ${earlier.run}`)
  if (last.planned.stageVersion !== stage.stageVersion)
    return runs(`its code changed: version ${last.planned.stageVersion} to ${stage.stageVersion}`)
  if (!same(last.planned.config, stage.config)) return runs("its configuration changed")
  if (!same(last.planned.inputs, stage.inputs)) return runs("its inputs come from elsewhere now")
  return { stage, outlook: "reuse", reason: `unchanged since run ${earlier.run}` }
}

/**
 * What every stage would do, in the order of the plan. An estimate: whether inputs are equal is known for certain only when the stages before have
 * run, so a stage behind one that runs is told to run too.
 */
export const outlookOf = (plan: RunPlan, earlier: Earlier | undefined): ReadonlyArray<StageOutlook> => {
  const outlooks = new Map<string, StageOutlook>()
  for (const stage of plan.stages) {
    const mine = own(stage, plan.force, earlier)
    const moved = stage.after.find((name) => outlooks.get(name)?.outlook === "run" && readsFrom(stage, name))
    outlooks.set(
      stage.name,
      mine.outlook === "reuse" && moved !== undefined
        ? { ...mine, outlook: "run", reason: `${moved} runs before it, unless that gives the same again` }
        : mine
    )
  }
  return [...outlooks.values()]
}
const readsFrom = (stage: PlannedStage, name: string): boolean => JSON.stringify(stage.inputs).includes(JSON.stringify(name))

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

export const planLines = (plan: RunPlan, earlier: Earlier | undefined, history: History, look: Look): ReadonlyArray<string> => {
  const all = outlookOf(plan, earlier)
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
      ...table.map((line) => `  ${line}`)
    ]
  })
  return [head, ...blocks, "", "Nothing was run (--dry-run)."]
}
