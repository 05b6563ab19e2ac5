/** Whether a stage can run in a thread or a process of its own, and where it is found there. */
import { Result } from "effect"
import type { AnyNode } from "../../authoring/definePipeline.ts"
import type { Json } from "../../domain/Names.ts"
import { ownName } from "../../domain/shadowNames.ts"
import type { PlannedStage, RunPlan } from "../../domain/RunPlan.ts"
import { buildNodes } from "../../planning/buildNodes.ts"
import { decodeRecorded } from "../../planning/parameters.ts"
import type { Catalogue } from "../../planning/Catalogue.ts"
import type { Project } from "../../planning/Project.ts"
import { encodeJson } from "../codec.ts"
import type { ProjectSource, StageAddress } from "./protocol.ts"

export interface Isolated {
  readonly address: StageAddress
  readonly project: ProjectSource | undefined
  readonly taking: ReadonlyArray<string>
  readonly config: Json
}
/** A node of the pipeline built anew with recorded parameters. */
export const nodeAgain = (
  catalogue: Pick<Catalogue, "pipelines">,
  pipeline: string,
  stage: string,
  params: Json
): { readonly node: AnyNode["~node"]; readonly wrappedBy: ReadonlyArray<string> } | undefined => {
  const entry = catalogue.pipelines.get(pipeline)
  if (entry === undefined) return undefined
  const decoded = decodeRecorded(entry.pipeline, params)
  if (Result.isFailure(decoded)) return undefined
  const found = buildNodes(entry.pipeline, entry.plugin, entry.extensions, decoded.success).find((b) => b.name === stage)
  return found === undefined ? undefined : { node: found.node["~node"], wrappedBy: found.wrappedBy }
}
/** What a worker needs to import the same plugins; undefined when a program brought them itself. */
export const projectSourceOf = (project: Project): ProjectSource | undefined => {
  const { names, plugins } = project.catalogue
  const listed = new Set(names.values())
  if (plugins.some((plugin) => !listed.has(plugin.name))) return undefined
  const { plugins: configured, extension_points } = project.config
  return {
    root: project.root,
    configFile: project.configFile,
    plugins: [...names.keys()],
    config: {
      ...(configured === undefined ? {} : { plugins: configured }),
      ...(extension_points === undefined ? {} : { extension_points })
    } as Json
  }
}
interface Where {
  readonly plan: RunPlan
  readonly project: Project | undefined
  readonly source: ProjectSource | undefined
  readonly stage: PlannedStage
  readonly node: AnyNode["~node"]
}
const byPipeline = ({ plan, project, source, stage, node }: Where): Pick<Isolated, "address" | "taking"> | string => {
  if (project === undefined || source === undefined)
    return "its plugin is not named in a configuration file; name the file that exports it with `module: import.meta.url`"
  const params = plan.pipelines.find((p) => p.name === stage.pipeline)?.params ?? {}
  const pipeline = ownName(stage.pipeline)
  const again = nodeAgain(project.catalogue, pipeline, stage.stage, params)
  if (again?.node.stage !== node.stage) return "it is made anew whenever its pipeline is built; define it at the top of a module"
  return {
    address: { by: "pipeline", pipeline, stage: stage.stage, params },
    taking: [...new Set([...plan.stages.map((s) => s.plugin), ...again.wrappedBy])]
  }
}
/** A module of its own is enough for a stage that takes nothing from plugins. */
const byModule = ({ node, source }: Where, url: string): Pick<Isolated, "address" | "taking"> | string | undefined => {
  const takes = node.wraps.length > 0 || Object.keys(node.stage["~definition"].uses).length > 0
  if (!takes) return { address: { by: "module", url }, taking: [] }
  return source === undefined ? "it uses services of plugins that no configuration file names" : undefined
}
/** Where the stage is found again, or in words why it cannot be. */
export const addressOf = (where: Where): Isolated | string => {
  const { module } = where.node.stage["~definition"]
  const found = (module === undefined ? undefined : byModule(where, module)) ?? byPipeline(where)
  if (typeof found === "string") return found
  const config = encodeJson(where.node.stage.config, where.node.config)
  if ("why" in config) return `its configuration cannot be written down: ${config.why}`
  return { ...found, project: where.source, config: config.ok }
}
