import type { InPort } from "../authoring/data.ts"
import type { AnyNode, Ref } from "../authoring/definePipeline.ts"
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json, StageName } from "../domain/Names.ts"
import type { Accepts, PlannedInput, PlannedOutput, PlannedStage } from "../domain/RunPlan.ts"
import type { Catalogue } from "./Catalogue.ts"
import { type BuiltNode, innerOf, inputsOf, outputsOf, typeOf } from "./buildNodes.ts"
import { orderOf, reaches } from "./orderOf.ts"
import { minCoverageOf, type PolicyFlags, resolvePolicy } from "./resolvePolicy.ts"
import { stageConfig } from "./stageConfig.ts"
import { type Asked, configDiagnostics } from "./configDiagnostics.ts"

/** A selected pipeline, built with its parameters. */
export interface SelectedPipeline {
  readonly name: string
  readonly nodes: ReadonlyArray<BuiltNode>
  /** Selected pipelines that must have ended before (`depends_on`). */
  readonly after: ReadonlyArray<string>
  readonly force: boolean
  readonly flags: PolicyFlags
  /** What its parameters come from: where a stage refuses one, the diagnostic names the place. */
  readonly asked?: Asked
}
export interface PlannedGraph {
  /** Every stage comes after its `after`. */
  readonly stages: ReadonlyArray<PlannedStage>
  readonly nodes: ReadonlyMap<StageName, AnyNode>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
interface Place {
  readonly index: number
  readonly name: StageName
  readonly pipeline: SelectedPipeline
  readonly built: BuiltNode
  readonly readings: ReadonlyArray<Reading>
}
interface Graph {
  readonly places: ReadonlyArray<Place>
  readonly placeOf: ReadonlyMap<AnyNode, Place>
  /** Asset name to the place and port that make it. */
  readonly producers: ReadonlyMap<string, { readonly place: Place; readonly port: string }>
  /** Indices that each place waits for; grows while inputs are settled. */
  readonly upstream: ReadonlyArray<Array<number>>
  readonly diagnostics: Array<Diagnostic>
}
/** What of the project stages are planned with. */
interface Ground {
  readonly config: ResolvedConfig
  /** Undefined while some plugin is missing: what it would contribute is not known. */
  readonly catalogue: Pick<Catalogue, "contributions"> | undefined
  /** Of a project with a configuration file. */
  readonly inProject: boolean
}

/** Joins the stages of the selected pipelines by their assets, orders them and fills in their configurations and policies. */
export const planStages = (ground: Ground, pipelines: ReadonlyArray<SelectedPipeline>): PlannedGraph => {
  const graph = graphOf(pipelines)
  for (const place of graph.places) connect(graph, place, (input) => input.hard)
  waitForPipelines(graph, pipelines)
  // Optional reads come last: what a stage may read from its own pipeline's earlier answer depends on who waits for whom.
  for (const place of graph.places) connect(graph, place, (input) => !input.hard)
  const inputs = graph.places.map((place) => plannedInputs(graph, place))
  const ordered = orderOf(graph.upstream)
  if (ordered._tag === "Cycle") {
    const names = ordered.cycle.map((i) => graph.places[i]!.name)
    graph.diagnostics.push({
      level: "error",
      where: names[0]!,
      message: `these stages wait for each other: ${[...names, names[0]].join(" -> ")}`,
      hint: "read one of the assets with optional(...), or split a pipeline"
    })
    return { stages: [], nodes: new Map(), diagnostics: graph.diagnostics }
  }
  const nodes = new Map<StageName, AnyNode>()
  const stages = ordered.order.map((i) => {
    const place = graph.places[i]!
    const configured = configOf(graph, place, ground)
    nodes.set(place.name, withConfig(place.built.node, configured.config))
    return { ...plannedStage(graph, place, inputs[i]!, configured.encoded), ...policiesOf(ground, place) }
  })
  return { stages, nodes, diagnostics: graph.diagnostics }
}

const graphOf = (pipelines: ReadonlyArray<SelectedPipeline>): Graph => {
  const all = pipelines.flatMap((pipeline) =>
    pipeline.nodes.map((built) => ({ pipeline, built, name: `${pipeline.name}.${built.name}` }))
  )
  const places = all.map((place, index): Place => ({ ...place, index, readings: readingsOf(place.built) }))
  const producers = new Map(
    places.flatMap((place) => [...place.built.assets].map(([port, asset]) => [asset.name, { place, port }] as const))
  )
  return {
    places,
    placeOf: new Map(places.map((place) => [place.built.node, place])),
    producers,
    upstream: places.map(() => []),
    diagnostics: []
  }
}

/** One thing that a stage reads: a whole port, or one member of a group. */
interface Reading {
  readonly port: InPort
  readonly ref: Ref | undefined
  readonly asset: string | undefined
  readonly hard: boolean
}
const readingOf = (port: InPort, ref: Ref | undefined): Reading => {
  const inner = innerOf(port)
  const asset =
    ref === undefined
      ? inner?.kind === "asset"
        ? inner.name
        : undefined
      : ref.from.node === undefined
        ? ref.from.asset
        : undefined
  return { port, ref, asset, hard: port.kind !== "optional" || ref?.from.node !== undefined }
}
const readingsOf = (built: BuiltNode): ReadonlyArray<Reading> => {
  const { inputs, stage } = built.node["~node"]
  return Object.entries(inputsOf(stage)).flatMap(([name, port]) =>
    port.kind === "group"
      ? Object.entries(port.members).map(([member, p]) => readingOf(p, inputs[`${name}.${member}`]))
      : [readingOf(port, inputs[name])]
  )
}

const sourceOf = (graph: Graph, { asset, ref }: Reading): { readonly place: Place; readonly port: string } | undefined => {
  if (ref?.from.node !== undefined) {
    const place = graph.placeOf.get(ref.from.node)
    return place === undefined ? undefined : { place, port: ref.from.port }
  }
  return asset === undefined ? undefined : graph.producers.get(asset)
}

const connect = (graph: Graph, place: Place, which: (reading: Reading) => boolean): void => {
  const upstream = graph.upstream[place.index]!
  for (const reading of place.readings) {
    if (!which(reading)) continue
    const source = sourceOf(graph, reading)
    if (source === undefined || upstream.includes(source.place.index)) continue
    if (!reading.hard && earlierAnswer(graph, place, source.place)) continue
    upstream.push(source.place.index)
  }
}
/** A stage that may read what it, or a stage after it, provides gets the version before this run: so an upsert reads what is there. */
const earlierAnswer = (graph: Graph, reader: Place, producer: Place) => reaches(graph.upstream, reader.index, producer.index)

/** The first stages of a pipeline wait for the last ones of each pipeline that it depends on. */
const waitForPipelines = (graph: Graph, pipelines: ReadonlyArray<SelectedPipeline>): void => {
  if (pipelines.every(({ after }) => after.length === 0)) return
  const isRead = new Set(
    graph.places.flatMap((place) => graph.upstream[place.index]!.filter((up) => graph.places[up]!.pipeline === place.pipeline))
  )
  const ends = new Map(
    pipelines.map((pipeline) => [
      pipeline.name,
      graph.places.filter((p) => p.pipeline === pipeline && !isRead.has(p.index)).map((p) => p.index)
    ])
  )
  for (const place of graph.places) {
    const upstream = graph.upstream[place.index]!
    if (place.pipeline.after.length === 0 || upstream.some((up) => graph.places[up]!.pipeline === place.pipeline)) continue
    for (const end of place.pipeline.after.flatMap((name) => ends.get(name) ?? []))
      if (!upstream.includes(end)) upstream.push(end)
  }
}

const plannedInputs = (graph: Graph, place: Place): Readonly<Record<string, PlannedInput>> => {
  const { inputs, stage } = place.built.node["~node"]
  return Object.fromEntries(
    Object.entries(inputsOf(stage)).map(([name, port]) => {
      if (port.kind !== "group") return [name, plannedInput(graph, place, name, readingOf(port, inputs[name]))]
      const members = Object.entries(port.members).map(([member, p]) => [
        member,
        plannedInput(graph, place, `${name}.${member}`, readingOf(p, inputs[`${name}.${member}`]))
      ])
      return [name, { from: "group", group: port.name, members: Object.fromEntries(members) }]
    })
  )
}
const plannedInput = (graph: Graph, place: Place, name: string, reading: Reading): PlannedInput => {
  const accepts = acceptsOf(reading.port)
  const source = sourceOf(graph, reading)
  if (source !== undefined && graph.upstream[place.index]!.includes(source.place.index))
    return { from: "stage", stage: source.place.name, port: source.port, accepts }
  const inner = innerOf(reading.port)
  if (reading.asset === undefined || inner === undefined) {
    const code = place.pipeline.asked?.inCode?.(place.built.name, ["inputs"])
    graph.diagnostics.push({
      level: "error",
      where: place.name,
      ...place.pipeline.asked?.place,
      ...(code === undefined ? {} : { code }),
      message: `nothing is wired into the input "${name}" of ${place.name}`,
      hint: "wire it with use(stage, { inputs }), and return from `stages` every stage that is read from"
    })
  }
  return { from: "asset", asset: reading.asset ?? "", type: inner === undefined ? "" : typeOf(inner).id, accepts }
}
const acceptsOf = (port: InPort): Accepts =>
  port.kind === "optional"
    ? { kind: "optional", inner: acceptsOf(port.port), ...(port.aside === undefined ? {} : { aside: port.aside }) }
    : port.kind === "partial"
      ? { kind: "partial", minCoverage: port.minCoverage }
      : { kind: "complete" }

/** The decoded configuration of the stage, and its encoded form without secrets. */
const configOf = (graph: Graph, { built, name, pipeline }: Place, { catalogue, config: { pipelines } }: Ground) => {
  const { config, enabled, stage } = built.node["~node"]
  const written = built.isStep ? pipelines?.[pipeline.name]?.stages?.[built.name]?.config : undefined
  const made = stageConfig(stage, config, written, catalogue)
  if (made.misfits.length > 0 || enabled)
    graph.diagnostics.push(...configDiagnostics({ name, pipeline: pipeline.name, built, config, made, asked: pipeline.asked }))
  return made
}
const withConfig = (node: AnyNode, config: unknown): AnyNode => {
  node["~node"].config = config
  return node
}

type Policies = Pick<PlannedStage, "minCoverage" | "policy">
const policiesOf = ({ config, inProject }: Ground, { built, pipeline }: Place): Policies => {
  const { policy: used, stage } = built.node["~node"]
  const { flags, force, name } = pipeline
  const of = { stage, name: built.name, pipeline: name, used, flags, force, inProject }
  return { minCoverage: minCoverageOf(config, of), policy: resolvePolicy(config, of) }
}
const plannedStage = (
  graph: Graph,
  place: Place,
  inputs: PlannedStage["inputs"],
  encoded: Json
): Omit<PlannedStage, keyof Policies> => {
  const { built, pipeline } = place
  const { enabled, stage } = built.node["~node"]
  const definition = stage["~definition"]
  return {
    name: place.name,
    pipeline: pipeline.name,
    stage: built.name,
    stageId: stage.id,
    stageVersion: stage.version,
    plugin: built.plugin,
    config: encoded,
    inputs,
    outputs: Object.fromEntries(
      Object.entries(outputsOf(stage)).map(([port, p]): [string, PlannedOutput] => [
        port,
        { kind: typeOf(p).kind, type: typeOf(p).id, asset: built.assets.get(port)?.name }
      ])
    ),
    after: graph.upstream[place.index]!.map((up) => graph.places[up]!.name),
    partitioned: definition.partitions !== undefined,
    concurrency: definition.partitions?.concurrency,
    enabled
  }
}
