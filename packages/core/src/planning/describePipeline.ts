import type { AnyPipeline } from "../authoring/definePipeline.ts"
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
  const stages = nodes.map((built) => stageShape(built, nodes))
  const provides = new Map(stages.flatMap((stage) => stage.provides.map((asset) => [asset.name, stage.name] as const)))
  const requires = new Map<string, { readonly soft: boolean }>()
  for (const { asset, soft } of stages.flatMap((stage) => stage.requires)) {
    if (!provides.has(asset.name)) requires.set(asset.name, { soft: soft && (requires.get(asset.name)?.soft ?? true) })
  }
  return { stages, provides, requires }
}

const stageShape = (built: BuiltNode, nodes: ReadonlyArray<BuiltNode>): StageShape => {
  const { stage, inputs } = built.node["~node"]
  const wired = Object.values(inputs).map((ref) => ref.from.node)
  const own = Object.entries(inputsOf(stage)).flatMap(([port, p]) => (inputs[port] === undefined ? assetsOf(p) : []))
  return {
    name: built.name,
    stageId: stage.id,
    summary: stage.summary,
    plugin: built.plugin,
    wrappedBy: built.wrappedBy,
    partitioned: stage["~definition"].partitions !== undefined,
    reads: nodes
      .filter((other) => other !== built && (wired.includes(other.node) || own.some(({ asset }) => publishes(other, asset.name))))
      .map((other) => other.name),
    provides: [...built.assets.values()],
    requires: own.filter(({ asset, group }) => !(group !== undefined && inputs[`${group}.${asset.name}`] !== undefined)),
    fallbacks: Object.keys(stage["~definition"].fallbacks)
  }
}
const publishes = (built: BuiltNode, asset: string) => [...built.assets.values()].some((a) => a.name === asset)
