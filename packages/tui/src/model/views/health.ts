/** Whether pipelines and system are well, and which alerts wait for somebody. Pure. */
import type { PipelineRunRow, PipelineStateRow } from "@tetra/core/engine"
import type { Mark } from "../../paint/theme.ts"

export interface HealthCheck {
  readonly name: string
  readonly level: "ok" | "warn" | "bad"
  readonly text: string
}
export interface PipelineHealth {
  readonly pipeline: string
  readonly level: HealthCheck["level"]
  readonly mark: Mark
  readonly lastRunAt: number | undefined
  /** Of the data: when the pipeline last succeeded. */
  readonly lastSuccessAt: number | undefined
  readonly averageMs: number | undefined
  /** Failed share of the recent runs, 0 to 1. */
  readonly errorRate: number | undefined
  /** Oldest first. */
  readonly recent: ReadonlyArray<Mark>
  /** The version that ran last in its shadow, and how that ended; absent when none did lately. */
  readonly shadow?: { readonly version: string; readonly mark: Mark }
}
export interface Alert {
  readonly id: string
  readonly rule: string
  readonly severity: "low" | "medium" | "high" | "critical"
  readonly text: string
  /** Epoch milliseconds of its beginning. */
  readonly since: number
  readonly state: "firing" | "acknowledged" | "silenced" | "resolved"
  /** Who acknowledged or silenced it. */
  readonly by?: string
}
export interface HealthView {
  readonly pipelines: ReadonlyArray<PipelineHealth>
  readonly system: ReadonlyArray<HealthCheck>
  readonly alerts: ReadonlyArray<Alert>
  /** Id of an alert, name of a pipeline or of a check. */
  readonly selected: string | undefined
  readonly now: number
  readonly empty: string
}

/** How many runs of a pipeline are looked at. */
const recentRuns = 20

const pipelineOf = (state: PipelineStateRow, runs: ReadonlyArray<PipelineRunRow>): PipelineHealth => {
  const own = runs.filter(({ pipeline }) => pipeline === state.pipeline).slice(0, recentRuns)
  const ended = own.filter(({ endedAt }) => endedAt !== undefined)
  const failed = ended.filter(({ status }) => status === "failed").length
  const took = ended.map(({ endedAt, startedAt }) => endedAt! - startedAt)
  const behind = runs.find(({ pipeline }) => pipeline.startsWith(`${state.pipeline}@`))
  const mark: Mark = state.current === "running" ? "running" : (state.lastStatus ?? "pending")
  return {
    pipeline: state.pipeline,
    level: state.lastStatus === "failed" ? "bad" : state.lastStatus === "partial" || failed > 0 ? "warn" : "ok",
    mark,
    lastRunAt: state.lastRunAt,
    lastSuccessAt: state.lastSuccessAt,
    averageMs: took.length === 0 ? state.lastDurationMs : took.reduce((sum, ms) => sum + ms, 0) / took.length,
    errorRate: ended.length === 0 ? undefined : failed / ended.length,
    recent: own.toReversed().map(({ status }) => status),
    ...(behind === undefined
      ? {}
      : { shadow: { version: behind.pipeline.slice(state.pipeline.length + 1), mark: behind.status } })
  }
}
const stateOrder: ReadonlyArray<Alert["state"]> = ["firing", "acknowledged", "silenced", "resolved"]
const severityOrder: ReadonlyArray<Alert["severity"]> = ["critical", "high", "medium", "low"]

/** Alerts by state, then severity, then the newest first. `runs` newest first. */
export const healthOf = (
  states: ReadonlyArray<PipelineStateRow>,
  options: {
    readonly runs?: ReadonlyArray<PipelineRunRow>
    readonly system?: ReadonlyArray<HealthCheck>
    readonly alerts?: ReadonlyArray<Alert>
    readonly selected: string | undefined
    readonly now: number
    readonly empty?: string
  }
): HealthView => ({
  pipelines: states.map((state) => pipelineOf(state, options.runs ?? [])),
  system: options.system ?? [],
  alerts: (options.alerts ?? []).toSorted(
    (a, b) =>
      stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state) ||
      severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity) ||
      b.since - a.since
  ),
  selected: options.selected,
  now: options.now,
  empty: options.empty ?? "nothing is known yet: run something first"
})

/** What can be selected, in the order of the screen. */
export const healthIds = ({ alerts, pipelines, system }: HealthView): ReadonlyArray<string> => [
  ...alerts.map(({ id }) => id),
  ...pipelines.map(({ pipeline }) => pipeline),
  ...system.map(({ name }) => name)
]
