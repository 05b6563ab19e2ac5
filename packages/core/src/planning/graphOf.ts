import type { GraphAsset, GraphModel, GraphPipeline, GraphStage } from "../domain/GraphModel.ts"
import { dependenciesOf } from "./dependencies.ts"
import { orderOf } from "./orderOf.ts"
import type { Project } from "./Project.ts"

/** The graph of everything that the plugins of a project offer. */
export const graphOf = (project: Pick<Project, "catalogue" | "config">): GraphModel => {
  const names = [...project.catalogue.pipelines.keys()]
  const upstream = names.map((name) => [...dependenciesOf(project, name).all].map((up) => names.indexOf(up)))
  const ordered = orderOf(upstream)
  const order = ordered._tag === "Ordered" ? ordered.order.map((i) => names[i]!) : names
  const stages = order.flatMap((pipeline) => stagesOf(project, pipeline))
  return {
    pipelines: order.map((name) => {
      const { pipeline, plugin } = project.catalogue.pipelines.get(name)!
      return {
        name,
        summary: pipeline.summary,
        plugin,
        ...versionsIn(project, name),
        after: [...dependenciesOf(project, name).all]
      }
    }),
    stages,
    assets: assetsOf(project, order)
  }
}

const versionsIn = ({ config }: Pick<Project, "config">, pipeline: string): Pick<GraphPipeline, "version" | "shadow"> => {
  const { active, shadow, versions } = config.pipelines?.[pipeline] ?? {}
  if (versions === undefined || active === undefined) return {}
  return { version: active, ...(shadow === undefined || shadow === active ? {} : { shadow }) }
}
const stagesOf = ({ catalogue }: Pick<Project, "catalogue">, pipeline: string): ReadonlyArray<GraphStage> => {
  const { plugin, shape } = catalogue.pipelines.get(pipeline)!
  const all = shape.stages
  const index = new Map(all.map((stage, i) => [stage.name, i]))
  const ordered = orderOf(all.map((stage) => stage.reads.flatMap((name) => index.get(name) ?? [])))
  // An optional read of what a later stage provides closes a loop that the plan cuts: then the written order will do.
  const order = ordered._tag === "Ordered" ? ordered.order : all.map((_, i) => i)
  return order.map((i) => {
    const stage = all[i]!
    return {
      name: `${pipeline}.${stage.name}`,
      pipeline,
      stage: stage.name,
      summary: stage.summary,
      plugin: stage.plugin,
      addedBy: stage.plugin === plugin ? undefined : stage.plugin,
      wrappedBy: stage.wrappedBy,
      partitioned: stage.partitioned,
      reads: stage.reads.map((name) => `${pipeline}.${name}`)
    }
  })
}

const assetsOf = ({ catalogue }: Pick<Project, "catalogue">, order: ReadonlyArray<string>): ReadonlyArray<GraphAsset> => {
  const assets = new Map<
    string,
    { name: string; type: string; provider: string | undefined; readers: Array<GraphAsset["readers"][number]> }
  >()
  const entry = (name: string, type: string) => {
    const asset = assets.get(name) ?? { name, type, provider: undefined, readers: [] }
    assets.set(name, asset)
    return asset
  }
  for (const pipeline of order) {
    for (const stage of catalogue.pipelines.get(pipeline)!.shape.stages) {
      for (const asset of stage.provides) entry(asset.name, asset.type.id).provider = `${pipeline}.${stage.name}`
      for (const { asset, soft } of stage.requires)
        entry(asset.name, asset.type.id).readers.push({ stage: `${pipeline}.${stage.name}`, soft })
    }
  }
  return [...assets.values()]
}
