/** What became of a window before: the run that goes on, and how often it was begun. */
import { Journal, type RunPlan, StateQueries, type WindowOutlook } from "@tetra/core/engine"
import { windowCommand } from "@tetra/daemon/runs"
import { Effect } from "effect"

/** The first attempt that no earlier run was: a window that is run again is another run. */
export const nextAttempt = (id: string, { window }: WindowOutlook) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    for (let attempt = 1; ; attempt++)
      if ((yield* journal.runOfCommand(windowCommand(id, window, attempt))) === undefined) return attempt
  })

/** The run that did not get to the end and that the same plan goes on with: what it committed is kept. */
export const unfinished = ({ run }: WindowOutlook, { force, hash }: RunPlan) =>
  Effect.gen(function* () {
    if (force || run === undefined) return undefined
    const row = yield* (yield* StateQueries).run(run.run)
    const isOpen = row?.status === "failed" || row?.status === "partial" || row?.status === "cancelled"
    return isOpen && row.planHash === hash ? row.id : undefined
  })
