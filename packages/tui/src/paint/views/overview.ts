import { ago, count, duration, many } from "../../model/amounts.ts"
import { stagesOf } from "../../model/RunModel.ts"
import { headOf, openAlerts, type Scene } from "../../model/Scene.ts"
import { percent } from "../bar.ts"
import { fillRows, paintRow, type Row, type Size, span } from "../Painter.ts"
import { until } from "../../model/views/times.ts"
import { scheduleView } from "../viewModels.ts"
import { fit, safeLine, widthOf, wrap } from "../text.ts"
import { glyphOf, type Look, toneOf } from "../theme.ts"

/** The run in a few facts, then what is wrong, then what it left behind. */
export const overviewFacts = (scene: Scene, width: number): ReadonlyArray<Row> => {
  const { run } = scene.world
  const head = headOf(scene)
  const stages = [...run.stages.values()]
  const reused = stages.filter((s) => s.reused).length
  const rows = [...run.pipelines.values()].reduce((sum, p) => sum + p.records, 0)
  const fact = (name: string, value: string): ReadonlyArray<Row> =>
    value === "" ? [] : [[span(fit(name, 10), "faint"), span(safeLine(value))]]
  return [
    ...fact("run", run.run),
    ...fact("mode", head.mode),
    ...fact("started", run.startedAt === undefined ? "" : ago(run.startedAt, scene.now)),
    ...fact("took", run.durationMs === undefined ? "" : duration(run.durationMs)),
    ...fact("stages", stages.length === 0 ? "" : `${many(stages.length, "stage")}, ${count(reused)} reused`),
    ...fact("rows", rows > 0 ? count(rows) : ""),
    ...fact("assets", run.published > 0 ? many(run.published, "new version") : ""),
    ...fact("files", run.reports.length > 0 ? many(run.reports.length, "report file") : ""),
    ...(run.reason === undefined ? [] : wrap(safeLine(run.reason), width).map((text): Row => [span(text, toneOf(head.mark))]))
  ]
}
const alertRows = (scene: Scene, width: number, look: Look): ReadonlyArray<Row> =>
  openAlerts(scene).flatMap(({ mark, text }) =>
    wrap(safeLine(text), width - 2).map((piece, i): Row => [
      span(i === 0 ? `${glyphOf(look, mark)} ` : "  ", toneOf(mark)),
      span(piece)
    ])
  )
const pipelineRows = (scene: Scene, look: Look): ReadonlyArray<Row> =>
  [...scene.world.run.pipelines.values()].map((pipeline): Row => {
    const stages = stagesOf(scene.world.run, pipeline.name)
    const ended = stages.filter((s) => s.durationMs !== undefined).length
    const share = stages.length === 0 ? undefined : ended / stages.length
    return [
      span(`${glyphOf(look, pipeline.status)} `, toneOf(pipeline.status)),
      span(fit(safeLine(pipeline.name), 22, look.glyphs.ellipsis)),
      span(` ${percent(share)}`, "faint")
    ]
  })

const titled = (title: string, rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.length === 0 ? [] : [[span(title, "title")], ...rows]
/** Schedules that are told, the soonest first. */
const mostTold = 3
const nextRows = (scene: Scene, width: number, look: Look): ReadonlyArray<Row> =>
  scheduleView(scene)
    .rows.slice(0, mostTold)
    .flatMap(({ next: [at], paused, pipeline }): ReadonlyArray<Row> => {
      const when = paused !== undefined ? `paused by ${paused.by}` : at === undefined ? "" : until(at, scene.now)
      if (when === "") return []
      const name = fit(safeLine(pipeline), Math.max(4, width - widthOf(when) - 3), look.glyphs.ellipsis)
      return [
        [span(`${glyphOf(look, paused === undefined ? "queued" : "paused")} `, "faint"), span(`${name} `), span(when, "faint")]
      ]
    })

/** The side pane of the overview: facts, alerts, what runs next, and the pipelines where there is room left. */
export const paintOverviewSide = (scene: Scene, size: Size, look: Look): ReadonlyArray<string> => {
  const alerts = alertRows(scene, size.width, look)
  const blocks: ReadonlyArray<ReadonlyArray<Row>> = [
    overviewFacts(scene, size.width),
    alerts.length === 0 ? [] : [[span(`Alerts ${openAlerts(scene).length}`, "title")], ...alerts.slice(0, 8)],
    titled("Next", nextRows(scene, size.width, look)),
    titled("Pipelines", pipelineRows(scene, look))
  ]
  const rows = blocks.filter((block) => block.length > 0).flatMap((block, i) => (i === 0 ? block : [[], ...block]))
  return fillRows(
    rows.map((row) => paintRow(row, size.width, look)),
    size
  )
}
