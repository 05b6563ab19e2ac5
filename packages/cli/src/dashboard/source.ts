/** Where the dashboard looks up what stands beside the run: in the store of this project, or over a link in that of a server. */
import type { Project, RunRequest } from "@tetra/core/engine"
import type { ChartPane, Desk, Fact, RunDetail, View } from "@tetra/tui"
import { columnCharts } from "./columns.ts"
import { chartsOf } from "./charts.ts"
import { compareOn } from "./compare.ts"
import { deskFor } from "./desk.ts"
import { specsOf } from "@tetra/daemon/schedule"
import { askSchedule, refuseUnheard, type ScheduleAction, schedulesOf } from "../schedules/askSchedule.ts"
import { dryRunFacts, whyFacts } from "./reasons.ts"

/** Every answer may fail with a `Refusal` that says what to do. */
export interface Source {
  /** What a view needs beside the run. */
  readonly view: (view: View) => Promise<Partial<Desk>>
  /** Charts of what a run left behind; `before`: the run that it is compared with. */
  readonly charts: (run: string, before: string | undefined) => Promise<ReadonlyArray<ChartPane>>
  /** Charts of a column of the newest version of an asset. */
  readonly column: (asset: string, column: string) => Promise<ReadonlyArray<ChartPane>>
  readonly compare: (runs: ReadonlyArray<RunDetail>, before: string, after: string) => Promise<Partial<Desk>>
  readonly why: (run: string, stage: string) => Promise<ReadonlyArray<Fact>>
  /** Asks something of a schedule; answers what became of it. */
  readonly schedule: (action: ScheduleAction, id: string) => Promise<string>
  /** Takes an alert in hand; answers what became of it. */
  readonly acknowledge: (id: string) => Promise<string>
  readonly dryRun: (request: RunRequest, line: string) => Promise<ReadonlyArray<Fact>>
}
/** Looks into the store of the project as it is in force at that moment. */
export const localSource = (project: () => Project): Source => ({
  view: (view) => deskFor(view, project()),
  charts: (run, before) => Promise.resolve(chartsOf(project().home, run, before)),
  column: (asset, column) => columnCharts(project(), asset, column),
  compare: (runs, before, after) => compareOn(project(), runs, before, after),
  why: (run, stage) => whyFacts(project(), run, stage),
  schedule: async (action, id) => {
    await refuseUnheard(project(), action, schedulesOf(specsOf(project()), id, action))
    return await askSchedule(project(), action, id)
  },
  acknowledge: async (id) => {
    const { acknowledgeHere } = await import("../alerts/acknowledgeHere.ts")
    return await acknowledgeHere(project(), id)
  },
  dryRun: (request, line) => dryRunFacts(project(), request, line)
})
