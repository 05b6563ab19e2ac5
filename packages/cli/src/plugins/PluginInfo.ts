/** What one plugin contributes, and where it runs. */
import type { Plugin } from "@tetra/core"
import {
  codeVersion,
  flagsOf,
  pluginPackage,
  type PlannedStage,
  planRun,
  type Project,
  projectPipelines
} from "@tetra/core/engine"
import { Effect, Result } from "effect"
import { calledOf } from "./chosen.ts"

export interface StageInfo {
  /** `pipeline.stage` */
  readonly name: string
  readonly id: string
  readonly version: number
  readonly summary: string
  /** fiber: in the engine's thread; else a thread or a process of its own. */
  readonly isolation: PlannedStage["policy"]["isolation"]
  readonly partitioned: boolean
  readonly reads: ReadonlyArray<string>
  readonly makes: ReadonlyArray<string>
  readonly attempts: number
  readonly timeoutMs: number | null
  /** What of its outputs uses later rows, and why, in its own words. */
  readonly looksAhead: ReadonlyArray<{ readonly output: string; readonly columns: string; readonly because: string }>
  /** Its pipeline belongs to another plugin. */
  readonly inserted: boolean
}
export interface PluginInfo {
  readonly name: string
  readonly version: string
  readonly api: string
  /** What the configuration calls it. */
  readonly called: string
  /** The folder of its package, or its file. */
  readonly from: string
  /** npm ranges of what it shares with Tetra. */
  readonly peers: Readonly<Record<string, string>>
  readonly pipelines: ReadonlyArray<{
    readonly name: string
    readonly summary: string
    /** False: the configuration names other pipelines and not this one, so it runs only where it is asked for. */
    readonly named: boolean
    readonly modes: ReadonlyArray<string>
    readonly options: ReadonlyArray<string>
    readonly provides: ReadonlyArray<string>
    readonly requires: ReadonlyArray<string>
  }>
  readonly stages: ReadonlyArray<StageInfo>
  /** Why policies could not be worked out; the stages are then missing. */
  readonly problem: string | null
  readonly wraps: ReadonlyArray<string>
  readonly contributions: Readonly<Record<string, ReadonlyArray<string>>>
  readonly points: ReadonlyArray<string>
  readonly services: boolean
}

const inputText = (port: string, input: PlannedStage["inputs"][string]): string =>
  input.from === "asset" ? input.asset : input.from === "group" ? input.group : `${port} of ${input.stage.split(".").at(-1)}`
const stageInfo = (planned: PlannedStage, looksAhead: StageInfo["looksAhead"], project: Project): StageInfo => ({
  name: planned.name,
  id: planned.stageId,
  version: planned.stageVersion,
  summary:
    project.catalogue.pipelines.get(planned.pipeline)?.shape.stages.find(({ name }) => name === planned.stage)?.summary ?? "",
  isolation: planned.policy.isolation,
  partitioned: planned.partitioned,
  reads: Object.entries(planned.inputs).map(([port, input]) => inputText(port, input)),
  makes: Object.entries(planned.outputs).map(([port, { asset }]) => asset ?? port),
  attempts: planned.policy.retry.maxAttempts,
  timeoutMs: planned.policy.timeoutMs ?? null,
  looksAhead,
  inserted: project.catalogue.pipelines.get(planned.pipeline)?.plugin !== planned.plugin
})
/** Its stages with the policies that hold in this project, or in words why they cannot be planned. */
const stagesOf = async (project: Project, plugin: string): Promise<ReadonlyArray<StageInfo> | string> => {
  const { pipelines } = project.catalogue
  const touched = [...pipelines].filter(([, { shape }]) => shape.stages.some((stage) => stage.plugin === plugin))
  if (touched.length === 0) return []
  const built = await Effect.runPromise(Effect.result(planRun(project, { pipelines: touched.map(([name]) => name), params: {} })))
  if (Result.isFailure(built)) return built.failure.message.split("\n")[0] ?? ""
  const { nodes, plan } = built.success
  return plan.stages
    .filter((stage) => stage.plugin === plugin)
    .map((stage) => stageInfo(stage, nodes.get(stage.name)?.["~node"].stage["~definition"].looksAhead ?? [], project))
}
export const pluginInfo = async (project: Project, plugin: Plugin): Promise<PluginInfo> => {
  const { contributions, pipelines } = project.catalogue
  const called = calledOf(project, plugin.name)
  const at = pluginPackage(called, project.root)
  const stages = await stagesOf(project, plugin.name)
  const named = new Set(projectPipelines(project))
  return {
    name: plugin.name,
    version: codeVersion(plugin),
    api: plugin.api,
    called,
    from: at?.folder ?? called,
    peers: at?.manifest.peerDependencies ?? {},
    pipelines: [...pipelines.values()]
      .filter((own) => own.plugin === plugin.name)
      .map(({ pipeline, shape }) => ({
        name: pipeline.name,
        summary: pipeline.summary,
        named: named.has(pipeline.name),
        modes: Object.keys(pipeline.modes),
        options: flagsOf(pipeline).map(({ flag }) => flag),
        provides: [...shape.provides.keys()],
        requires: [...shape.requires.keys()]
      })),
    stages: typeof stages === "string" ? [] : stages,
    problem: typeof stages === "string" ? stages : null,
    wraps: [...pipelines].flatMap(([name, { shape }]) =>
      shape.stages.filter((stage) => stage.wrappedBy.includes(plugin.name)).map((stage) => `${name}.${stage.name}`)
    ),
    contributions: Object.fromEntries(
      [...contributions].flatMap(([point, all]) => {
        const keys = all.filter((one) => one.plugin === plugin.name).map(({ key }) => key)
        return keys.length === 0 ? [] : [[point, keys]]
      })
    ),
    points: plugin.points.map(({ point }) => point),
    services: plugin.services !== undefined
  }
}
