/** `tetra pause RUN`: no further attempt of it starts, in whatever process it is. */
import { orphansOf } from "@tetra/daemon/runs"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import type { Call } from "../program.ts"
import { commandTo, heard, onStore, order, refuseEnded, tell, whereOf } from "../project/asking.ts"
import { findRun } from "../project/store.ts"

export const handle = (call: Call): Promise<ExitCode> =>
  onStore(
    call,
    Effect.gen(function* () {
      const row = yield* findRun(call.args[0] ?? "")
      yield* refuseEnded(row, "only a run that is under way can be paused")
      if (row.paused !== undefined) {
        tell(`run ${row.id} is paused already, ${row.paused}`)
        return exitCodes.completed
      }
      if (orphansOf([row]).length > 0)
        return yield* Effect.fail(
          new Refusal(`nobody works on run ${row.id}: its process ${row.owner.pid} is gone`, {
            code: exitCodes.notRun,
            hint: `\`tetra run --resume ${row.id}\` goes on with it, \`tetra cancel ${row.id}\` ends it`
          })
        )
      const command = commandTo(call, row.id, "pause")
      yield* order(call, command)
      const answer = yield* heard(row, command)
      if (answer?._tag === "RunEnded")
        yield* refuseEnded({ ...row, endedAt: answer.at, status: answer.status }, "there is nothing to pause")
      tell(
        answer === undefined
          ? `run ${row.id} is told to pause: ${whereOf(row)} has not heard it yet, and will when it looks again`
          : `run ${row.id} is paused: what runs comes to its end, nothing else starts; \`tetra resume ${row.id}\` goes on`
      )
      return exitCodes.completed
    })
  )
