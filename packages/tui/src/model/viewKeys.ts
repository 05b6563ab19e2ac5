/** Keys of the views: what each does, and what it asks for. Pure. */
import type { Binding, Target } from "./keymap.ts"
import { type Surroundings, type Updated, withList } from "./Surroundings.ts"
import type { Inspected, Ui, Verb } from "./Ui.ts"
import { only, say, toggled } from "./Updated.ts"
import type { ViewAct, ViewsUi } from "./ViewsUi.ts"

const bind = (
  keys: ReadonlyArray<string>,
  act: ViewAct,
  places: Binding["in"],
  help: string,
  foot?: readonly [number, string]
): Binding => ({ keys, intent: { _tag: "View", act }, in: places, help, ...(foot === undefined ? {} : { foot }) })

export const viewBindings: ReadonlyArray<Binding> = [
  {
    keys: ["enter"],
    intent: { _tag: "Open" },
    in: ["charts", "schedule", "health", "config"],
    help: "inspect what is selected",
    foot: [10, "inspect"]
  },
  bind(["p"], "pause", ["all"], "pause the run, or let it go on", [23, "pause"]),
  bind(["p"], "pause", ["schedule"], "pause the selected schedule, or let it go on", [11, "pause"]),
  bind(["t"], "trigger", ["schedule"], "run the selected schedule now", [12, "trigger"]),
  bind(["D"], "dryRun", ["all"], "dry run: what a run would do now, and why"),
  bind(["O"], "report", ["all"], "open the report of the run"),
  bind(["W"], "why", ["overview", "graph", "stages"], "why the selected stage ran, was reused, waits or failed"),
  bind(["v"], "timeline", ["stages", "overview"], "when stages waited, ran and tried again, or how far they are", [
    51,
    "timeline"
  ]),
  bind(["a"], "acknowledge", ["health", "overview"], "acknowledge the selected alert, or the first", [52, "ack"]),
  { ...bind(["space"], "mark", ["history"], "mark a run to compare it; two at most", [11, "mark"]), wins: true },
  bind(["="], "compare", ["history"], "compare the marked runs, or the selected one with the one before", [12, "compare"]),
  bind(["d"], "chartTable", ["charts"], "the chart as a table of its values", [11, "table"]),
  bind(["A"], "chartColumn", ["charts"], "charts of a column of an asset", [13, "column"]),
  bind(["S"], "saveChart", ["charts"], "save the chart as CSV or SVG", [12, "save"]),
  bind(["S-left"], "panLeft", ["graph"], "move the picture"),
  bind(["S-right"], "panRight", ["graph"], "move the picture"),
  bind(["S-up"], "panUp", ["graph"], "move the picture"),
  bind(["S-down"], "panDown", ["graph"], "move the picture")
]

const change = (ui: Ui, part: Partial<ViewsUi>): Ui => ({ ...ui, views: { ...ui.views, ...part } })
const look = (ui: Ui, what: Inspected): Ui => ({ ...ui, over: { _tag: "Inspect", what, top: 0 } })

const mark = (ui: Ui, around: Surroundings): Ui => {
  const run = ui.lists.history.cursor ?? around.rows.history[0]
  if (run === undefined) return say(ui, "there is no run to mark")
  const { marked } = ui.views
  if (marked.includes(run)) return change(ui, { marked: marked.filter((one) => one !== run) })
  // A third mark replaces the older of the two.
  return change(ui, { marked: [...marked.slice(-1), run] })
}
/** The two runs that are compared, the older one first: marked ones, else the selected one and the one that it stands against. */
const compared = (ui: Ui, around: Surroundings): readonly [string, string] | undefined => {
  const runs = around.rows.history
  const selected = ui.lists.history.cursor ?? runs[0]
  const [first, second = selected] = ui.views.marked
  const pair = first === undefined || first === second ? around.comparison : [first, second]
  const [one, other] = pair ?? []
  if (one === undefined || other === undefined) return undefined
  return runs.indexOf(one) > runs.indexOf(other) ? [one, other] : [other, one]
}
const compare = (ui: Ui, around: Surroundings): Updated => {
  const pair = compared(ui, around)
  if (pair === undefined) return only(say(ui, "two runs are needed: space marks them", "warn"))
  const [before, after] = pair
  const told = say(look(ui, { _tag: "Compared", before, after }), `tetra compare ${before} ${after}`)
  return only(told, { _tag: "Compare", before, after })
}
const acknowledge = (ui: Ui, around: Surroundings): Updated => {
  const open = around.alerts.filter((id) => around.keptAlerts.get(id) ?? !ui.views.acknowledged.has(id))
  const { cursor } = ui.lists.health
  const id = ui.view === "health" && cursor !== undefined && around.alerts.includes(cursor) ? cursor : open[0]
  if (id === undefined) return only(say(ui, "no alert waits for anybody", "good"))
  if (around.keptAlerts.get(id) === false) return only(say(ui, "somebody has it in hand already"))
  if (around.keptAlerts.has(id)) return only(say(ui, `tetra alerts ack ${id}`), { _tag: "Acknowledge", id })
  const isDone = ui.views.acknowledged.has(id)
  const changed = change(ui, { acknowledged: toggled(ui.views.acknowledged, id) })
  return only(say(changed, isDone ? "the alert is open again" : "acknowledged, on this screen alone; a again takes it back"))
}
/** A step of the picture, in cells. */
const panStep = { x: 8, y: 3 } as const
const pan = (ui: Ui, x: -1 | 0 | 1, y: -1 | 0 | 1, around: Surroundings): Ui => {
  const from = around.graphPan()
  const to = { x: Math.max(0, from.x + x * panStep.x), y: Math.max(0, from.y + y * panStep.y) }
  return { ...ui, graph: { ...ui.graph, pan: to, isPanned: true } }
}
const chosenStage = (ui: Ui): string | undefined => (ui.stage?.includes(".") === true ? ui.stage : undefined)

