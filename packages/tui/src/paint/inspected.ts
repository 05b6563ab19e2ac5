/** What the inspector shows of anything that can be selected. Pure. */
import { dateTime, duration } from "../model/amounts.ts"
import { type Fact, jsonFacts, runFacts, stageFacts } from "../model/inspect.ts"
import { alertsOf, type Scene } from "../model/Scene.ts"
import type { Inspected } from "../model/Ui.ts"
import { chartFacts } from "../model/views/chartData.ts"
import { comparisonFacts } from "../model/views/comparison.ts"
import { timeIn, until } from "../model/views/times.ts"
import { healthView, scheduleView } from "./viewModels.ts"
import { pauseText } from "./views/schedule.ts"

type Facts = ReadonlyArray<Fact>
const heading = (text: string): Fact => ({ _tag: "Heading", text })
const fact = (name: string, value: string, tone?: "bad" | "warn" | "good"): Fact => ({
  _tag: "Fact",
  name,
  value,
  ...(tone === undefined ? {} : { tone })
})

const comparison = (scene: Scene, before: string, after: string): Facts => {
  const { compared, runs } = scene.world.desk
  const find = (id: string) => runs?.find(({ row }) => row.id === id)
  const known = compared?.before === before && compared.after === after ? compared : undefined
  return comparisonFacts(find(before), find(after), known)
}
const setting = ({ world }: Scene, path: string): Facts => {
  const found = world.desk.config?.find((one) => one.path === path)
  if (found === undefined) return [heading("this setting is no longer there")]
  const [, pipeline = "", name = ""] = /^pipelines\.([^.]+)\.config\.(.+)$/u.exec(path) ?? []
  const planned = world.run.plan?.pipelines.find((one) => one.name === pipeline)
  const inRun =
    planned === undefined ? undefined : jsonFacts(planned.params).find((one) => one._tag === "Fact" && one.name === name)
  const value = inRun?._tag === "Fact" ? inRun.value : undefined
  return [
    heading(path),
    fact("value", found.value),
    ...(found.before === undefined ? [] : [fact("before", found.before === "" ? "not there" : found.before, "warn")]),
    fact("from", found.origin),
    ...(value === undefined
      ? []
      : [
          heading("In the run that is shown"),
          fact("value", value, value === found.value ? undefined : "warn"),
          ...(value === found.value ? [] : [fact("from", `a parameter of that run, or its mode ${world.run.mode ?? ""}`)])
        ])
  ]
}
const health = (scene: Scene, id: string): Facts => {
  const alert = alertsOf(scene).find((one) => one.id === id)
  if (alert !== undefined)
    return [
      heading(alert.rule),
      fact("severity", alert.severity, alert.severity === "high" || alert.severity === "critical" ? "bad" : "warn"),
      fact("state", alert.by === undefined ? alert.state : `${alert.state} by ${alert.by}`),
      fact("since", dateTime(alert.since)),
      fact("says", alert.text),
      fact("next", "a acknowledges it; `tetra why` tells the recorded reasons")
    ]
  const view = healthView(scene)
  const check = view.system.find(({ name }) => name === id)
  if (check !== undefined)
    return [heading(check.name), fact("state", check.level, check.level === "ok" ? "good" : "warn"), fact("found", check.text)]
  const one = view.pipelines.find(({ pipeline }) => pipeline === id)
  if (one === undefined) return [heading("this is no longer there")]
  const own = (scene.world.desk.health?.runs ?? []).filter(({ pipeline }) => pipeline === id)
  return [
    heading(id),
    fact("state", one.mark, one.level === "bad" ? "bad" : undefined),
    fact("last run", one.lastRunAt === undefined ? "never" : dateTime(one.lastRunAt)),
    fact("last success", one.lastSuccessAt === undefined ? "never" : dateTime(one.lastSuccessAt)),
    ...(one.averageMs === undefined ? [] : [fact("takes", `${duration(one.averageMs)} on average`)]),
    ...(one.errorRate === undefined ? [] : [fact("failed", `${Math.ceil(100 * one.errorRate)} % of the recent runs`)]),
    heading("Recent runs"),
    ...own
      .slice(0, 30)
      .map((row) =>
        fact(dateTime(row.startedAt), `${row.status}, run ${row.run}${row.reason === undefined ? "" : `: ${row.reason}`}`)
      )
  ]
}
const schedule = (scene: Scene, id: string): Facts => {
  const row = scheduleView(scene).rows.find((one) => one.id === id)
  if (row === undefined) return [heading("this schedule is no longer there")]
  return [
    heading(row.id),
    fact("cron", row.cron),
    fact("zone", row.zone),
    ...(row.frequency === "" ? [] : [fact("frequency", row.frequency)]),
    ...(row.paused === undefined ? [] : [fact("paused", pauseText(row.paused, scene.now), "warn")]),
    ...(row.last === undefined ? [] : [fact("last run", `${timeIn(row.last.at, row.zone)}, ${row.last.mark}`)]),
    heading("Next times"),
    ...row.next.map((at) => fact(until(at, scene.now), timeIn(at, row.zone))),
    ...(row.leftOut.length === 0 ? [] : [heading("Left out")]),
    ...row.leftOut.map((one) =>
      fact(
        timeIn(one.at, row.zone),
        `${one.outcome.replaceAll("_", " ")}: ${one.reason}`,
        one.outcome === "missed" ? "warn" : undefined
      )
    ),
    ...(row.problems.length === 0 ? [] : [heading("Worth a look")]),
    ...row.problems.map((problem) => fact("", problem, "warn"))
  ]
}
const stage = (scene: Scene, name: string): Facts => {
  const { desk, events, run } = scene.world
  const why = desk.why?.run === run.run && desk.why.stage === name ? desk.why.facts : []
  const facts = stageFacts(run, events, name)
  // What is asked for most stands right below the state.
  const second = facts.findIndex(({ _tag }, i) => i > 0 && _tag === "Heading")
  return second === -1 ? [...facts, ...why] : [...facts.slice(0, second), ...why, ...facts.slice(second)]
}

export const inspectedFacts = (scene: Scene, what: Inspected): Facts => {
  const { world } = scene
  switch (what._tag) {
    case "Stage":
      return stage(scene, what.stage)
    case "Run":
      return runFacts(world.run)
    case "Line":
      return jsonFacts(scene.log.at(what.place) ?? "this line is no longer in memory")
    case "Compared":
      return comparison(scene, what.before, what.after)
    case "Setting":
      return setting(scene, what.path)
    case "Health":
      return health(scene, what.id)
    case "Schedule":
      return schedule(scene, what.id)
    case "Chart": {
      const pane = world.desk.charts?.[what.chart]
      return pane === undefined ? [heading("this chart is no longer there")] : chartFacts(pane)
    }
    default:
      return what.facts
  }
}
export const inspectedTitle = (what: Inspected): string => {
  switch (what._tag) {
    case "Stage":
      return what.stage
    case "Line":
      return `Line ${what.place}`
    case "Compared":
      return `${what.before.slice(-6)} and ${what.after.slice(-6)}`
    case "Setting":
      return "Setting"
    case "Health":
      return "Health"
    case "Schedule":
      return "Schedule"
    case "Told":
      return what.title
    default:
      return what._tag
  }
}
