import type { Asset, InPort, InPorts, OutPorts, PlainPort } from "../authoring/data.ts"
import { type AnyNode, type AnyPipeline, type Ref, use } from "../authoring/definePipeline.ts"
import type { AnyStage } from "../authoring/defineStage.ts"
import type { OwnedExtension } from "./Catalogue.ts"

/** A stage in its place: wired, extended, with its owner. */
export interface BuiltNode {
  /** Name inside the pipeline; an inserted step is `anchor+stage/id` or `stage/id+anchor`. */
  readonly name: string
  readonly node: AnyNode
  readonly plugin: string
  readonly wrappedBy: ReadonlyArray<string>
  /** Inserted by an extension: no pipeline wires its configuration. */
  readonly isStep: boolean
  /** Asset that each output port publishes. A step after a stage takes the assets that flow through it. */
  readonly assets: ReadonlyMap<string, Asset>
}
interface Draft {
  name: string
  node: AnyNode
  plugin: string
  wrappedBy: Array<string>
  isStep: boolean
  assets: Map<string, Asset>
}

export const inputsOf = (stage: AnyStage): InPorts => stage.inputs as InPorts
export const outputsOf = (stage: AnyStage): OutPorts => stage.outputs as OutPorts
export const typeOf = (port: PlainPort) => (port.kind === "asset" ? port.type : port)
/** The port without `optional` and `partial`; a group has no single one. */
export const innerOf = (port: InPort): PlainPort | undefined =>
  port.kind === "optional" || port.kind === "partial" ? innerOf(port.port) : port.kind === "group" ? undefined : port

/** A node is a record of its output ports beside `~node`; the compiler knows them by name, the planner does not. */
const portOf = (node: AnyNode, port: string): Ref | undefined =>
  (node as unknown as Readonly<Record<string, Ref | undefined>>)[port]
const isFrom = (ref: Ref, node: AnyNode, port: string) => ref.from.node === node && ref.from.port === port

/** Builds the pipeline with these parameters and applies its extensions in plugin order. `params` are decoded. */
export const buildNodes = (
  pipeline: AnyPipeline,
  plugin: string,
  extensions: ReadonlyArray<OwnedExtension>,
  params: unknown
): ReadonlyArray<BuiltNode> => {
  const drafts = Object.entries(pipeline.build(params)).map(([name, node]) => draftOf(name, node, plugin))
  const flows = new Map(drafts.map((draft) => [draft.name, draft]))
  for (const { extension, plugin: owner } of extensions) {
    for (const [name, stage] of Object.entries(extension.changes.replace ?? {})) {
      const target = flows.get(name)
      if (target !== undefined) replace(target, stage, owner)
    }
    for (const [name, wrap] of Object.entries(extension.changes.wrap ?? {})) {
      const target = flows.get(name)
      if (target === undefined || wrap === undefined) continue
      target.node["~node"].wraps = [...target.node["~node"].wraps, wrap]
      target.wrappedBy.push(owner)
    }
    for (const [name, stage] of Object.entries(extension.changes.before ?? {})) {
      const anchor = flows.get(name)
      if (anchor !== undefined) drafts.splice(drafts.indexOf(anchor), 0, before(anchor, stage, owner))
    }
    for (const [name, stage] of Object.entries(extension.changes.after ?? {})) {
      const anchor = flows.get(name)
      if (anchor !== undefined) after(drafts, anchor, stage, owner)
    }
  }
  return drafts
}

const draftOf = (name: string, node: AnyNode, plugin: string): Draft => ({
  name,
  node,
  plugin,
  wrappedBy: [],
  isStep: false,
  assets: new Map(Object.entries(outputsOf(node["~node"].stage)).flatMap(([port, p]) => (p.kind === "asset" ? [[port, p]] : [])))
})

const replace = (target: Draft, stage: AnyStage, owner: string): void => {
  target.node["~node"].stage = stage
  target.plugin = owner
  for (const [port, p] of Object.entries(outputsOf(stage))) if (p.kind === "asset") target.assets.set(port, p)
}

const insert = (stage: AnyStage, inputs: Readonly<Record<string, Ref>>, name: string, owner: string): Draft => {
  const node = use(stage, { inputs }) as AnyNode
  node["~node"].name = name
  return { ...draftOf(name, node, owner), isStep: true }
}

/** The step reads what the anchor would have read; what it makes under the same port name, the anchor reads. */
const before = (anchor: Draft, stage: AnyStage, owner: string): Draft => {
  const target = anchor.node["~node"]
  const inputs: Record<string, Ref> = {}
  for (const [port, p] of Object.entries(inputsOf(stage))) {
    const wired = target.inputs[port]
    const read = inputsOf(target.stage)[port]
    const inner = read === undefined ? undefined : innerOf(read)
    if (wired !== undefined) inputs[port] = wired
    else if (inner?.kind === "asset" && innerOf(p)?.kind !== "asset") inputs[port] = assetRef(inner)
  }
  const step = insert(stage, inputs, `${stage.id}+${anchor.name}`, owner)
  for (const port of Object.keys(outputsOf(stage))) {
    const made = portOf(step.node, port)
    if (made !== undefined && port in inputsOf(target.stage)) target.inputs = { ...target.inputs, [port]: made }
  }
  return step
}

/** The step reads what flows out of the anchor, after earlier steps; later readers and the asset's name get the step's output. */
const after = (drafts: Array<Draft>, anchor: Draft, stage: AnyStage, owner: string): void => {
  const name = `${anchor.name}+${stage.id}`
  const chain = drafts.filter((d) => d === anchor || d.name.startsWith(`${anchor.name}+`))
  const last = (port: string, asset: string | undefined) => {
    for (const draft of chain.toReversed()) {
      const found = portOf(draft.node, port) === undefined ? [...draft.assets].find(([, a]) => a.name === asset)?.[0] : port
      if (found !== undefined) return { draft, port: found }
    }
    return undefined
  }
  const nameOf = (p: InPort) => {
    const inner = innerOf(p)
    return inner?.kind === "asset" ? inner.name : undefined
  }
  const inputs: Record<string, Ref> = {}
  for (const [port, p] of Object.entries(inputsOf(stage))) {
    const source = last(port, nameOf(p))
    if (source !== undefined) inputs[port] = portOf(source.draft.node, source.port)!
  }
  const step = insert(stage, inputs, name, owner)
  for (const [port, p] of Object.entries(outputsOf(stage))) {
    const source = last(port, nameOf(p))
    if (source === undefined) continue
    const made = portOf(step.node, port)!
    for (const draft of drafts) {
      if (chain.includes(draft)) continue
      const { node } = draft
      const changed = Object.entries(node["~node"].inputs).filter(([, ref]) => isFrom(ref, source.draft.node, source.port))
      if (changed.length > 0)
        node["~node"].inputs = { ...node["~node"].inputs, ...Object.fromEntries(changed.map(([k]) => [k, made])) }
    }
    const asset = source.draft.assets.get(source.port)
    source.draft.assets.delete(source.port)
    if (asset !== undefined) step.assets.set(port, asset)
  }
  drafts.splice(drafts.indexOf(chain.at(-1)!) + 1, 0, step)
}

/** A reference to a published asset, for a port that is only a type. */
const assetRef = (asset: Asset): Ref => ({
  "~ref": asset.type,
  split: false,
  from: { node: undefined, port: "", asset: asset.name }
})
