/** Tries every stage of a plugin with what it is given in a run of its pipelines: whether it keeps what stages must keep. */
import { type Context, Effect, Layer } from "effect"
import type { InPort, OutPorts } from "../../authoring/data.ts"
import type { AnyStage, Services } from "../../authoring/defineStage.ts"
import type { StageName } from "../../domain/Names.ts"
import type { PlannedStage } from "../../domain/RunPlan.ts"
import { typeOfPort } from "../../execution/codec.ts"
import { dependenciesOf } from "../../planning/dependencies.ts"
import { planRun } from "../../planning/planRun.ts"
import type { Project } from "../../planning/Project.ts"
import type { BuiltPlan } from "../../planning/RunRequest.ts"
import { checkPlugin } from "../checkPlugin.ts"
import { checkStage } from "../checkStage.ts"
import type { Finding } from "../conformance/Finding.ts"
import type { Try } from "../testStage.ts"
import { type Captured, captureUnits, type CapturedUnit } from "./captureUnits.ts"
import { madeUp } from "./madeUp.ts"

/** Which plugin of a project is certified, and how. */
export interface CertifyOptions {
  /** The plugin's own name. */
  readonly plugin: string
  /** Assets that no pipeline of the project provides, by name: datasets and values. Others are made up from their types. */
  readonly samples?: Readonly<Record<string, unknown>>
  /** Only these: `pipeline.stage` or stage ids. */
  readonly stages?: ReadonlyArray<string>
  /** Stages that may use what is later than a row: labels, evaluations. */
  readonly looksAhead?: ReadonlyArray<string>
  /** Told before each check begins; `check` is "runs" while the pipelines run. */
  readonly onCheck?: (stage: StageName, check: string) => void
  readonly onStage?: (stage: CertifiedStage) => void
}
/** What was found of one stage. */
export interface CertifiedStage {
  /** `pipeline.stage` */
  readonly name: StageName
  readonly id: string
  readonly isolation: PlannedStage["policy"]["isolation"]
  readonly findings: ReadonlyArray<Finding>
}
/** What was found of a plugin; `ok` when every finding is. */
export interface Certificate {
  readonly plugin: string
  readonly version: string
  readonly ok: boolean
  /** Of the plugin as a whole. */
  readonly findings: ReadonlyArray<Finding>
  readonly stages: ReadonlyArray<CertifiedStage>
  /** Assets that were made up from their types. */
  readonly madeUp: ReadonlyArray<string>
}

/** The pipelines that have stages of the plugin, and all that they depend on. */
const pipelinesFor = (project: Project, plugin: string): ReadonlyArray<string> => {
  const chosen = new Set<string>()
  const add = (name: string): void => {
    if (chosen.has(name)) return
    chosen.add(name)
    for (const other of dependenciesOf(project, name).all) add(other)
  }
  for (const [name, { shape }] of project.catalogue.pipelines)
    if (shape.stages.some((stage) => stage.plugin === plugin)) add(name)
  return [...chosen]
}
/** What the pipelines read and none of them provides: from the samples, else made up where a stage cannot do without. */
const assetsFor = (project: Project, pipelines: ReadonlyArray<string>, samples: Readonly<Record<string, unknown>>) =>
  Effect.gen(function* () {
    const shapes = pipelines.map((name) => project.catalogue.pipelines.get(name)!.shape)
    const assets: Record<string, unknown> = {}
    const invented: Array<string> = []
    for (const { asset, soft } of shapes.flatMap(({ stages }) => stages.flatMap(({ requires }) => requires))) {
      if (asset.name in assets || shapes.some(({ provides }) => provides.has(asset.name))) continue
      if (asset.name in samples) assets[asset.name] = samples[asset.name]
      else if (!soft) {
        assets[asset.name] = yield* madeUp(asset.type)
        invented.push(asset.name)
      }
    }
    return { assets, invented }
  })

