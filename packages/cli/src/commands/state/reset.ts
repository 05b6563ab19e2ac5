/** `tetra state reset PIPELINE`: its next run computes anew. */
import { nearest } from "@tetra/core/engine"
import { resetPipeline } from "@tetra/core/storage"
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
      const { entries } = yield* state.log
      const known = new Set(
        entries.flatMap((entry) =>
          entry.is === "event" && entry.row["kind"] === "PipelineStarted" ? [pipelineIn(entry.row["payload"])] : []
        )
      )
      if (!known.has(pipeline)) {
        const meant = nearest(pipeline, [...known])
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
const pipelineIn = (payload: unknown): string => String((JSON.parse(String(payload)) as { readonly pipeline?: unknown }).pipeline)
