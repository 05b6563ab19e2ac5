/** `tetra state reset PIPELINE`: its next run computes anew. */
import { nearest } from "@tetra/core/engine"
import { knownPipelines, resetPipeline } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { flag } from "../../project/open.ts"
import { print } from "../../project/store.ts"
import { onState } from "./store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const pipeline = call.args[0] ?? ""
  await onState(call, !flag(call, "yes"), (state) =>
    Effect.gen(function* () {
      const known = yield* knownPipelines(state)
      if (!known.includes(pipeline)) {
        const meant = nearest(pipeline, known)
        return yield* Effect.fail(
          new Refusal(`no pipeline "${pipeline}" has run here`, {
            hint: meant === undefined ? "`tetra status` lists those that did" : `did you mean ${meant}?`
          })
        )
      }
      if (!flag(call, "yes"))
        return yield* Effect.fail(
          new Refusal(`this forgets the state, the cached results and the checkpoints of ${pipeline}; past runs and data stay`, {
            hint: `type \`tetra state reset ${pipeline} --yes\` to do it`
          })
        )
      return yield* resetPipeline(state, pipeline, Date.now())
    })
  )
  print([`${pipeline} is forgotten: its next run computes everything anew`])
  return exitCodes.completed
}
