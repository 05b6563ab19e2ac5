/** Runs the windows of a backfill, each as a run of its own. */
import {
  Engine,
  Journal,
  planRun,
  type Project,
  readAdmission,
  type RunHandle,
  type RunRequest,
  StateQueries,
  windowName,
  type WindowOutlook
} from "@tetra/core/engine"
import { recorded, secretsAmong, settleOrphans } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { warn } from "../output/warn.ts"
import { isBefore } from "../session.ts"
import type { WindowEnd } from "./lines.ts"
import type { WindowShow } from "./show.ts"

export interface Backfill {
  readonly project: Project
  /** Without dates: each window has its own. */
  readonly request: RunRequest
  readonly id: string
  readonly todo: ReadonlyArray<WindowOutlook>
  /** Windows that run side by side. */
  readonly maxActive: number
  /** What was typed. */
  readonly typed: string
}
/** What goes on at the moment, for signals and stray output. */
export interface Progress {
  readonly live: Map<string, RunHandle>
  /** Set: no further window begins. */
  halted: { readonly code: ExitCode; readonly reason: string } | undefined
}
export const windowRequest = (request: RunRequest, { window }: Pick<WindowOutlook, "window">): RunRequest => ({
  ...request,
  startDate: window.start,
  endDate: window.end
})

/** The first id of a window that no earlier run has: a window that is run again is another run. */
const commandIdOf = (id: string, outlook: WindowOutlook) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const name = `backfill/${id}/${windowName(outlook.window)}`
    for (let n = 1; ; n++) {
      const commandId = n === 1 ? name : `${name}/${n}`
      if ((yield* journal.runOfCommand(commandId)) === undefined) return commandId
    }
  })

/** The run that did not get to the end and that the same plan goes on with: what it committed is kept. */
const unfinished = (outlook: WindowOutlook, planHash: string, force: boolean) =>
  Effect.gen(function* () {
    if (force || outlook.run === undefined) return undefined
    const row = yield* (yield* StateQueries).run(outlook.run.run)
    const isOpen = row?.status === "failed" || row?.status === "partial" || row?.status === "cancelled"
    return isOpen && row.planHash === planHash ? row.id : undefined
  })

const runWindow = (backfill: Backfill, outlook: WindowOutlook, show: WindowShow, progress: Progress) =>
  Effect.gen(function* () {
    const { id, project, typed } = backfill
    const engine = yield* Engine
    const request = windowRequest(backfill.request, outlook)
    const built = yield* planRun(project, request)
    const { plan } = built
    const earlier =
      (yield* settleOrphans(plan, { told: false, say: warn })) ?? (yield* unfinished(outlook, plan.hash, plan.force))
    const before = earlier === undefined ? 0 : (yield* (yield* Journal).read(earlier)).length
    const onLive: WindowShow["see"] = (event) => (isBefore(event, before) ? show.recall(event) : show.see(event))
    const handle =
      earlier === undefined
        ? yield* engine.start(built, {
            trigger: { kind: "backfill", detail: typed, window: { backfill: id, ...outlook.window } },
            commandId: yield* commandIdOf(id, outlook),
            configVersion: project.configVersion,
            params: recorded(request, secretsAmong(request, plan)),
            admission: yield* readAdmission(project, plan, Date.now()),
            onLive
          })
        : yield* engine.resume(earlier, built, `backfill ${id} goes on`, { onLive })
    progress.live.set(handle.id, handle)
    show.begun(handle.id, outlook)
    // A signal that came while it was being started.
    if (progress.halted !== undefined) yield* handle.cancel("user", progress.halted.reason)
    const ended = yield* Effect.result(handle.result)
    progress.live.delete(handle.id)
    const { durationMs, pipelines } = show.modelOf(handle.id)
    const end: WindowEnd = {
      outlook,
      run: handle.id,
      status: ended._tag === "Success" ? ended.success.status : "failed",
      reason: ended._tag === "Success" ? ended.success.reason : ended.failure.message,
      records: [...pipelines.values()].reduce((sum, { records }) => sum + records, 0),
      durationMs: durationMs ?? 0
    }
    show.ended(end)
    return end
  })

/** Why the rest is not begun after such an end: what refused one window refuses all, and who stops one means the backfill. */
const haltOf = ({ reason = "", run, status }: WindowEnd): Progress["halted"] => {
  if (status === "skipped") return { code: exitCodes.notRun, reason }
  return status === "cancelled" ? { code: exitCodes.interrupted, reason: `run ${run} was cancelled: ${reason}` } : undefined
}

/** Runs every window in its turn, `maxActive` at a time; one that fails does not stop the others. Answers those that ended. */
export const runWindows = (backfill: Backfill, show: WindowShow, progress: Progress) =>
  Effect.gen(function* () {
    const ends: Array<WindowEnd> = []
    yield* Effect.forEach(
      backfill.todo,
      (outlook) =>
        Effect.gen(function* () {
          if (progress.halted !== undefined) return
          const end = yield* runWindow(backfill, outlook, show, progress)
          ends.push(end)
          progress.halted ??= haltOf(end)
        }).pipe(
          Effect.catchTags({
            Busy: (busy) => Effect.sync(() => void (progress.halted ??= { code: exitCodes.notRun, reason: busy.message }))
          })
        ),
      { discard: true, concurrency: backfill.maxActive }
    )
    return ends
  })