/** What `enter` and `i` look into in this view. */
export const inspectedHere = (ui: Ui, around: Surroundings): Inspected => {
  const first = (view: "config" | "health" | "schedule") => ui.lists[view].cursor ?? around.rows[view][0]
  const stage = chosenStage(ui)
  switch (ui.view) {
    case "config": {
      const path = first("config")
      return path === undefined ? { _tag: "Run" } : { _tag: "Setting", path }
    }
    case "health": {
      const id = first("health")
      return id === undefined ? { _tag: "Run" } : { _tag: "Health", id }
    }
    case "schedule": {
      const id = first("schedule")
      return id === undefined ? { _tag: "Run" } : { _tag: "Schedule", id }
    }
    case "charts":
      return { _tag: "Chart", chart: ui.chart }
    default:
      return stage === undefined ? { _tag: "Run" } : { _tag: "Stage", stage }
  }
}
/** The inspector on a stage, whose reasons are looked up; on the run without one. */
export const inspectStage = (ui: Ui, stage: string | undefined): Updated =>
  stage === undefined ? only(look(ui, { _tag: "Run" })) : only(look(ui, { _tag: "Stage", stage }), { _tag: "Why", stage })
/** The inspector on what is selected. */
export const inspect = (ui: Ui, around: Surroundings): Updated => {
  const what = inspectedHere(ui, around)
  return what._tag === "Stage" ? inspectStage(ui, what.stage) : only(look(ui, what))
}

type Ask = (ui: Ui, verb: Verb, of?: Target) => Updated
/** A verb on the selected schedule. */
const askSchedule = (ui: Ui, act: "pause" | "trigger", around: Surroundings, ask: Ask): Updated => {
  const schedule = ui.lists.schedule.cursor ?? around.rows.schedule[0]
  if (schedule === undefined) return only(say(ui, "there is no schedule"))
  // It stays the selected one, wherever its row goes.
  const on = withList(ui, "schedule", { ...ui.lists.schedule, cursor: schedule })
  if (act === "trigger") return ask(on, "trigger", { schedule })
  return ask(on, around.pausedSchedules.has(schedule) ? "resumeSchedule" : "pauseSchedule", { schedule })
}
export const actView = (ui: Ui, act: ViewAct, around: Surroundings, ask: Ask): Updated => {
  switch (act) {
    case "acknowledge":
      return acknowledge(ui, around)
    case "chartColumn":
      return only(
        around.columns("").length === 0
          ? say(ui, "no table with numbers was published yet", "warn")
          : { ...ui, over: { _tag: "Columns", text: "", index: 0 } }
      )
    case "chartTable":
      return only(around.charts === 0 ? say(ui, "there is no chart") : look(ui, { _tag: "Chart", chart: ui.chart }))
    case "saveChart":
      return only(
        around.charts === 0
          ? say(ui, "there is no chart")
          : { ...ui, over: { _tag: "SavePath", chart: ui.chart, text: "chart.csv" } }
      )
    case "compare":
      return compare(ui, around)
    case "mark":
      return only(mark(ui, around))
    case "dryRun":
      return only(say(ui, `${around.line} --dry-run`), { _tag: "DryRun", force: false })
    case "pause":
      return ui.view === "schedule" ? askSchedule(ui, act, around, ask) : ask(ui, around.run.paused ? "resume" : "pause")
    case "trigger":
      return askSchedule(ui, act, around, ask)
    case "report":
      return around.run.id === ""
        ? only(say(ui, "there is no run yet"))
        : only(say(ui, `tetra report ${around.run.id} --open`), { _tag: "Report", run: around.run.id })
    case "timeline":
      return only(change(ui, { timeline: !ui.views.timeline }))
    case "why": {
      const stage = chosenStage(ui)
      return stage === undefined ? only(say(ui, "choose a stage first")) : inspect(ui, around)
    }
    default:
      return only(panned(ui, act, around))
  }
}
/** How much of a run is done again: what it did not complete, one stage and what follows, or everything. What is chosen is asked as usual. */
export const retryChoice = (ui: Ui, around: Surroundings): Updated => {
  const { id } = around.run
  const stage = chosenStage(ui)
  const ask = (stages: ReadonlyArray<string>) => ({ _tag: "Ask", verb: "retry", of: { stages } }) as const
  const here = { key: "h", label: `from here: ${stage ?? ""} and what follows`, ask: ask([stage ?? ""]) }
  return only({
    ...ui,
    over: {
      _tag: "Choose",
      title: `what of run ${id.slice(-6)} shall be done again?`,
      choices: [
        { key: "f", label: "what failed or was not done", ask: ask([]) },
        ...(stage === undefined ? [] : [here]),
        { key: "a", label: "everything", ask: ask(around.roots) },
        { key: "esc", label: "nothing", command: undefined }
      ]
    }
  })
}
const panned = (ui: Ui, act: "panDown" | "panLeft" | "panRight" | "panUp", around: Surroundings): Ui => {
  switch (act) {
    case "panLeft":
      return pan(ui, -1, 0, around)
    case "panRight":
      return pan(ui, 1, 0, around)
    case "panUp":
      return pan(ui, 0, -1, around)
    default:
      return pan(ui, 0, 1, around)
  }
}
