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
  /** Times that passed without a run, oldest first. */
  readonly missed: ReadonlyArray<number>
  readonly last: { readonly at: number; readonly mark: Mark; readonly durationMs: number | undefined } | undefined
}
export interface Pause {
  readonly by: string
  readonly since: number
}
export interface ScheduleView {
  readonly rows: ReadonlyArray<ScheduleRow>
  readonly selected: string | undefined
  readonly now: number
  readonly empty: string
}
/** Schedules in the order of their next time; paused ones and those without a next time come last. */
export const scheduleViewOf = (
  forecasts: ReadonlyArray<ScheduleForecast>,
  options: {
    readonly selected: string | undefined
    readonly now: number
    readonly states?: ReadonlyArray<PipelineStateRow>
    /** By schedule id, or by pipeline. */
    readonly paused?: ReadonlyMap<string, Pause>
    readonly missed?: ReadonlyMap<string, ReadonlyArray<number>>
    readonly empty?: string
  }
): ScheduleView => {
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
      paused: options.paused?.get(id) ?? options.paused?.get(pipeline),
      missed: options.missed?.get(id) ?? [],
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
    empty: options.empty ?? "no schedule is configured: pipeline_dependencies.<pipeline>.schedule adds one"
  }
}
