/** When pipelines run next, and what stands in the way. Pure. */
import type { PipelineStateRow, ScheduleForecast } from "@tetra/core/engine"
import type { Mark } from "../../paint/theme.ts"

export interface ScheduleRow {
  readonly id: string
  readonly pipeline: string
  readonly cron: string
  /** IANA name; the times of this row are shown in it. */
  readonly zone: string
  readonly frequency: string
  /** Epoch milliseconds, ascending. */
  readonly next: ReadonlyArray<number>
  readonly problems: ReadonlyArray<string>
  readonly paused: Pause | undefined
  /** Times that passed without a run, newest first. */
  readonly leftOut: ReadonlyArray<LeftOut>
  readonly last: { readonly at: number; readonly mark: Mark; readonly durationMs: number | undefined } | undefined
}
export interface Pause {
  readonly by: string
  readonly since: number
  readonly reason?: string
}
/** A time of a schedule at which nothing ran, and why: `missed`, `paused`, `holiday`, `overlap_skipped`, ... */
export interface LeftOut {
  readonly at: number
  readonly outcome: string
  readonly reason: string
}
/** What schedules left behind, by their id. */
export interface ScheduleRecords {
  readonly paused: ReadonlyArray<Pause & { readonly schedule: string }>
  /** Newest first. */
  readonly leftOut: ReadonlyArray<LeftOut & { readonly schedule: string }>
  /** Why nothing is decided now: the clock of this machine jumped. */
  readonly held: string | undefined
}
export const noRecords: ScheduleRecords = { paused: [], leftOut: [], held: undefined }
export interface ScheduleView {
  readonly rows: ReadonlyArray<ScheduleRow>
  readonly selected: string | undefined
  readonly now: number
  /** Why no schedule fires now. */
  readonly held: string | undefined
  readonly empty: string
}
/** Times that were missed, among what was left out. */
export const missedOf = ({ leftOut }: ScheduleRow): ReadonlyArray<LeftOut> =>
  leftOut.filter(({ outcome }) => outcome === "missed")
/** Schedules in the order of their next time; paused ones and those without a next time come last. */
export const scheduleViewOf = (
  forecasts: ReadonlyArray<ScheduleForecast>,
  options: {
    readonly selected: string | undefined
    readonly now: number
    readonly states?: ReadonlyArray<PipelineStateRow>
    readonly records?: ScheduleRecords
    readonly empty?: string
  }
): ScheduleView => {
  const { held, leftOut, paused } = options.records ?? noRecords
  const states = new Map((options.states ?? []).map((state) => [state.pipeline, state]))
  const rows = forecasts.map(({ cron, frequency, id, next, pipeline, problems, zone }): ScheduleRow => {
    const state = states.get(pipeline)
    return {
      id,
      pipeline,
      cron,
      zone,
      frequency: frequency ?? "",
      next,
      problems,
      paused: paused.find(({ schedule }) => schedule === id),
      leftOut: leftOut.filter(({ schedule }) => schedule === id),
      last:
        state?.lastRunAt === undefined
          ? undefined
          : { at: state.lastRunAt, mark: state.lastStatus ?? "pending", durationMs: state.lastDurationMs }
    }
  })
  const order = (row: ScheduleRow) => (row.paused === undefined ? (row.next[0] ?? Infinity) : Infinity)
  return {
    rows: rows.toSorted((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b))),
    selected: options.selected,
    now: options.now,
    held,
    empty: options.empty ?? "no schedule is configured: pipeline_dependencies.<pipeline>.schedule adds one"
  }
}
