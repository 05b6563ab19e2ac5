/** What differs between two runs, as data: `tetra compare --json` prints this. Durations are milliseconds, times epoch milliseconds. */
import { changeDetail, jsonChanges, type RunRow } from "@tetra/core/engine"
import type { RunModel, StageModel } from "../output/model.ts"
import { oneLine } from "../output/plain/text.ts"
import type { AssessmentReport } from "../project/assessment.ts"
import type { ConfigDifference } from "../project/configChanges.ts"

export interface ComparedStage {
  readonly status: string
  /** Undefined where nothing was computed. */
  readonly durationMs: number | undefined
  readonly reused: boolean
  readonly rows: number
}
interface ComparedRun {
  readonly id: string
  readonly status: string
  readonly mode: string | undefined
  readonly startedAt: number
  readonly durationMs: number | undefined
  readonly rows: number
  readonly config: string
}
/** Of one strategy in one run: its place among the strategies, from 1. */
export interface Placed {
  readonly place: number
  readonly parameters: string
  readonly verdict: string
  readonly score: number | null
  readonly measures: Readonly<Record<string, number | null>>
}
export interface ComparedStrategy {
  readonly id: string
  readonly title: string
  readonly before: Placed | undefined
  readonly after: Placed | undefined
}
export interface Comparison {
  readonly format: "tetra/comparison@1"
  readonly before: ComparedRun
  readonly after: ComparedRun
  readonly config: ReadonlyArray<ConfigDifference>
  readonly params: ReadonlyArray<ConfigDifference>
  readonly stages: ReadonlyArray<{
    readonly stage: string
    readonly before: ComparedStage | undefined
    readonly after: ComparedStage | undefined
  }>
  /** In the order of the later run, then those that it did not rank; empty when neither assessed strategies. */
  readonly strategies: ReadonlyArray<ComparedStrategy>
}

/** One run as it was recorded; `rankedBy` is the run whose report it is, which may be an earlier one. */
export interface Recorded {
  readonly row: RunRow
  readonly model: RunModel
  readonly assessment: AssessmentReport | undefined
}

const comparedMeasures = ["annual_return", "sharpe", "max_drawdown"] as const

const stageOf = (stage: StageModel | undefined): ComparedStage | undefined =>
  stage && {
    status: stage.status,
    durationMs: stage.reused ? undefined : stage.durationMs,
    reused: stage.reused,
    rows: stage.rows
  }

const runOf = ({ row, model }: Recorded): ComparedRun => ({
  id: row.id,
  status: row.status,
  mode: row.mode,
  startedAt: row.requestedAt,
  durationMs: row.endedAt === undefined ? undefined : row.endedAt - row.requestedAt,
  rows: [...model.stages.values()].reduce((sum, { rows }) => sum + rows, 0),
  config: row.configVersion
})

const placesOf = (assessment: AssessmentReport | undefined): ReadonlyMap<string, Placed & { readonly title: string }> =>
  new Map(
    (assessment?.strategies ?? []).map(({ id, title, parameters, verdict, score, measures }, i) => [
      id,
      {
        title,
        place: i + 1,
        parameters,
        verdict,
        score,
        measures: Object.fromEntries(comparedMeasures.map((name) => [name, measures[name] ?? null]))
      }
    ])
  )

const strategiesOf = (before: Recorded, after: Recorded): ReadonlyArray<ComparedStrategy> => {
  const [was, is] = [placesOf(before.assessment), placesOf(after.assessment)]
  const placed = (of: (Placed & { readonly title: string }) | undefined): Placed | undefined => {
    if (of === undefined) return undefined
    const { title: _, ...rest } = of
    return rest
  }
  return [...new Set([...is.keys(), ...was.keys()])].map((id) => ({
    id,
    title: (is.get(id) ?? was.get(id))!.title,
    before: placed(was.get(id)),
    after: placed(is.get(id))
  }))
}

export const comparisonOf = (before: Recorded, after: Recorded, config: ReadonlyArray<ConfigDifference>): Comparison => ({
  format: "tetra/comparison@1",
  before: runOf(before),
  after: runOf(after),
  config,
  params: jsonChanges(before.row.params, after.row.params).map((change) => ({
    path: change.path,
    detail: oneLine(changeDetail(change))
  })),
  stages: [...new Set([...after.model.stages.keys(), ...before.model.stages.keys()])].map((stage) => ({
    stage,
    before: stageOf(before.model.stages.get(stage)),
    after: stageOf(after.model.stages.get(stage))
  })),
  strategies: strategiesOf(before, after)
})
