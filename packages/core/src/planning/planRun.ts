import { createHash } from "node:crypto"
import { Effect } from "effect"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json } from "../domain/Names.ts"
import type { PlannedPipeline, PlannedStage, RunPlan } from "../domain/RunPlan.ts"
import { buildNodes } from "./buildNodes.ts"
import { reasonOf } from "./checkPlugins.ts"
import { clampResources } from "./clampResources.ts"
import { codeVersion } from "./codeVersion.ts"
import { concurrencyOf } from "./concurrencyOf.ts"
import { contentHash, secretsIn, toJson } from "./contentHash.ts"
import { dependenciesOf } from "./dependencies.ts"
import { canonicalJson } from "../domain/canonicalJson.ts"
import { planStages, type SelectedPipeline } from "./planStages.ts"
import { incidentOf } from "./resolvePolicy.ts"
import { pathOfPipeline } from "./configDiagnostics.ts"
import { pluginConfig, pluginServices } from "./pluginServices.ts"
import { PlanInvalid, type Project } from "./Project.ts"
import { ownModeOf, sortFlags, sourcesOf } from "./requestSources.ts"
import { type ParameterSource, resolveParameters } from "./resolveParameters.ts"
import { type Capacity, machineCapacity, slotRules } from "./capacity.ts"
import type { BuiltPlan, RunRequest } from "./RunRequest.ts"
import { hideNamed } from "./secretNames.ts"
import { secretsOfPlan } from "./secretsOfPlan.ts"
import { selectPipelines } from "./selectPipelines.ts"
import { usesOf } from "./usesOf.ts"

/**
 * Turns a request into a frozen plan: selects pipelines, resolves parameters, applies extensions, joins stages by their assets, orders
 * them and fills in every policy. Touches no disk. Assets whose pipeline is not in the request are read as they were published.
 */
export const planRun = (
  project: Project,
  request: RunRequest,
  capacity: Capacity = machineCapacity()
): Effect.Effect<BuiltPlan, PlanInvalid> =>
  Effect.suspend(() => {
    const { config } = project
    const selection = selectPipelines(project, request)
    const flags = sortFlags(project, selection.pipelines, request)
    const diagnostics: Array<Diagnostic> = [
      ...selection.diagnostics,
      ...(selection.diagnostics.length > 0 ? [] : flags.diagnostics)
    ]
    const selected: Array<SelectedPipeline> = []
    const planned: Array<PlannedPipeline> = []
    const params: Array<{ readonly decoded: unknown; readonly encoded: Json }> = []
    for (const name of selection.pipelines) {
      const entry = project.catalogue.pipelines.get(name)!
      const sources = sourcesOf(project, name, selection, request, flags)
      const resolved = resolveParameters(entry.pipeline, sources)
      diagnostics.push(...resolved.diagnostics)
      if (resolved.diagnostics.length > 0) continue
      const built = buildNodesSafely(project, name, resolved.params)
      if ("problem" in built) {
        diagnostics.push(built.problem)
        continue
      }
      const after = [...dependenciesOf(project, name).declared].filter((other) => selection.pipelines.includes(other))
      const force = request.force === true || selection.mode?.entries[name]?.["force"] === true
      params.push({ decoded: resolved.params, encoded: resolved.encoded })
      const asked = askedOf(project, entry.pipeline, resolved.params, sources)
      selected.push({ name, nodes: built.nodes, after, force, flags: flags.policy.get(name)!, ...asked })
      const concurrency = concurrencyOf(config, name, hideNamed(resolved.encoded))
      planned.push({
        name,
        plugin: entry.plugin,
        pluginVersion: entry.pluginVersion,
        ...versionIn(config, name),
        mode: ownModeOf(entry, selection),
        params: hideNamed(resolved.encoded),
        after,
        parallelism: undefined,
        ...(concurrency === undefined ? {} : { concurrency }),
        ...incidentOf(config, name)
      })
    }
    if (diagnostics.length > 0) return Effect.fail(new PlanInvalid({ diagnostics }))
    const graph = planStages({ config, catalogue: project.catalogue, inProject: project.configFile !== undefined }, selected)
    const services = pluginServices(project, graph.stages, selected)
    const problems = [...graph.diagnostics, ...services.diagnostics]
    if (problems.length > 0) return Effect.fail(new PlanInvalid({ diagnostics: problems }))
    const { budgets, diagnostics: cuts, stages: clamped } = clampResources(config, graph.stages, capacity)
    if (cuts.some(({ level }) => level === "error"))
      return Effect.fail(
        new PlanInvalid({ diagnostics: cuts.map((cut) => ({ ...cut, where: project.at?.(cut.path ?? "") ?? cut.where })) })
      )
    const uses = usesOf(project.catalogue, services.made)
    const wrapped = wrappersOf(project, selected)
    const stages = clamped.map((stage) => {
      const used = uses(graph.nodes.get(stage.name)!["~node"].stage)
      const wrappers = wrapped.get(stage.name)
      const code = project.catalogue.plugins.find(({ name }) => name === stage.plugin)?.code?.hash
      return {
        ...stage,
        ...versionIn(config, stage.pipeline),
        ...(code === undefined ? {} : { code }),
        ...(used === undefined ? {} : { uses: used }),
        ...(wrappers === undefined ? {} : { wrappers })
      }
    })
    const pipelines = planned.map((pipeline) => {
      const budget = budgets.get(pipeline.name)
      return budget === undefined ? pipeline : { ...pipeline, parallelism: budget.units, budget }
    })
    const seed = request.seed ?? 1
    const plan: RunPlan = {
      v: 1,
      mode: request.mode,
      pipelines,
      stages,
      ...codeOf(project),
      force: request.force === true,
      seed,
      ...(request.lane === undefined ? {} : { lane: request.lane }),
      ...(request.priority === undefined ? {} : { priority: request.priority }),
      hash: planHash(pipelines, stages, seed)
    }
    return Effect.succeed({
      plan,
      nodes: graph.nodes,
      catalogue: project.catalogue,
      project,
      services: services.layer,
      slots: slotRules(config),
      secrets: secretsOfPlan(project, params),
      warnings: cuts
    })
  })

