import type { GraphModel, GraphPipeline, GraphStage } from "../domain/GraphModel.ts"

export type GraphFormat = "tree" | "dot" | "mermaid" | "json"
export const graphFormats: ReadonlyArray<GraphFormat> = ["tree", "dot", "mermaid", "json"]

/** The graph as text: for people (`tree`), for Graphviz, for Markdown, or the model itself. Ends with a line break. */
export const graphText = (model: GraphModel, format: GraphFormat): string => writers[format](model)

const ownersOf = ({ addedBy, wrappedBy }: GraphStage): string => {
  const marks = [
    ...(addedBy === undefined ? [] : [`from ${addedBy}`]),
    ...(wrappedBy.length === 0 ? [] : [`wrapped by ${wrappedBy.join(", ")}`])
  ]
  return marks.length === 0 ? "" : ` (${marks.join("; ")})`
}

/** `version blue, green in the shadow`, behind `before`; empty for a pipeline with one version. */
const versionText = ({ shadow, version }: GraphPipeline, before: string): string =>
  version === undefined ? "" : `${before}version ${version}${shadow === undefined ? "" : `, ${shadow} in the shadow`}`

const tree = (model: GraphModel): string => {
  const lines = model.pipelines.flatMap((pipeline) => {
    const stages = model.stages.filter((stage) => stage.pipeline === pipeline.name)
    const after = pipeline.after.length === 0 ? "" : `, after ${pipeline.after.join(", ")}`
    return [
      `${pipeline.name} (${pipeline.plugin}${versionText(pipeline, ", ")}${after})`,
      ...stages.map((stage, i) => `${i === stages.length - 1 ? "└─" : "├─"} ${stageLine(model, stage)}`)
    ]
  })
  return `${lines.join("\n")}\n`
}
const stageLine = (model: GraphModel, stage: GraphStage): string => {
  const reads = model.assets.filter((asset) => asset.readers.some((reader) => reader.stage === stage.name))
  const readText = reads.map((asset) =>
    asset.readers.some((reader) => reader.stage === stage.name && reader.soft) ? `${asset.name}?` : asset.name
  )
  const provided = model.assets.filter((asset) => asset.provider === stage.name).map((asset) => asset.name)
  const inside = stage.reads
    .map((name) => name.slice(stage.pipeline.length + 1))
    .filter((name) => !reads.some((asset) => asset.provider === `${stage.pipeline}.${name}`))
  const from = [...inside, ...readText]
  return [
    `${stage.stage}${stage.partitioned ? "[]" : ""}${ownersOf(stage)}`,
    ...(from.length === 0 ? [] : [`<- ${from.join(", ")}`]),
    ...(provided.length === 0 ? [] : [`-> ${provided.join(", ")}`])
  ].join(" ")
}

/** Identifiers by position: names hold characters that both languages read as syntax. */
const idsOf = (model: GraphModel) => {
  const stages = new Map(model.stages.map((stage, i) => [stage.name, `s${i}`]))
  const assets = new Map(model.assets.map((asset, i) => [asset.name, `a${i}`]))
  return { stages, assets }
}
interface Edge {
  readonly from: string
  readonly to: string
  readonly soft: boolean
}
const edgesOf = (model: GraphModel): ReadonlyArray<Edge> => {
  const ids = idsOf(model)
  const inside = model.stages.flatMap((stage) =>
    stage.reads
      .filter(
        (up) =>
          !model.assets.some((asset) => asset.provider === up && asset.readers.some((reader) => reader.stage === stage.name))
      )
      .map((up) => ({ from: ids.stages.get(up)!, to: ids.stages.get(stage.name)!, soft: false }))
  )
  const assets = model.assets.flatMap(({ name, provider, readers }) => [
    ...(provider === undefined ? [] : [{ from: ids.stages.get(provider)!, to: ids.assets.get(name)!, soft: false }]),
    ...readers.map(({ soft, stage }) => ({ from: ids.assets.get(name)!, to: ids.stages.get(stage)!, soft }))
  ])
  return [...inside, ...assets]
}

const mermaid = (model: GraphModel): string => {
  const ids = idsOf(model)
  const quoted = (text: string) => `"${text.replaceAll('"', "#quot;")}"`
  const lines = ["flowchart LR"]
  for (const [i, pipeline] of model.pipelines.entries()) {
    lines.push(`  subgraph p${i}[${quoted(`${pipeline.name}${versionText(pipeline, ": ")}`)}]`)
    for (const stage of model.stages.filter((s) => s.pipeline === pipeline.name))
      lines.push(`    ${ids.stages.get(stage.name)}[${quoted(stage.stage + ownersOf(stage))}]`)
    lines.push("  end")
  }
  for (const asset of model.assets) lines.push(`  ${ids.assets.get(asset.name)}[(${quoted(asset.name)})]`)
  for (const { from, soft, to } of edgesOf(model)) lines.push(`  ${from} ${soft ? "-.->" : "-->"} ${to}`)
  return `${lines.join("\n")}\n`
}

const dot = (model: GraphModel): string => {
  const ids = idsOf(model)
  const quoted = (text: string) => JSON.stringify(text)
  const lines = ["digraph tetra {", "  rankdir=LR;", "  node [shape=box];"]
  for (const [i, pipeline] of model.pipelines.entries()) {
    lines.push(`  subgraph cluster_${i} {`, `    label=${quoted(`${pipeline.name}${versionText(pipeline, ": ")}`)};`)
    for (const stage of model.stages.filter((s) => s.pipeline === pipeline.name))
      lines.push(`    ${ids.stages.get(stage.name)} [label=${quoted(stage.stage + ownersOf(stage))}];`)
    lines.push("  }")
  }
  for (const asset of model.assets) lines.push(`  ${ids.assets.get(asset.name)} [label=${quoted(asset.name)}, shape=cylinder];`)
  for (const { from, soft, to } of edgesOf(model)) lines.push(`  ${from} -> ${to}${soft ? " [style=dashed]" : ""};`)
  return `${[...lines, "}"].join("\n")}\n`
}

const writers: Readonly<Record<GraphFormat, (model: GraphModel) => string>> = {
  tree,
  dot,
  mermaid,
  json: (model) => `${JSON.stringify(model, null, 2)}\n`
}
