/** The stages view: one row per pipeline and stage, in an order that does not jump. Pure. */
import { count, duration, short, stopwatch } from "./amounts.ts"
import { type Estimate, type History, stageEstimate, stalledFor } from "./estimate.ts"
import { neededBy } from "./planned.ts"
import { stageLabels } from "./stageLabels.ts"
import { spansOf, type TimeSpan } from "./timeline.ts"
import { isEnded, isReused, type PipelineModel, rateAt, type RunModel, shareDone, type StageModel, stagesOf } from "./RunModel.ts"
import type { StageSort } from "./Ui.ts"

/** A status as people see it; the engine's own and the finer ones that the fold can tell. */
export type RowMark = StageModel["status"] | "queued" | "reused" | "retrying"
export interface StageRow {
  /** Name of the stage (`pipeline.stage`) or of the pipeline. */
  readonly id: string
  readonly kind: "pipeline" | "stage"
  /** Without the pipeline. */
  readonly name: string
  readonly mark: RowMark
  /** 0 to 1; undefined when nobody knows. */
  readonly share: number | undefined
  /** `42/96`, or what the stage counts. */
  readonly done: string
  readonly rate: string
  readonly elapsed: string
  readonly eta: string
  readonly tries: string
  readonly note: string
  /** Of a stage: when it waited and ran. */
  readonly spans: ReadonlyArray<TimeSpan>
  readonly folded: boolean
  /** The last stage of its pipeline. */
  readonly last: boolean
}

export const markOf = (stage: StageModel): RowMark => {
  if (stage.status === "completed" && stage.reused) return "reused"
  if (stage.status !== "running") return stage.status
  if (stage.retry !== undefined) return "retrying"
  return stage.live.size === 0 && stage.computed + stage.reusedUnits + stage.failedUnits === 0 ? "queued" : "running"
}
/** What is counted: partitions when there are any, else what the stage itself counts. */
const counted = (stage: StageModel): string => {
  if (stage.partitioned && stage.expected !== undefined)
    return `${count(stage.computed + stage.reusedUnits + stage.failedUnits)}/${count(stage.expected)}`
  if (isEnded(stage.status)) return stage.rows > 0 ? `${short(stage.rows)} rows` : ""
  const unit = [...stage.live.values()][0]
  if (unit === undefined || (unit.done === 0 && unit.total === undefined)) return ""
  return unit.total === undefined ? short(unit.done) : `${short(unit.done)}/${short(unit.total)}`
}
const noteOf = (stage: StageModel, model: RunModel, now: number): string => {
  if (stage.retry !== undefined) {
    const wait = Math.max(0, Math.ceil((stage.retry.due - now) / 1000))
    return `try ${stage.retry.attempt} in ${wait} s: ${stage.lastFailure ?? ""}`
  }
  if (stage.awaits !== undefined) return stage.awaits
  if (stage.status === "failed") return stage.reason ?? stage.lastFailure ?? ""
  if (stage.reused && stage.from !== undefined) return `from #${stage.from.slice(-6)}`
  if (stage.reason !== undefined) return stage.reason
  if (stage.status !== "pending") {
    const unit = [...stage.live.values()][0]
    if (stage.failedUnits > 0) return `${count(stage.failedUnits)} failed: ${stage.lastFailure ?? ""}`
    return unit?.of ?? ""
  }
  const waits = neededBy(model.plan, stage.name).filter((name) => !isEnded(model.stages.get(name)?.status ?? "completed"))
  const labelOf = stageLabels(model.plan)
  const own = waits.map((name) => (name.startsWith(`${stage.pipeline}.`) ? name.slice(stage.pipeline.length + 1) : labelOf(name)))
  return own.length === 0 ? "" : `needs ${own.slice(0, 3).join(", ")}${own.length > 3 ? ` and ${own.length - 3} more` : ""}`
}
const timeOf = (startedAt: number | undefined, durationMs: number | undefined, now: number): string =>
  durationMs !== undefined ? duration(durationMs) : startedAt === undefined ? "" : stopwatch(now - startedAt)
/** `~00:40` by earlier runs, `00:40±00:05` by its own pace. */
const etaOf = (estimate: Estimate | undefined, isOver: boolean): string => {
  if (isOver || estimate === undefined) return ""
  if (estimate.sign === "~") return `~${stopwatch(estimate.ms)}`
  return `${stopwatch(estimate.ms)}${estimate.spreadMs >= 1000 ? `±${stopwatch(estimate.spreadMs)}` : ""}`
}
const rateOf = (stage: StageModel, now: number): string => {
  const stalled = stalledFor(stage, now)
  if (stalled !== undefined) return `stalled ${stopwatch(stalled)}`
  const rate = stage.partitioned && !isEnded(stage.status) ? rateAt(stage, now) : undefined
  return rate !== undefined && rate >= 0.05 ? `${short(rate)}/s` : ""
}

