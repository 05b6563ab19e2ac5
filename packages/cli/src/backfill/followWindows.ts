/** Runs windows and shows them; a signal stops them. */
import { type LogLine, scrub } from "@tetra/core/engine"
import { printedLine } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { exitCodes } from "../exitCodes.ts"
import { guardRun } from "../guard.ts"
import { oneLine } from "../output/plain/text.ts"
import { faultLine, note } from "../session.ts"
import { nameOf, onSignals } from "../signals.ts"
import { watched } from "../watched.ts"
import { type Backfill, type BeginWindow, type Progress, runWindows } from "./runWindows.ts"
import { type ShowOptions, showWindows } from "./show.ts"

/** How long a window that does not stop may hold us after a signal, in milliseconds. */
const forceAfterMs = 2_500

/** Where the windows run. */
export interface Windows<E, R> {
  readonly begin: BeginWindow<E, R>
  /** Keeps what is printed in this process with the run; absent where the runs are in another process. */
  readonly keep?: (line: LogLine) => void
  /** The data folder of this process, which the runs are in; absent where they are in another. */
  readonly home?: string
  /** What is said of the runs that are left behind when somebody leaves at once. */
  readonly leaving?: (runs: ReadonlyArray<string>) => string
}
export const followWindows = <E, R>(
  backfill: Backfill,
  how: Omit<ShowOptions, "total">,
  { begin, home, keep, leaving }: Windows<E, R>
) =>
  Effect.gen(function* () {
    const { secrets } = backfill
    const progress: Progress = { live: new Map(), halted: undefined }
    const guard = guardRun(
      (line, from) => {
        const run = [...progress.live.keys()].at(-1)
        if (run === undefined || keep === undefined) return show.say(oneLine(scrub(line, secrets)))
        const kept = printedLine(line, { run, from, secrets })
        keep(kept)
        return show.see(kept)
      },
      (error) => show.say(scrub(faultLine(error), secrets))
    )
    const show = showWindows(guard, { ...how, total: backfill.todo.length })
    const leave = () => {
      show.stop()
      if (leaving !== undefined) guard.err.write(`${note(leaving([...progress.live.keys()]))}\n`)
      return guard.exit(exitCodes.interrupted)
    }
    const ignore = onSignals((signal) => {
      show.say(note(`${nameOf(signal)}: stopping, finished windows are kept (again to leave at once)`))
      progress.halted = { code: exitCodes.interrupted, reason: nameOf(signal) }
      for (const { cancel } of progress.live.values()) cancel(nameOf(signal))
      setTimeout(leave, forceAfterMs).unref()
    }, leave)
    const unwatch = home === undefined ? undefined : watched(home, show, { err: guard.err, note })
    const release = Effect.sync(() => {
      unwatch?.()
      ignore()
      show.stop()
      guard.release()
    })
    const ends = yield* runWindows(backfill, begin, show, progress).pipe(Effect.ensuring(release))
    return { ends, halted: progress.halted }
  })
