/** The graph of a live run: its plan, with what the fold knows of every stage. Pure. */
import { duration, many, stopwatch } from "../amounts.ts"
import { type History, stageRemaining } from "../estimate.ts"
import { type RunModel, shareDone, type StageModel } from "../RunModel.ts"
import { graphOfPlan, type NodeState, type StageGraph } from "./graph.ts"

const isOver = ({ status }: StageModel): boolean => status !== "pending" && status !== "running"

const markOf = (stage: StageModel): NodeState["mark"] => {
  if (stage.status === "completed" && stage.reused) return "reused"
  if (stage.status !== "running") return stage.status
  if (stage.retry !== undefined) return "retrying"
  return stage.live.size === 0 && stage.computed + stage.reusedUnits + stage.failedUnits === 0 ? "queued" : "running"
}
/** At most four cells: partitions while they are few, else percent. */
const noteOf = (stage: StageModel, share: number | undefined): string | undefined => {
  if (isOver(stage) || stage.status === "pending") return undefined
  if (stage.retry !== undefined) return `try${stage.retry.attempt}`
  if (markOf(stage) === "queued") return undefined
  if (stage.partitioned && stage.expected !== undefined && stage.expected < 10)
    return `${stage.computed + stage.reusedUnits + stage.failedUnits}/${stage.expected}`
  return share === undefined ? undefined : `${Math.floor(100 * share)}%`
}
const detailOf = (stage: StageModel): string => {
  const took = stage.durationMs === undefined ? "" : duration(stage.durationMs)
  const why = stage.status === "failed" ? (stage.reason ?? stage.lastFailure) : stage.reason
  return [took, why ?? "", stage.rows > 0 ? many(stage.rows, "row") : ""].filter((part) => part !== "").join(", ")
}

/** `now` in epoch milliseconds; `history` says how long stages took before. No plan yet: an empty graph. */
export const graphOfRun = (run: RunModel, now: number, history: History): StageGraph =>
  graphOfPlan(run.plan?.stages ?? [], (name): NodeState | undefined => {
    const stage = run.stages.get(name)
    if (stage === undefined) return undefined
    const share = stage.status === "pending" ? undefined : shareDone(stage)
    const note = noteOf(stage, share)
    const remainingMs = isOver(stage) ? undefined : stageRemaining(stage, now, history)
    const detail = detailOf(stage)
    return {
      mark: markOf(stage),
      ...(note === undefined ? {} : { note }),
      ...(share === undefined ? {} : { progress: share }),
      ...(remainingMs === undefined ? {} : { remainingMs, eta: `~${stopwatch(remainingMs)}` }),
      ...(detail === "" ? {} : { detail })
    }
  })
