/** Why a stage is computed, in one short line. Pure. */
import { changesLine, plannedTrace, stageChanges } from "@tetra/core/engine"
import type { StoredEvent } from "../../domain.ts"
import type { Past } from "../../past.ts"
import type { RunModel } from "../model.ts"

type Started = Extract<StoredEvent, { readonly _tag: "StageStarted" }>

/** What is different from the last time; undefined when nothing is, or when there was no last time. */
export const reasonOfStart = (model: RunModel, event: Started, earlier: Past["earlier"] | undefined): string | undefined => {
  const last = earlier?.get(event.stage)
  const planned = model.plan?.stages.find(({ name }) => name === event.stage)
  if (last === undefined || planned === undefined || model.plan === undefined) return undefined
  return changesLine(stageChanges(last, plannedTrace(model.plan, planned, event.keyParts)))
}