const stageRow = (stage: StageModel, model: RunModel, now: number, history: History): Omit<StageRow, "last"> => {
  const isSkipped = stage.status === "skipped"
  // What ended without an answer is not "100 %".
  const hasShare = stage.status !== "pending" && !isSkipped && stage.status !== "failed" && stage.status !== "cancelled"
  return {
    id: stage.name,
    kind: "stage",
    name: stage.name.slice(stage.pipeline.length + 1),
    mark: markOf(stage),
    share: hasShare ? shareDone(stage) : undefined,
    done: counted(stage),
    rate: rateOf(stage, now),
    elapsed: isSkipped ? "" : timeOf(stage.startedAt, stage.durationMs, now),
    eta: etaOf(stageEstimate(stage, now, history), isEnded(stage.status)),
    tries: stage.retries > 0 ? String(stage.retries + 1) : "",
    note: noteOf(stage, model, now),
    spans: spansOf(stage, model, now),
    folded: false
  }
}
/** Ended units of all stages over all stages, counting what is under way by its share. */
export const shareOf = (stages: ReadonlyArray<StageModel>): number | undefined => {
  if (stages.length === 0) return undefined
  const done = stages.reduce((sum, s) => sum + (isEnded(s.status) ? 1 : s.status === "pending" ? 0 : (shareDone(s) ?? 0)), 0)
  const share = done / stages.length
  return stages.every((s) => isEnded(s.status)) ? 1 : Math.min(0.99, share)
}
const pipelineRow = (
  pipeline: PipelineModel,
  stages: ReadonlyArray<StageModel>,
  model: RunModel,
  options: { readonly now: number; readonly folded: boolean }
): StageRow => {
  const ended = stages.filter((s) => isEnded(s.status)).length
  return {
    id: pipeline.name,
    kind: "pipeline",
    name: pipeline.name,
    mark: isReused(model, pipeline.name) ? "reused" : pipeline.status,
    share: shareOf(stages),
    done: `${ended}/${stages.length}`,
    rate: "",
    elapsed: timeOf(pipeline.startedAt, pipeline.durationMs, options.now),
    eta: "",
    tries: "",
    note: pipeline.reason ?? (pipeline.records > 0 ? `${count(pipeline.records)} rows` : ""),
    spans: [],
    folded: options.folded,
    last: false
  }
}

export interface StageQuery {
  readonly sort: StageSort
  readonly filter: string
  readonly folded: ReadonlySet<string>
  /** Epoch milliseconds. */
  readonly now: number
  readonly history: History
}
const weight: Readonly<Record<RowMark, number>> = {
  failed: 0,
  retrying: 1,
  running: 2,
  partial: 3,
  queued: 4,
  pending: 5,
  cancelled: 6,
  completed: 7,
  reused: 8,
  skipped: 9
}
const order = (sort: StageSort, now: number): ((a: StageModel, b: StageModel) => number) | undefined => {
  if (sort === "plan") return undefined
  if (sort === "name") return (a, b) => a.name.localeCompare(b.name)
  if (sort === "status") return (a, b) => weight[markOf(a)] - weight[markOf(b)]
  const time = (s: StageModel) => s.durationMs ?? (s.startedAt === undefined ? -1 : now - s.startedAt)
  return (a, b) => time(b) - time(a)
}
const isShown = (stage: StageModel, filter: string): boolean =>
  filter === "" || `${stage.name} ${markOf(stage)}`.toLowerCase().includes(filter.toLowerCase())

/** Rows of the stages view. With a sort other than the plan's, pipelines are no headings: the list is flat. */
export const stageRows = (model: RunModel, query: StageQuery): ReadonlyArray<StageRow> => {
  const { filter, folded, history, now, sort } = query
  const compare = order(sort, now)
  if (compare !== undefined) {
    const list = [...model.stages.values()].filter((s) => isShown(s, filter)).toSorted(compare)
    return list.map((s) => ({ ...stageRow(s, model, now, history), name: s.name, last: false }))
  }
  return [...model.pipelines.values()].flatMap((pipeline) => {
    const stages = stagesOf(model, pipeline.name)
    const shown = stages.filter((s) => isShown(s, filter))
    if (shown.length === 0 && filter !== "") return []
    const isFolded = folded.has(pipeline.name) && filter === ""
    const head = pipelineRow(pipeline, stages, model, { now, folded: isFolded })
    if (isFolded) return [head]
    return [head, ...shown.map((s, i) => ({ ...stageRow(s, model, now, history), last: i === shown.length - 1 }))]
  })
}
/** How many stages stand where, in the order in which people ask. */
export const countsOf = (model: RunModel): ReadonlyArray<readonly [RowMark, number]> => {
  const counts = new Map<RowMark, number>()
  for (const stage of model.stages.values()) counts.set(markOf(stage), (counts.get(markOf(stage)) ?? 0) + 1)
  const marks: ReadonlyArray<RowMark> = [
    "completed",
    "reused",
    "running",
    "retrying",
    "queued",
    "partial",
    "failed",
    "cancelled",
    "skipped",
    "pending"
  ]
  return marks.flatMap((mark) => {
    const n = counts.get(mark) ?? 0
    return n === 0 ? [] : [[mark, n] as const]
  })
}
