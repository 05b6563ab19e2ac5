import type { Json, RunId, Status } from "../domain/Names.ts"
import type { PlannedPipeline } from "../domain/RunPlan.ts"
import { contentHash } from "./contentHash.ts"
import { canonicalJson } from "./fingerprint.ts"
import { plainName, plannedDate, plannedParameters } from "./parameters.ts"
import { type Window, yesterdayOf } from "./windows.ts"

/** An earlier run of the same pipelines with the same parameters, as its record tells. */
export interface EarlierRun {
  readonly run: RunId
  readonly status: Status
  /** Epoch milliseconds. */
  readonly requestedAt: number
  readonly endedAt: number | undefined
  /** Rows of the assets of its pipelines. */
  readonly records: number
  /** Its process is gone, and it had not ended. */
  readonly interrupted: boolean
  /** What it covered. */
  readonly days: Window
}
/** `partial`: done, and something was left out. `failed`: tried, and not done. */
export const windowStatuses = ["done", "partial", "failed", "running", "missing"] as const
export type WindowStatus = (typeof windowStatuses)[number]
export interface WindowOutlook {
  readonly window: Window
  readonly status: WindowStatus
  /** The run that says so. */
  readonly run: EarlierRun | undefined
}

const dateNames = new Set(["start_date", "end_date", "days"])
/** What a pipeline does, whatever the days. */
const identityOf = (pipeline: PlannedPipeline): Json => [
  pipeline.name,
  pipeline.plugin,
  Object.fromEntries(plannedParameters(pipeline).filter(([name]) => !dateNames.has(plainName(name))))
]
/** The same backfill has the same id, whatever its range: 8 hex digits over the pipelines and their parameters but for the dates. */
export const backfillId = (pipelines: ReadonlyArray<PlannedPipeline>): string => contentHash(pipelines.map(identityOf), 8)

/** The days for which a run did what the wanted pipelines are to do: with the same parameters but for the dates. Undefined: it did something else. */
export const daysOf = (
  ran: ReadonlyArray<PlannedPipeline>,
  requestedAt: number,
  wanted: ReadonlyArray<PlannedPipeline>
): Window | undefined => {
  let [start, end] = ["", "9999-12-31"]
  for (const pipeline of wanted) {
    const same = ran.find(({ name }) => name === pipeline.name)
    const from = same === undefined ? undefined : plannedDate(same, "start_date")
    if (same === undefined || from === undefined) return undefined
    if (canonicalJson(identityOf(same)) !== canonicalJson(identityOf(pipeline))) return undefined
    // Without an end it went up to the day before it was asked for: that day itself was not over.
    const to = plannedDate(same, "end_date") ?? yesterdayOf(requestedAt)
    if (from > start) start = from
    if (to < end) end = to
  }
  return { start, end }
}
const statusOf = ({ interrupted, status }: EarlierRun): WindowStatus => {
  if (status === "completed") return "done"
  if (status === "partial") return "partial"
  return !interrupted && (status === "running" || status === "pending") ? "running" : "failed"
}
/** The best answer counts: a window that was done is not undone by a later attempt that failed. */
const rank: Readonly<Record<WindowStatus, number>> = { done: 0, running: 1, partial: 2, failed: 3, missing: 4 }

/** What earlier runs, newest first, have done of each window. Pure. */
export const outlookOfWindows = (
  windows: ReadonlyArray<Window>,
  earlier: ReadonlyArray<EarlierRun>
): ReadonlyArray<WindowOutlook> =>
  windows.map((window) =>
    earlier
      .filter(({ days }) => days.start <= window.start && window.end <= days.end)
      .map((run): WindowOutlook => ({ window, status: statusOf(run), run }))
      .reduce<WindowOutlook>((best, one) => (rank[one.status] < rank[best.status] ? one : best), {
        window,
        status: "missing",
        run: undefined
      })
  )
