/** What the views of the dashboard ask for beside the run: comparisons, reasons, a dry run, files. */
import { join } from "node:path"
import type { ChartPane, Desk, Fact, ViewCommand } from "@tetra/tui"
import { diagnosticText, type Project, type RunRequest } from "@tetra/core/engine"
import { openFile } from "../commands/report.ts"
import { reportFiles } from "../project/reportFiles.ts"
import { Refusal } from "../failure.ts"
import { oneLine } from "../output/plain/text.ts"
import { saveChart } from "./saveChart.ts"
import type { Source } from "./source.ts"

/** The dashboard, as an errand sees it. */
export interface Desktop {
  readonly project: Project
  readonly source: Source
  readonly request: RunRequest
  readonly line: string
  readonly desk: Desk
  /** The run that is shown. */
  readonly run: string
  readonly setDesk: (change: Partial<Desk>) => void
  readonly show: (title: string, facts: ReadonlyArray<Fact>) => void
  readonly say: (text: string, tone: "plain" | "good" | "bad" | "warn") => void
  /** Puts charts before those of the run. */
  readonly showCharts: (charts: ReadonlyArray<ChartPane>, what: string) => void
}
export type Errand = Exclude<ViewCommand, { readonly _tag: "Pause" | "Resume" }>

const save = ({ desk, say }: Desktop, chart: number, path: string): void => {
  const pane: ChartPane | undefined = desk.charts?.[chart]
  if (pane === undefined) return say("there is no chart", "warn")
  return say(`saved ${saveChart(pane, path)}`, "good")
}
const openReport = async ({ project, say }: Desktop, run: string): Promise<void> => {
  const [first] = reportFiles(join(project.home, "reports", run))
  if (first === undefined) return say(`run ${run} wrote no report: tetra history finds the run that did`, "warn")
  if (await openFile(first)) return say(`opened ${first}`, "good")
  return say(`no browser could be opened here: the report is ${first}`, "warn")
}
const perform = async (command: Errand, on: Desktop): Promise<void> => {
  switch (command._tag) {
    case "Compare":
      return on.setDesk(await on.source.compare(on.desk.runs ?? [], command.before, command.after))
    case "DryRun": {
      const request = command.force ? { ...on.request, force: true } : on.request
      return on.show("Dry run", await on.source.dryRun(request, on.line))
    }
    case "Why": {
      const { run } = on
      return on.setDesk({ why: { run, stage: command.stage, facts: await on.source.why(run, command.stage) } })
    }
    case "ChartColumn":
      return on.showCharts(await on.source.column(command.asset, command.column), `${command.asset}.${command.column}`)
    case "Schedule": {
      on.say(await on.source.schedule(command.action, command.id), "good")
      return on.setDesk(await on.source.view("schedule"))
    }
    case "Acknowledge": {
      on.say(await on.source.acknowledge(command.id), "good")
      return on.setDesk(await on.source.view("health"))
    }
    case "SaveChart":
      return save(on, command.chart, command.path)
    case "Report":
      return await openReport(on, command.run)
  }
}
const messageOf = (error: unknown): string => {
  const [hint, problems] = error instanceof Refusal ? [error.hint, error.problems] : [undefined, []]
  const what = error instanceof Error ? error.message : String(error)
  return oneLine([what, hint ?? "", ...problems.map(diagnosticText)].filter((part) => part !== "").join(": "))
}
/** What goes wrong is told on the dashboard. */
export const runErrand = async (command: Errand, on: Desktop): Promise<void> => {
  try {
    await perform(command, on)
  } catch (error) {
    on.say(messageOf(error), "bad")
  }
}
