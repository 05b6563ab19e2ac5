/** What stages refuse in their configurations, told where it was written. */
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import { meantHint } from "../domain/nearest.ts"
import type { CodePlace, Diagnostic } from "../domain/Diagnostic.ts"
import type { BuiltNode } from "./buildNodes.ts"
import { secretsIn } from "./contentHash.ts"
import { type Origin, originOf } from "./parameterOrigin.ts"
import { parametersOf } from "./parameters.ts"
import type { Project } from "./Project.ts"
import { flagText, type ParameterSource } from "./resolveParameters.ts"
import type { StageConfig } from "./stageConfig.ts"

/** The parameters of a pipeline with what gave them. */
export interface Asked {
  readonly pipeline: AnyPipeline
  readonly params: unknown
  readonly sources: ReadonlyArray<ParameterSource>
  /** `file:line:column` of a path in the configuration. */
  readonly at: (path: string) => string
  /** Of the pipeline as a whole. */
  readonly place: Pick<Diagnostic, "where" | "path">
  /** Where its code wires a stage, or gives it the value at a path. */
  readonly inCode?: (stage: string, path: ReadonlyArray<string | number>) => CodePlace | undefined
}
interface Refused {
  /** `pipeline.stage` */
  readonly name: string
  readonly pipeline: string
  readonly built: BuiltNode
  /** As it was wired. */
  readonly config: unknown
  readonly made: StageConfig
  readonly asked: Asked | undefined
}
interface Told {
  readonly path: ReadonlyArray<string | number>
  /** Without the place. */
  readonly message: string
  readonly hint: string | undefined
  /** The message says itself what it is about. */
  readonly isWhole: boolean
}

/** Where the configuration file has a pipeline: its block, else the plugin that it comes from. */
export const pathOfPipeline = ({ catalogue, config }: Pick<Project, "catalogue" | "config">, name: string): string => {
  if (config.pipelines?.[name] !== undefined) return `pipelines.${name}`
  const plugin = catalogue.pipelines.get(name)?.plugin
  const nameOf = (entry: string | { readonly name: string }) => (typeof entry === "string" ? entry : entry.name)
  const i = (config.plugins ?? []).findIndex((entry) => (catalogue.names.get(nameOf(entry)) ?? nameOf(entry)) === plugin)
  return i === -1 ? "plugins" : `plugins.${i}`
}

/** One diagnostic for each thing that the schema of a stage or its `check` refuses. */
export const configDiagnostics = (refused: Refused): ReadonlyArray<Diagnostic> => {
  const { misfits, refused: checked } = refused.made
  const problems: ReadonlyArray<Told> = [
    ...misfits.map(({ meant, message, path }): Told => ({ path, message, hint: meantHint(meant), isWhole: false })),
    ...checked.map(({ hint, message, path }): Told => ({ path, message, hint, isWhole: true }))
  ]
  return problems.map((problem) => (refused.built.isStep ? ofStep(refused, problem) : ofStage(refused, problem)))
}

const ofStage = ({ asked, built, config, name }: Refused, problem: Told): Diagnostic => {
  const origin = asked === undefined ? undefined : originOf(asked, config, problem.path)
  const inner = problem.path.join(".")
  const whose = asked === undefined ? "its configuration" : `the configuration of ${name}`
  const ofIt = `${whose}: ${problem.isWhole || inner === "" ? "" : `${inner}: `}${problem.message}`
  if (asked === undefined || origin === undefined) {
    const code = asked?.inCode?.(built.name, ["config", ...problem.path])
    return {
      level: "error",
      where: name,
      ...asked?.place,
      ...(code === undefined ? {} : { code }),
      message: ofIt,
      hint:
        problem.hint ??
        (code === undefined ? "change the parameter of the pipeline that it comes from" : "change it where it is wired")
    }
  }
  const what = problem.isWhole ? problem.message : `${name} cannot use it: ${problem.message}`
  const hint = problem.hint ?? helpOf(asked.pipeline, origin)
  return { level: "error", ...placeOf(asked, origin, what), hint }
}
const placeOf = (asked: Asked, { name, path, source }: Origin, what: string): Pick<Diagnostic, "message" | "path" | "where"> => {
  const inner = path.slice(1)
  if (source === undefined) {
    const at = `pipelines.${asked.pipeline.name}.config.${path[0]}`
    return { where: asked.place.where, path: at, message: `${what} (its default)` }
  }
  if (source.path === undefined) {
    const at = inner.length === 0 ? "" : ` (at ${inner.join(".")})`
    return {
      where: source.where,
      message: `${flagText(name.replaceAll("_", "-"), shownValue(asked, path[0], source.values[name]))}${at}: ${what}`
    }
  }
  const at = [source.path, name, ...inner].join(".")
  return { where: asked.at(at), path: at, message: what }
}
/** As it was typed, unless the pipeline calls it a secret. */
const shownValue = ({ params }: Asked, parameter: string | number | undefined, typed: unknown): unknown =>
  secretsIn((params as Readonly<Record<string, unknown>>)[String(parameter)]).size > 0 ? "<redacted>" : typed
const helpOf = (pipeline: AnyPipeline, { path }: Origin): string =>
  parametersOf(pipeline).find(({ key }) => key === path[0])?.help || `see the options of ${pipeline.name}`

/** A step that an extension inserted has its configuration from the file alone. */
const ofStep = ({ asked, built, name, pipeline }: Refused, { hint, isWhole, message, path }: Told): Diagnostic => {
  const own = `pipelines.${pipeline}.stages.${built.name}.config`
  const at = [own, ...path].join(".")
  const inner = path.join(".")
  return {
    level: "error",
    where: asked?.at(at) ?? name,
    path: at,
    message: isWhole
      ? message
      : `the step ${name} of ${built.plugin} cannot be configured: ${inner === "" ? "" : `${inner} `}${message}`,
    hint:
      hint ??
      `write pipelines: { ${pipeline}: { stages: { "${built.name}": { config: { ${inner === "" ? "" : `${path[0]}: `}... } } } } }`
  }
}
