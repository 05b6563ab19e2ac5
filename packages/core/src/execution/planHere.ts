import { Effect, Result } from "effect"
import type { AnyPipeline, Extension } from "../authoring/definePipeline.ts"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Catalogue } from "../planning/Catalogue.ts"
import { decodeParameters } from "../planning/parameters.ts"
import { planRun } from "../planning/planRun.ts"
import type { PlanInvalid, Project } from "../planning/Project.ts"
import type { Capacity } from "../planning/capacity.ts"
import type { BuiltPlan } from "../planning/RunRequest.ts"
import { loadPlugins } from "../planning/loadPlugins.ts"

export interface PlanHere {
  readonly params?: unknown
  /** Beside the pipeline's own; they may extend it, contribute to it or give what it reads. */
  readonly plugins?: ReadonlyArray<Plugin>
  readonly extensions?: ReadonlyArray<Extension>
  readonly seed?: number
  readonly force?: boolean
  /** What the machine has, for requests that are larger. */
  readonly capacity?: Capacity
  /** Blocks of a configuration file beside `pipelines`: `retry`, say. */
  readonly config?: Project["config"]
}
const projectOf = (catalogue: Catalogue, config: Project["config"]): Project => ({
  root: ".",
  configFile: undefined,
  home: ".tetra",
  config,
  configVersion: "embedded",
  environment: undefined,
  catalogue,
  warnings: []
})
/** The extension points that its stages read and no plugin beside it declares: nobody contributes to them here. */
const pointsReadBy = (pipeline: AnyPipeline, { params = {}, plugins = [] }: PlanHere): Plugin["points"] => {
  const decoded = decodeParameters(pipeline, params)
  if (Result.isFailure(decoded)) return [] // Said when it is planned.
  const known = new Set(plugins.flatMap(({ points }) => points.map(({ point }) => point)))
  const read = Object.values(pipeline.build(decoded.success)).flatMap((node): ReadonlyArray<unknown> =>
    Object.values(node["~node"].stage["~definition"].uses)
  )
  const isPoint = (used: unknown): used is Plugin["points"][number] =>
    typeof (used as { readonly point?: unknown }).point === "string"
  return [...new Set(read)].filter(isPoint).filter(({ point }) => !known.has(point))
}
/** A plan for one pipeline that belongs to no project: in tests and behind the Promise face. Diagnostics are answered, not refused. */
export const planHere = (
  pipeline: AnyPipeline,
  given: PlanHere = {}
): Effect.Effect<{ readonly built: BuiltPlan; readonly diagnostics: ReadonlyArray<Diagnostic> }, PlanInvalid> =>
  Effect.gen(function* () {
    const { plugins = [], extensions = [] } = given
    const mine: Plugin = {
      _tag: "Plugin",
      name: "local",
      version: "0.0.0",
      api: "1",
      config: undefined,
      services: undefined,
      pipelines: { it: pipeline },
      extensions,
      contributes: [],
      points: pointsReadBy(pipeline, given)
    }
    const { catalogue, diagnostics } = yield* loadPlugins([mine, ...plugins])
    const params = Object.fromEntries(Object.entries(given.params ?? {}).filter(([, value]) => value !== undefined))
    const config: Project["config"] = { ...given.config, pipelines: { [pipeline.name]: { plugin: "local", config: params } } }
    const request = { pipelines: [pipeline.name], params: {}, seed: given.seed ?? 1, force: given.force ?? false }
    return { built: yield* planRun(projectOf(catalogue, config), request, given.capacity), diagnostics }
  })
