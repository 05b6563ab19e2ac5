import type { Json, RunId, Status } from "../domain/Names.ts"
import { type PlannedPipeline, type RunPlan, singlesOf } from "../domain/RunPlan.ts"
import { contentHash } from "./contentHash.ts"
import { canonicalJson } from "../domain/canonicalJson.ts"
import { plainName, plannedDate, plannedParameters } from "./plannedParameters.ts"
import { dayOf, type Window, yesterdayOf } from "./windows.ts"

/** An earlier run of the same pipelines with the same parameters, as its record tells. */
export interface EarlierRun {
  readonly run: RunId
  readonly status: Status
  /** Epoch milliseconds. */
  readonly requestedAt: number
  readonly endedAt: number | undefined
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
  /** How many other runs did parts of it. */
  readonly others: number
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

/** The fewest of the runs whose days together are all of the window, the newer of two that do the same; undefined when a day is left. */
const coverOf = (window: Window, runs: ReadonlyArray<EarlierRun>): ReadonlyArray<EarlierRun> | undefined => {
  const cover: Array<EarlierRun> = []
  const last = dayOf(window.end)
  for (let day = dayOf(window.start); day <= last;) {
    let best: { readonly run: EarlierRun; readonly through: number } | undefined
    for (const run of runs) {
      const through = Math.min(dayOf(run.days.end), last)
      if (dayOf(run.days.start) <= day && through >= day && through > (best?.through ?? -Infinity)) best = { run, through }
    }
    if (best === undefined) return undefined
    cover.push(best.run)
    day = best.through + 1
  }
  return cover
}
const outlookOf = (window: Window, earlier: ReadonlyArray<EarlierRun>): WindowOutlook => {
  const near = earlier.filter(({ days }) => days.start <= window.end && window.start <= days.end)
  for (const status of windowStatuses.toSorted((a, b) => rank[a] - rank[b])) {
    // What is better counts as well: a window half of which is done and half of which failed is one that failed.
    const cover = coverOf(
      window,
      near.filter((run) => rank[statusOf(run)] <= rank[status])
    )
    if (cover !== undefined)
      return { window, status, run: cover.find((run) => statusOf(run) === status), others: cover.length - 1 }
  }
  return { window, status: "missing", run: undefined, others: 0 }
}
/** What earlier runs, newest first, have done of each window, each alone or several together. Pure. */
export const outlookOfWindows = (
  windows: ReadonlyArray<Window>,
  earlier: ReadonlyArray<EarlierRun>
): ReadonlyArray<WindowOutlook> => windows.map((window) => outlookOf(window, earlier))

/** Why windows with these plans have to run one after the other, with what to do about it; undefined: they may run side by side. */
export const whyInTurn = (plan: RunPlan, next: RunPlan): string | undefined => {
  for (const { concurrency, name } of plan.pipelines) {
    const stages = plan.stages.filter(({ pipeline }) => pipeline === name)
    const provided = new Set(stages.flatMap(({ outputs }) => Object.values(outputs).flatMap(({ asset }) => asset ?? [])))
    const isLaidOver = stages.some((stage) =>
      singlesOf(stage).some(([, input]) => input.from === "asset" && provided.has(input.asset))
    )
    if (isLaidOver) return `${name} lays each window over what it had before, so its windows run one after the other`
    const other = next.pipelines.find((pipeline) => pipeline.name === name)?.concurrency
    if (concurrency?.key === undefined || concurrency.key === other?.key)
      return `only one run of ${name} at a time is allowed: set pipelines.${name}.concurrency to { policy: allow, key: [start_date, end_date] }`
  }
  return undefined
}
