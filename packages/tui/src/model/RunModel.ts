/** What people see of a run, and what can be read from it. `advance.ts` folds it from the events; all times are theirs, in epoch milliseconds. */
import type { Admission, RunPlan, Status } from "@tetra/core/engine"
import type { StageModel } from "./StageModel.ts"
export { isEnded, type LiveUnit, rateAt, type RetryModel, shareDone, type StageModel, workDone } from "./StageModel.ts"

export interface PipelineModel {
  readonly name: string
  readonly status: Status
  readonly startedAt: number | undefined
  readonly durationMs: number | undefined
  readonly records: number
  readonly reason: string | undefined
  /** Versions that it published: new ones, and such as were the newest already. */
  readonly published: { readonly fresh: number; readonly unchanged: number }
}
export interface Warning {
  readonly message: string
  readonly hint: string
  readonly stage: string | undefined
}
export interface ReportFile {
  readonly stage: string
  readonly name: string
  readonly media: string
}
export interface StandInModel {
  readonly asset: string
  readonly ageHours: number
  readonly reason: string
}
/** Who is to be told of a pipeline that ended badly. */
export interface AlertModel {
  readonly pipeline: string
  readonly severity: string
  readonly channels: ReadonlyArray<string>
  readonly escalation: string | undefined
}
export interface RunModel {
  readonly run: string
  readonly mode: string | undefined
  readonly status: Status
  readonly reason: string | undefined
  readonly plan: RunPlan | undefined
  readonly force: boolean
  /** What it rests on outside of its plan; undefined until that is told. */
  readonly admission: (Admission & { readonly forced: boolean }) | undefined
  readonly startedAt: number | undefined
  /** Time of the newest event. */
  readonly at: number
  readonly durationMs: number | undefined
  readonly pipelines: ReadonlyMap<string, PipelineModel>
  readonly stages: ReadonlyMap<string, StageModel>
  readonly warnings: ReadonlyArray<Warning>
  /** Warnings beyond the first hundred, which are only counted. */
  readonly moreWarnings: number
  readonly reports: ReadonlyArray<ReportFile>
  /** What stood in for something fresh, told when the run ends. */
  readonly degraded: ReadonlyArray<StandInModel>
  readonly alerts: ReadonlyArray<AlertModel>
  readonly published: number
  readonly cancelling: string | undefined
  /** By whom and why no further attempt starts. */
  readonly paused: string | undefined
  /** What the run waits for before it starts. */
  readonly queued: string | undefined
  readonly logs: { readonly warn: number; readonly error: number }
}

/** Most warnings and report files that a model keeps, so that a flood costs no memory. */
export const mostKept = 100
export const emptyModel: RunModel = {
  run: "",
  mode: undefined,
  status: "pending",
  reason: undefined,
  plan: undefined,
  force: false,
  admission: undefined,
  startedAt: undefined,
  at: 0,
  durationMs: undefined,
  pipelines: new Map(),
  stages: new Map(),
  warnings: [],
  moreWarnings: 0,
  reports: [],
  degraded: [],
  alerts: [],
  published: 0,
  cancelling: undefined,
  paused: undefined,
  queued: undefined,
  logs: { warn: 0, error: 0 }
}

/** Stages of one pipeline, in the order of the plan. */
export const stagesOf = (model: RunModel, pipeline: string): ReadonlyArray<StageModel> =>
  [...model.stages.values()].filter((s) => s.pipeline === pipeline)
/** True when a pipeline completed without computing anything. */
export const isReused = (model: RunModel, pipeline: string): boolean => {
  const stages = stagesOf(model, pipeline)
  return (
    model.pipelines.get(pipeline)?.status === "completed" &&
    stages.some((s) => s.reused) &&
    stages.every((s) => s.reused || s.status === "skipped")
  )
}