/** Where a stage that refuses its configuration finds what it came from; nothing without a file. */
const askedOf = (
  { at, catalogue, config }: Project,
  pipeline: AnyPipeline,
  params: unknown,
  sources: ReadonlyArray<ParameterSource>
): Pick<SelectedPipeline, "asked"> => {
  if (at === undefined) return {}
  const path = pathOfPipeline({ catalogue, config }, pipeline.name)
  return { asked: { pipeline, params, sources, at, place: { where: at(path), path } } }
}
/** Of a pipeline with several versions: the one in force. */
const versionIn = (config: Project["config"], pipeline: string): { readonly version?: string } => {
  const { active, versions } = config.pipelines?.[pipeline] ?? {}
  return versions === undefined || active === undefined ? {} : { version: active }
}
/** The files of the local plugins, so that a later run can say which one was edited. */
const codeOf = ({ catalogue }: Project): Pick<RunPlan, "code"> => {
  const local = catalogue.plugins.flatMap(({ code, name }) => (code === undefined ? [] : [[name, code.files] as const]))
  return local.length === 0 ? {} : { code: Object.fromEntries(local) }
}
/** By stage that is wrapped: what its wrapping plugins are. */
const wrappersOf = (project: Project, selected: ReadonlyArray<SelectedPipeline>): ReadonlyMap<string, string> => {
  const identity = (name: string) => {
    const plugin = project.catalogue.plugins.find((one) => one.name === name)
    if (plugin === undefined) return [name]
    const { config } = pluginConfig(project, plugin)
    return [name, codeVersion(plugin), toJson(config ?? null, secretsIn(config))]
  }
  return new Map(
    selected.flatMap((pipeline) =>
      pipeline.nodes.flatMap(({ name, wrappedBy }) =>
        wrappedBy.length === 0 ? [] : [[`${pipeline.name}.${name}`, contentHash(wrappedBy.map(identity), 16)] as const]
      )
    )
  )
}
const buildNodesSafely = (project: Project, name: string, params: unknown) => {
  const { extensions, pipeline, plugin } = project.catalogue.pipelines.get(name)!
  try {
    return { nodes: buildNodes(pipeline, plugin, extensions, params) }
  } catch (error) {
    const problem: Diagnostic = {
      level: "error",
      where: plugin,
      message: `the pipeline "${name}" cannot be built: ${reasonOf(error)}`,
      hint: "change its parameters, or mend the plugin"
    }
    return { problem }
  }
}

/**
 * Over what decides the result: not `force` and reuse, not priorities, resources and parallelism. 32 hex digits. What people write (parameters,
 * configurations) counts in any order of keys; all else is built here, in one order.
 */
export const planHash = (
  pipelines: ReadonlyArray<PlannedPipeline>,
  stages: ReadonlyArray<PlannedStage>,
  seed: number
): string => {
  const hash = createHash("sha256").update(`${seed}\n`)
  for (const { name, params, plugin, pluginVersion } of pipelines) {
    hash.update(JSON.stringify([name, plugin, pluginVersion, canonicalJson(params)]))
  }
  for (const {
    after,
    code,
    config,
    enabled,
    inputs,
    minCoverage,
    name,
    outputs,
    partitioned,
    plugin,
    policy,
    stageId,
    stageVersion,
    uses,
    version,
    wrappers
  } of stages) {
    const { graceMs, isolation, onFailure, retry, timeoutMs } = policy
    hash.update(
      JSON.stringify([
        name,
        stageId,
        stageVersion,
        plugin,
        code,
        uses,
        wrappers,
        inputs,
        outputs,
        after,
        partitioned,
        minCoverage,
        enabled,
        ...(version === undefined ? [] : [version])
      ])
    )
    hash.update(canonicalJson(config)).update(JSON.stringify([graceMs, isolation, onFailure, retry, timeoutMs]))
  }
  return hash.digest("hex").slice(0, 32)
}
