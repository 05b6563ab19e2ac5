import type { AnyNode, AnyPipeline } from "../authoring/definePipeline.ts"
import { assetsOf, type OwnedExtension, type PipelineShape, type StageShape } from "./Catalogue.ts"
import { type BuiltNode, buildNodes, inputsOf } from "./buildNodes.ts"
import { defaultsOf } from "./parameters.ts"

/** Builds the pipeline with its default parameters: names and wiring do not depend on them. Throws what `stages` throws. */
export const describePipeline = (
  pipeline: AnyPipeline,
  plugin: string,
  extensions: ReadonlyArray<OwnedExtension>
): PipelineShape => {
  const nodes = buildNodes(pipeline, plugin, extensions, defaultsOf(pipeline))
  const places: Places = {
    ofNode: new Map(nodes.map((built) => [built.node, built.name])),
    ofAsset: new Map(nodes.flatMap((built) => [...built.assets.values()].map((asset) => [asset.name, built.name] as const)))
  }
  const stages = nodes.map((built) => stageShape(built, places))
  const provides = new Map(stages.flatMap((stage) => stage.provides.map((asset) => [asset.name, stage.name] as const)))
  const requires = new Map<string, { readonly soft: boolean }>()
  for (const { asset, soft } of stages.flatMap((stage) => stage.requires)) {
    if (!provides.has(asset.name)) requires.set(asset.name, { soft: soft && (requires.get(asset.name)?.soft ?? true) })
  }
  return { stages, provides, requires }
}

/** Names of the stages of one pipeline, by node and by the asset that they publish. */
interface Places {
  readonly ofNode: ReadonlyMap<AnyNode, string>
  readonly ofAsset: ReadonlyMap<string, string>
}
const stageShape = (built: BuiltNode, places: Places): StageShape => {
  const { inputs, stage } = built.node["~node"]
  const required = Object.entries(inputsOf(stage)).flatMap(([port, p]) =>
    inputs[port] === undefined ? assetsOf(p).filter(({ asset }) => inputs[`${port}.${asset.name}`] === undefined) : []
  )
  const wired = Object.values(inputs).map((ref) => (ref.from.node === undefined ? undefined : places.ofNode.get(ref.from.node)))
  const reads = new Set([...wired, ...required.map(({ asset }) => places.ofAsset.get(asset.name))])
  return {
    name: built.name,
    stageId: stage.id,
    summary: stage.summary,
    plugin: built.plugin,
    wrappedBy: built.wrappedBy,
    partitioned: stage["~definition"].partitions !== undefined,
    isStep: built.isStep,
    reads: [...reads].filter((name): name is string => name !== undefined && name !== built.name),
    provides: [...built.assets.values()],
    requires: required,
    fallbacks: Object.keys(stage["~definition"].fallbacks)
  }
}
