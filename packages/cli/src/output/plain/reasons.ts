/** Why a stage is computed, in one short line. Pure. */
import { changesLine, plannedTrace, stageChanges } from "@tetra/core/engine"
import type { StoredEvent } from "../../domain.ts"
import type { Past } from "../../past.ts"
import type { RunModel, StageModel } from "../model.ts"

type Started = Extract<StoredEvent, { readonly _tag: "StageStarted" }>

/** The reason of a stage, less what the line of the stage that failed first tells in full. */
export const ownReason = (model: RunModel, { name, reason = "" }: Pick<StageModel, "name" | "reason">): string => {
  const root = [...model.stages.values()].find(
    (other) =>
      other.name !== name && other.status === "failed" && other.reason !== undefined && reason.includes(`: ${other.reason}`)
  )
  return root?.reason === undefined ? reason : reason.replace(`: ${root.reason}`, "")
}
/** What is different from the last time; undefined when nothing is, or when there was no last time. */
export const reasonOfStart = (model: RunModel, event: Started, earlier: Past["earlier"] | undefined): string | undefined => {
  const last = earlier?.get(event.stage)
  const planned = model.plan?.stages.find(({ name }) => name === event.stage)
  if (last === undefined || planned === undefined || model.plan === undefined) return undefined
  return changesLine(stageChanges(last, plannedTrace(model.plan, planned, event.keyParts)))
}
