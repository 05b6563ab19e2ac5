/** When stages waited, ran and tried again, on the time line of their run. Pure; epoch milliseconds. */
import { neededBy } from "./planned.ts"
import { isEnded, type RunModel, type StageModel } from "./RunModel.ts"

/** `wait`: ready, but not running: for resources, or for its turn. `retry`: between two tries. */
export interface TimeSpan {
  readonly kind: "wait" | "run" | "retry"
  readonly from: number
  readonly to: number
}
const endOf = ({ durationMs, startedAt }: StageModel): number | undefined =>
  startedAt === undefined || durationMs === undefined ? undefined : startedAt + durationMs

/** When the last of what it needs had ended; undefined while something of it goes on. */
const readyAt = (stage: StageModel, run: RunModel): number | undefined => {
  const needed = neededBy(run.plan, stage.name)
    .map((name) => run.stages.get(name))
    .filter((one) => one !== undefined)
  if (needed.some(({ status }) => !isEnded(status))) return undefined
  return needed.reduce((last, one) => Math.max(last, endOf(one) ?? 0), run.startedAt ?? 0) || undefined
}
/** Spans of one stage, in the order in which later ones lie over earlier ones. A skipped stage has none. */
export const spansOf = (stage: StageModel, run: RunModel, now: number): ReadonlyArray<TimeSpan> => {
  if (stage.status === "skipped") return []
  const ready = readyAt(stage, run)
  const end = endOf(stage) ?? (isEnded(run.status) ? run.at : now)
  const began = stage.ranAt ?? stage.startedAt
  if (began === undefined) return ready === undefined || isEnded(stage.status) ? [] : [{ kind: "wait", from: ready, to: end }]
  return [
    ...(ready === undefined || ready >= began ? [] : [{ kind: "wait", from: ready, to: began } as const]),
    ...(stage.ranAt === undefined && !isEnded(stage.status)
      ? [{ kind: "wait", from: began, to: end } as const]
      : [{ kind: "run", from: began, to: end } as const]),
    ...stage.pauses.map(({ from, to }) => ({ kind: "retry", from, to: to ?? end }) as const)
  ]
}
/** Beginning and end of the line: the run so far. At least a millisecond. */
export const rangeOf = (run: RunModel, now: number): { readonly from: number; readonly to: number } => {
  const from = run.startedAt ?? now
  const to = isEnded(run.status) ? from + (run.durationMs ?? run.at - from) : now
  return { from, to: Math.max(from + 1, to) }
}
