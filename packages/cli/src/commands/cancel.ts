/** `tetra cancel RUN`: stops a run in whatever process it is, and ends one whose process is gone. */
import { Engine, type RunRow } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { commandTo, heard, onStore, order, refuseEnded, tell, waitFor, whereOf } from "../project/asking.ts"
import { stillHere } from "../project/stillHere.ts"
import { flag, locationOf } from "../project/open.ts"
import { findRun } from "../project/store.ts"

const kept = "what was finished is kept"

/** Ends a run that nobody works on; false when somebody does. */
const endLeft = (call: Call, row: RunRow) =>
  Effect.gen(function* () {
    const { by, reason } = commandTo(call, row.id, "cancel")
    const engine = yield* Engine
    return yield* engine.abandon(row.id, reason, { by, status: "cancelled" })
  }).pipe(
    Effect.provide(Engine.layer),
    Effect.catchTag("Busy", () => Effect.succeed(false))
  )
const cancelled = (row: RunRow): ExitCode => {
  tell(`run ${row.id} was cancelled: ${kept}; \`tetra retry ${row.id}\` goes on with it`)
  return exitCodes.completed
}
const endedOtherwise = (row: RunRow, status: string) =>
  new Refusal(`run ${row.id} ended before it could be stopped: ${status}`, { code: exitCodes.notRun })

export const handle = (call: Call): Promise<ExitCode> =>
  onStore(
    call,
    Effect.gen(function* () {
      const row = yield* findRun(call.args[0] ?? "")
      if (row.status === "cancelled") {
        tell(`run ${row.id} is cancelled already`)
        return exitCodes.completed
      }
      yield* refuseEnded(row, "there is nothing to stop; `tetra history` lists what runs")
      if (yield* endLeft(call, row)) {
        tell(`run ${row.id} had no process any more: it is cancelled, ${kept}; \`tetra retry ${row.id}\` goes on with it`)
        return exitCodes.completed
      }
      const command = commandTo(call, row.id, "cancel")
      yield* order(call, command)
      const answer = yield* heard(row, command)
      const isOver = (event: typeof answer) => event?._tag === "RunEnded"
      // What stops at once is told as stopped.
      const end = isOver(answer)
        ? answer
        : flag(call, "wait")
          ? yield* waitFor(row, isOver)
          : yield* waitFor(row, isOver, "3 seconds")
      if (end?._tag === "RunEnded")
        return end.status === "cancelled" ? cancelled(row) : yield* Effect.fail(endedOtherwise(row, end.status))
      const still = answer === undefined ? stillHere(locationOf(call).home)(row) : undefined
      if (still !== undefined)
        return yield* Effect.fail(
          new Refusal(`run ${row.id} is told to stop, and its process cannot hear it: ${still}`, {
            code: exitCodes.notRun,
            hint: `then \`tetra cancel ${row.id}\` ends the run`
          })
        )
      tell(
        answer === undefined
          ? `run ${row.id} is told to stop: ${whereOf(row)} has not heard it yet, and will when it looks again`
          : `run ${row.id} is stopping (${whereOf(row)}): \`tetra cancel ${row.id} --wait\` waits for its end`
      )
      return exitCodes.completed
    })
  )
