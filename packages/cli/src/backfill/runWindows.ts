/** Runs the windows of a backfill, each as a run of its own. */
import type { Project, RunRequest, WindowOutlook } from "@tetra/core/engine"
import { Data, Effect } from "effect"
import type { Status } from "../domain.ts"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
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
  /** Texts that nothing that is printed past the log may show. */
  readonly secrets: ReadonlyArray<string>
  /** What was typed. */
  readonly typed: string
}
/** Why no further window begins; `told`: a line for the person, where no window says it. */
export interface Halt {
  readonly code: ExitCode
  readonly reason: string
  readonly told?: string
}
/** A window could not begin, for a reason that holds for those behind it. */
export class NotBegun extends Data.TaggedError("NotBegun")<{ readonly halt: Halt }> {}

/** A window that runs. */
export interface LiveWindow {
  readonly run: string
  /** Asks it to stop; `ended` says when it has. */
  readonly cancel: (reason: string) => void
  readonly ended: Effect.Effect<{ readonly status: Status; readonly reason: string | undefined; readonly halt?: Halt }>
}
/** Begins a window, and from then on gives what happens to `show`: in this process, or in the server that owns the store. */
export type BeginWindow<E, R> = (outlook: WindowOutlook, show: WindowShow) => Effect.Effect<LiveWindow, E | NotBegun, R>

/** What goes on at the moment, for signals and stray output. */
export interface Progress {
  readonly live: Map<string, LiveWindow>
  /** Set: no further window begins. */
  halted: Halt | undefined
}
export const windowRequest = (request: RunRequest, { window }: Pick<WindowOutlook, "window">): RunRequest => ({
  ...request,
  startDate: window.start,
  endDate: window.end
})

const runWindow = <E, R>(begin: BeginWindow<E, R>, outlook: WindowOutlook, show: WindowShow, progress: Progress) =>
  Effect.gen(function* () {
    const live = yield* begin(outlook, show)
    const { run } = live
    progress.live.set(run, live)
    show.begun(run, outlook)
    // A signal that came while it was being started.
    if (progress.halted !== undefined) live.cancel(progress.halted.reason)
    const { halt, reason, status } = yield* live.ended
    progress.live.delete(run)
    const { durationMs, pipelines } = show.modelOf(run)
    const records = [...pipelines.values()].reduce((sum, one) => sum + one.records, 0)
    const end: WindowEnd = { outlook, run, status, reason, records, durationMs: durationMs ?? 0 }
    show.ended(end)
    progress.halted ??= halt ?? haltOf(end)
    return end
  })

/** Why the rest is not begun after such an end: what refused one window refuses all, and who stops one means the backfill. */
const haltOf = ({ reason = "", run, status }: WindowEnd): Halt | undefined => {
  if (status === "skipped") return { code: exitCodes.notRun, reason, told: reason }
  return status === "cancelled" ? { code: exitCodes.interrupted, reason: `run ${run} was cancelled: ${reason}` } : undefined
}

/** Runs every window in its turn, `maxActive` at a time; one that fails does not stop the others. Answers those that ended. */
export const runWindows = <E, R>({ maxActive, todo }: Backfill, begin: BeginWindow<E, R>, show: WindowShow, progress: Progress) =>
  Effect.gen(function* () {
    const ends: Array<WindowEnd> = []
    const run = (outlook: WindowOutlook) =>
      runWindow(begin, outlook, show, progress).pipe(
        Effect.map((end) => void ends.push(end)),
        Effect.catchIf(
          (error) => error instanceof NotBegun,
          ({ halt }) => Effect.sync(() => void (progress.halted ??= halt))
        )
      )
    yield* Effect.forEach(todo, (outlook) => Effect.suspend(() => (progress.halted === undefined ? run(outlook) : Effect.void)), {
      discard: true,
      concurrency: maxActive
    })
    return ends
  })