const servicesOf = (stage: AnyStage, uses: CapturedUnit["uses"]): Layer.Layer<never> => {
  const keys: Services = stage["~definition"].uses
  return Object.entries(keys).reduce<Layer.Layer<never>>(
    (all, [name, key]) => Layer.merge(all, Layer.succeed(key as Context.Key<never, unknown>, uses[name])),
    Layer.empty
  )
}
/** The first input and the first output whose rows have a time. */
const timedPorts = (stage: AnyStage): { readonly input: string; readonly output: string } | undefined => {
  const isTimed = ([, port]: readonly [string, InPort]) => {
    if (port.kind === "optional" || port.kind === "partial" || port.kind === "group") return false
    const type = typeOfPort(port)
    return type.kind === "table" && type.time !== undefined
  }
  const input = Object.entries(stage.inputs as Readonly<Record<string, InPort>>).find(isTimed)?.[0]
  const output = Object.entries(stage.outputs as OutPorts).find(isTimed)?.[0]
  return input === undefined || output === undefined ? undefined : { input, output }
}
const whyNotTried = ({ state }: Captured, name: StageName): string => {
  const stage = state.stages.get(name)
  const before = stage?.status === "skipped" ? "it had not what it reads: " : ""
  return `${before}${stage?.reason ?? state.reason ?? "it did not begin"}; give what it reads with --samples`
}
const certifyStage = (
  built: BuiltPlan,
  planned: PlannedStage,
  captured: Captured,
  options: CertifyOptions
): Effect.Effect<CertifiedStage> =>
  Effect.promise(async () => {
    const { name, policy, stageId } = planned
    const { config, stage } = built.nodes.get(name)!["~node"]
    const unit = captured.units.get(name)
    const made = { name, id: stageId, isolation: policy.isolation }
    if (unit === undefined) return { ...made, findings: [{ check: "runs", ok: false, detail: whyNotTried(captured, name) }] }
    const { inputs, uses } = unit
    const given = { config, inputs, services: servicesOf(stage, uses), ...("key" in unit ? { key: unit.key } : {}) }
    const ports = [name, stageId].some((known) => options.looksAhead?.includes(known)) ? undefined : timedPorts(stage)
    const findings = await checkStage<AnyStage>(stage, given as unknown as Try<AnyStage>, {
      endedFromOutside: policy.isolation !== "fiber",
      onCheck: (check) => options.onCheck?.(name, check),
      ...(ports === undefined ? {} : { noLookAhead: ports })
    })
    return { ...made, findings }
  })
/**
 * Runs the pipelines that have stages of the plugin, and those that they depend on, once and in memory, with the configuration of the project;
 * then tries each of the plugin's stages alone with what it was given there. Fails for a plugin without stages and for a plan that cannot be made.
 */
export const certifyPlugin = (project: Project, options: CertifyOptions): Effect.Effect<Certificate, unknown> =>
  Effect.gen(function* () {
    const plugin = project.catalogue.plugins.find(({ name }) => name === options.plugin)
    if (plugin === undefined) return yield* Effect.fail(new Error(`the project names no plugin "${options.plugin}"`))
    const findings = yield* Effect.promise(() => checkPlugin(plugin))
    const pipelines = pipelinesFor(project, plugin.name)
    const certificate = { plugin: plugin.name, version: plugin.version }
    if (pipelines.length === 0) return { ...certificate, ok: findings.every(({ ok }) => ok), findings, stages: [], madeUp: [] }
    const { assets, invented } = yield* assetsFor(project, pipelines, options.samples ?? {})
    const built = yield* planRun(project, { pipelines, params: {} })
    const captured = yield* captureUnits(built, assets, (name) => options.onCheck?.(name, "runs"))
    const isAsked = ({ name, stageId }: PlannedStage) =>
      options.stages === undefined || options.stages.some((asked) => asked === name || asked === stageId)
    const stages: Array<CertifiedStage> = []
    for (const planned of built.plan.stages.filter((stage) => stage.plugin === plugin.name && stage.enabled && isAsked(stage))) {
      const certified = yield* certifyStage(built, planned, captured, options)
      options.onStage?.(certified)
      stages.push(certified)
    }
    const ok = [...findings, ...stages.flatMap((stage) => stage.findings)].every((finding) => finding.ok)
    return { ...certificate, ok, findings, stages, madeUp: invented }
  })
