/** The graph of stages as data: what the graph view shows, and what its layout is made from. Pure. */
import type { GraphModel, PlannedStage } from "@tetra/core/engine"
import type { Mark } from "../../paint/theme.ts"

/** One stage, or one folded pipeline. */
export interface GraphNode {
  readonly id: string
  /** The pipeline that it is drawn under. */
  readonly lane: string
  readonly label: string
  readonly mark: Mark
  /** Beside the label, at most four cells: `61%`, `3/9`. */
  readonly note?: string
  /** Share that is done, 0 to 1; absent when the total is unknown. */
  readonly progress?: number
  /** What remains, as text. */
  readonly eta?: string
  /** Estimated time that remains, for the critical path. */
  readonly remainingMs?: number
  /** Shown when the node is selected: why it waits, failed or was reused. */
  readonly detail?: string
}
export interface GraphLink {
  readonly from: string
  readonly to: string
}
/** Nodes and links between them; links to nodes that are not listed are ignored. */
export interface StageGraph {
  readonly nodes: ReadonlyArray<GraphNode>
  readonly links: ReadonlyArray<GraphLink>
}
/** What a node shows besides its name and place. */
export type NodeState = Omit<GraphNode, "id" | "lane" | "label">
type StateOf = (stage: string) => NodeState | undefined

const waiting: NodeState = { mark: "pending" }
const always: StateOf = () => waiting

type DrawnStage = Pick<PlannedStage, "name" | "pipeline" | "stage" | "after">
/** A plan never changes: its links are worked out once, not at every event. */
const linksOfPlans = new WeakMap<ReadonlyArray<DrawnStage>, ReadonlyArray<GraphLink>>()
const linksOf = (stages: ReadonlyArray<DrawnStage>): ReadonlyArray<GraphLink> => {
  const known = linksOfPlans.get(stages)
  const links = known ?? withoutShortcuts(stages.flatMap(({ after, name }) => after.map((from) => ({ from, to: name }))))
  linksOfPlans.set(stages, links)
  return links
}

/** The stages of a plan; every `after` is a link. Links that a longer way through the plan implies are left out. */
export const graphOfPlan = (stages: ReadonlyArray<DrawnStage>, stateOf: StateOf = always): StageGraph => ({
  nodes: stages.map(({ name, pipeline, stage }) => ({
    id: name,
    lane: pipeline,
    label: stage,
    ...(stateOf(name) ?? waiting)
  })),
  links: linksOf(stages)
})
/** The stages of a project: links inside pipelines, and from the provider of an asset to its readers. */
export const graphOfModel = (model: GraphModel, stateOf: StateOf = always): StageGraph => {
  const inside = model.stages.flatMap(({ name, reads }) => reads.map((from) => ({ from, to: name })))
  const assets = model.assets.flatMap(({ provider, readers }) =>
    provider === undefined ? [] : readers.map(({ stage }) => ({ from: provider, to: stage }))
  )
  return {
    nodes: model.stages.map(({ name, pipeline, stage }) => ({
      id: name,
      lane: pipeline,
      label: stage,
      ...(stateOf(name) ?? waiting)
    })),
    links: withoutShortcuts([...inside, ...assets].filter(({ from, to }) => from !== to))
  }
}

/** Beyond this many links the graph is shown as it is: looking for ways around costs the square. */
const mostForShortcuts = 400
/** `a -> c` says nothing beside `a -> b -> c`. */
const withoutShortcuts = (links: ReadonlyArray<GraphLink>): ReadonlyArray<GraphLink> => {
  if (links.length > mostForShortcuts) return links
  const next = new Map<string, Array<string>>()
  for (const { from, to } of links) next.set(from, [...(next.get(from) ?? []), to])
  const reachesAround = ({ from, to }: GraphLink): boolean => {
    const seen = new Set<string>()
    const open = (next.get(from) ?? []).filter((id) => id !== to)
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === to) return true
      if (seen.has(id)) continue
      seen.add(id)
      open.push(...(next.get(id) ?? []))
    }
    return false
  }
  return links.filter((link) => !reachesAround(link))
}

/** What the graph view shows. */
export interface GraphView {
  readonly graph: StageGraph
  /** Identifier of the node under the cursor. */
  readonly focus: string | undefined
  /** `undefined`: the largest that fits. */
  readonly zoom: 1 | 2 | 3 | undefined
  /** Pipelines that are one node each. */
  readonly folded: ReadonlySet<string>
  /** Only what the focused node needs and what needs it; the rest are dots. */
  readonly related: boolean
  readonly critical: boolean
  /** Text that nodes are searched for; empty for none. */
  readonly search: string
  /** Cells that the picture is moved by; kept such that the focus is visible. */
  /** The picture stays where it was moved to, even when the focus is outside. */
  readonly isPanned?: boolean
  readonly pan: { readonly x: number; readonly y: number }
  /** The picture, one row per node, or what the width suggests. */
  readonly form?: "picture" | "tree"
  readonly spinner?: string
  /** Shown when there are no nodes. */
  readonly empty: string
}
