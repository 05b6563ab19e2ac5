/** Where the panes of a view stand, by the size of the screen. What is painted, and what Tab goes through, are both read off this. */
import type { Scene } from "../model/Scene.ts"
import type { SizeClass, View } from "../model/Ui.ts"
import { beside, type Size } from "./Painter.ts"
import { chartsPane, graphHeight, graphPane, logsPane, miniGraphPane, type PaneOptions, sidePane, stagesPane } from "./panes.ts"
import type { Look } from "./theme.ts"

type Rows = ReadonlyArray<string>
export type ViewPainter = (scene: Scene, size: Size, options: PaneOptions, look: Look) => Rows
/** A pane by the view that it is a part of, or the facts of the run, which take no keys. */
type PaneName = View | "run"
interface Placed {
  readonly pane: PaneName
  readonly size: Size
}
/** Bands from top to bottom, each of one or two columns, each of panes one below the other. */
type Layout = ReadonlyArray<ReadonlyArray<ReadonlyArray<Placed>>>

/** The class of a width; undefined where there is one pane only. */
export const sizeClassOf = ({ width }: Size): SizeClass | undefined =>
  width >= 160 ? "wide" : width >= 100 ? "middle" : width >= 60 ? "small" : undefined
/** Rows of the lower pane: `usual`, and what the person added or took, with a few rows left for both. */
const lower = (scene: Scene, size: Size, usual: number, above = 6): number => {
  const width = sizeClassOf(size)
  const wanted = usual + (width === undefined ? 0 : scene.ui.split[width])
  return Math.max(3, Math.min(size.height - above, wanted))
}
const hasCharts = ({ world }: Scene): boolean => (world.desk.charts?.length ?? 0) > 0
/** Least rows of the band in the middle; with a chart in it. */
const leastMiddle = { plain: 14, charted: 20 } as const
/** Rows of the table of stages with its frame and its head, and of what stands beside it. */
const tableRows = (scene: Scene): number =>
  Math.max(hasCharts(scene) ? leastMiddle.charted : leastMiddle.plain, scene.stages.length + 3)
const stacked = (width: number, panes: ReadonlyArray<readonly [PaneName, number]>): ReadonlyArray<Placed> =>
  panes.filter(([, height]) => height > 0).map(([pane, height]) => ({ pane, size: { width, height } }))

/** Facts of the run, and below them the first chart where both are readable. */
const sideOf = (scene: Scene, width: number, height: number): ReadonlyArray<Placed> => {
  const chart = hasCharts(scene) && height >= 18 ? Math.max(9, Math.floor(height * 0.45)) : 0
  return stacked(width, [
    ["run", height - chart],
    ["charts", chart]
  ])
}
/** From 160 columns on: graph, stages and log at the left; the run and its first chart at the right. */
const wide = (scene: Scene, size: Size): Layout => {
  const right = Math.min(60, Math.floor(size.width * 0.3))
  const width = size.width - right
  const most = Math.floor(size.height * 0.45)
  const graph = Math.min(graphHeight(scene, { width, height: most }) ?? 0, most)
  const usual = Math.max(8, Math.min(16, size.height - graph - tableRows(scene)))
  const log = lower(scene, size, usual, graph + 4)
  const left = stacked(width, [
    ["graph", graph],
    ["stages", size.height - graph - log],
    ["logs", log]
  ])
  return [[left, sideOf(scene, right, size.height)]]
}
/** From 100 columns on: the graph above, stages beside the run, the log below. */
const middle = (scene: Scene, size: Size): Layout => {
  const side = Math.min(60, Math.floor(size.width * 0.32))
  const most = Math.min(10, Math.floor(size.height * 0.27))
  const graph = size.height < 26 ? 0 : (graphHeight(scene, { width: size.width, height: most }) ?? 0)
  const log = lower(scene, size, Math.max(5, size.height - graph - tableRows(scene)), graph + 6)
  const height = size.height - graph - log
  return [
    ...(graph === 0 ? [] : [[stacked(size.width, [["graph", graph]])]]),
    [stacked(size.width - side, [["stages", height]]), sideOf(scene, side, height)],
    [stacked(size.width, [["logs", log]])]
  ]
}
const overview = (scene: Scene, size: Size): Layout => {
  if (size.width < 60) return [[stacked(size.width, [["stages", size.height]])]]
  if (size.width >= 160 && size.height >= 36) return wide(scene, size)
  if (size.width >= 100 && size.height >= 16) return middle(scene, size)
  const least = Math.max(4, Math.floor(size.height * 0.3))
  const log = lower(scene, size, Math.max(least, size.height - Math.max(leastMiddle.plain, scene.stages.length + 3)))
  return [
    [
      stacked(size.width, [
        ["stages", size.height - log],
        ["logs", log]
      ])
    ]
  ]
}
const stages = (scene: Scene, size: Size): Layout => {
  const isSmall = size.width < 60 || size.height < 20
  const log = isSmall ? 0 : lower(scene, size, Math.max(5, Math.min(12, size.height - (scene.stages.length + 3))))
  return [
    [
      stacked(size.width, [
        ["stages", size.height - log],
        ["logs", log]
      ])
    ]
  ]
}
const layouts: Readonly<Partial<Record<View, (scene: Scene, size: Size) => Layout>>> = { overview, stages }

/** Panes of the view that take keys, the first one under the name of the view; `size` is the room below the header and above the footer. */
export const panesOf = (scene: Scene, size: Size): ReadonlyArray<View> => {
  const { view } = scene.ui
  const placed = layouts[view]?.(scene, size).flat(2) ?? []
  return [view, ...placed.flatMap(({ pane }) => (pane === "stages" || pane === "run" ? [] : [pane]))]
}
/** The size of a pane, where it is on the screen. */
export const paneSize = (scene: Scene, size: Size, pane: View): Size | undefined =>
  layouts[scene.ui.view]?.(scene, size)
    .flat(2)
    .find((placed) => placed.pane === pane)?.size

const painters: Readonly<Record<"run" | "stages" | "logs" | "graph" | "charts", ViewPainter>> = {
  run: sidePane,
  stages: stagesPane,
  logs: logsPane,
  graph: miniGraphPane,
  charts: (scene, size, options, look) => chartsPane({ ...scene, ui: { ...scene.ui, maximised: true } }, size, options, look)
}
const whole: Readonly<Partial<Record<PaneName, ViewPainter>>> = { ...painters, graph: graphPane, charts: chartsPane }

/** A view of several panes; the focused one alone when it is maximised. */
export const severalPanes =
  (view: "overview" | "stages"): ViewPainter =>
  (scene, size, options, look) => {
    const layout = layouts[view]?.(scene, size) ?? []
    const own = layout.flat(2).some(({ pane }) => pane === scene.ui.pane) ? scene.ui.pane : undefined
    const focused = own ?? "stages"
    // The keys that go to a pane go to it as to its view.
    const as = (pane: PaneName): Scene =>
      pane === own
        ? { ...scene, ui: { ...scene.ui, view: own, pane: undefined } }
        : { ...scene, ui: { ...scene.ui, pane: undefined } }
    if (scene.ui.maximised) return (whole[focused] ?? stagesPane)(as(focused), size, options, look)
    const paint = ({ pane, size: room }: Placed): Rows =>
      (painters[pane as keyof typeof painters] ?? stagesPane)(
        as(pane),
        room,
        { ...options, focused: options.focused && pane === focused },
        look
      )
    return layout.flatMap((columns) => {
      const [left = [], right] = columns.map((panes) => panes.flatMap(paint))
      return right === undefined ? left : beside(left, right)
    })
  }
