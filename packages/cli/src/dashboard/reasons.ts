/** Why stages did what they did, and what a run would do: recorded and forecast reasons as facts for the inspector. */
import { planRun, type Project, readAdmission, type RunRequest, type WhyNode, whyStage } from "@tetra/core/engine"
import type { Fact } from "@tetra/tui"
import { Effect } from "effect"
import { admissionLines } from "../output/plain/admissionLines.ts"
import { ago, duration } from "../output/plain/amounts.ts"
import { outlookOf } from "../output/plain/planLines.ts"
import { oneLine } from "../output/plain/text.ts"
import { forecast, readPast } from "../past.ts"
import { configurationNames } from "../project/configuration.ts"
import { storePlaceOf } from "../project/open.ts"
import { openArchive } from "../project/whyFacts.ts"
import { perform } from "../runtime.ts"
import { look } from "./look.ts"

const heading = (text: string): Fact => ({ _tag: "Heading", text })
const tones: Readonly<Partial<Record<WhyNode["kind"], "bad" | "good" | "warn">>> = {
  failed: "bad",
  retry: "warn",
  warning: "warn",
  reused: "good"
}
/** Deeper reasons are indented. */
const nodeFacts = (node: WhyNode, now: number, depth = 0): ReadonlyArray<Fact> => {
  const tone = tones[node.kind]
  const took = node.tookMs === undefined ? "" : `, ${duration(node.tookMs)}`
  const when = node.at === undefined ? "" : `, ${ago(node.at, now)}`
  return [
    {
      _tag: "Fact",
      name: node.kind,
      value: `${"  ".repeat(depth)}${oneLine(node.text)}${took}${when}`,
      ...(tone === undefined ? {} : { tone })
    },
    ...node.children.flatMap((child) => nodeFacts(child, now, depth + 1))
  ]
}
/** The recorded reasons of a stage; none when the store has no record of it. */
export const whyFacts = async (project: Project, run: string, stage: string): Promise<ReadonlyArray<Fact>> => {
  const now = Date.now()
  const names = await perform(configurationNames(project.home))
  const tree = await look(
    storePlaceOf(project),
    Effect.gen(function* () {
      const past = yield* openArchive(names, now)
      const record = yield* past.record(run)
      const found = record?.stages.get(stage)
      return record === undefined || found === undefined ? undefined : yield* whyStage(past, record, found)
    })
  )
  return tree === undefined ? [] : [heading("Why"), ...nodeFacts(tree, now)]
}

const words = { run: "runs", reuse: "reused", skip: "skipped" } as const
/** What a run of `request` would do now, stage by stage. */
export const dryRunFacts = async (project: Project, request: RunRequest, line: string): Promise<ReadonlyArray<Fact>> => {
  const now = Date.now()
  const built = await perform(planRun(project, request))
  const { plan } = built
  const told = await look(
    storePlaceOf(project),
    Effect.gen(function* () {
      const admission = yield* readAdmission(project, plan, now)
      return { admission, past: yield* readPast(plan), stages: yield* forecast(built, now) }
    })
  )
  if (told === undefined)
    return [
      heading("Nothing has run here yet"),
      ...plan.stages.map(({ name }): Fact => ({ _tag: "Fact", name, value: "runs: never ran here" }))
    ]
  const { admission, past, stages } = told
  const outlooks = outlookOf(plan, stages, past.earlier)
  const of = (outlook: keyof typeof words) => outlooks.filter((one) => one.outlook === outlook).length
  const plain = { color: false, unicode: false, width: undefined }
  return [
    heading(`${of("run")} stages to run, ${of("reuse")} to reuse, ${of("skip")} skipped; nothing is run now`),
    ...admissionLines(
      admission,
      { again: line, forced: plan.force, pipelines: plan.pipelines.map(({ name }) => name) },
      plain
    ).map((text): Fact => ({
      _tag: "Fact",
      name: "",
      value: oneLine(text)
    })),
    ...plan.pipelines.flatMap((pipeline) => [
      heading(pipeline.name),
      ...outlooks
        .filter(({ stage }) => stage.pipeline === pipeline.name)
        .map(({ outlook, reason, stage }): Fact => {
          const last = past.history.get(stage.name)
          const took = outlook !== "run" || last === undefined ? "" : `, took ${duration(last)} last time`
          return {
            _tag: "Fact",
            name: stage.stage,
            value: `${words[outlook]}${reason === "" ? "" : `: ${oneLine(reason)}`}${took}`,
            ...(outlook === "reuse" ? { tone: "good" as const } : {})
          }
        })
    ])
  ]
}
