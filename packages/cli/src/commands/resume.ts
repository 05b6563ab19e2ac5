/** `tetra resume RUN`: a paused run goes on, in the process that has it. */
import type { RunRow } from "@tetra/core/engine"
import { orphansOf } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { commandTo, heard, onStore, order, refuseEnded, tell, whereOf } from "../project/asking.ts"
import { findRun } from "../project/store.ts"

const notPaused = (row: RunRow, isLeft: boolean) =>
  isLeft
    ? new Refusal(`run ${row.id} is not paused: its process ${row.owner.pid} is gone`, {
        code: exitCodes.notRun,
        hint: `\`tetra run --resume ${row.id}\` goes on with it`
      })
    : new Refusal(`run ${row.id} is not paused: ${whereOf(row)} works on it`, { code: exitCodes.notRun })

export const handle = (call: Call): Promise<ExitCode> =>
  onStore(
    call,
    Effect.gen(function* () {
      const row = yield* findRun(call.args[0] ?? "")
      const way =
        row.status === "completed"
          ? "`tetra run` starts a new one"
          : `\`tetra retry ${row.id}\` does again what it did not complete`
      yield* refuseEnded(row, way)
      const isLeft = orphansOf([row]).length > 0
      if (row.paused === undefined) return yield* Effect.fail(notPaused(row, isLeft))
      const command = commandTo(call, row.id, "resume")
      yield* order(call, command)
      if (isLeft)
        return yield* Effect.fail(
          new Refusal(`run ${row.id} is no longer paused, but its process ${row.owner.pid} is gone`, {
            code: exitCodes.notRun,
            hint: `\`tetra run --resume ${row.id}\` goes on with it`
          })
        )
      const answer = yield* heard(row, command)
      tell(
        answer === undefined
          ? `run ${row.id} is told to go on: ${whereOf(row)} has not heard it yet, and will when it looks again`
          : `run ${row.id} goes on (${whereOf(row)})`
      )
      return exitCodes.completed
    })
  )
