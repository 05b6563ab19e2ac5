/** `tetra state reset PIPELINE`: its next run computes anew. */
import { nearest } from "@tetra/core/engine"
import { knownPipelines, resetPipeline } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { type Server, serverHere } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { flag } from "../../project/open.ts"
import { print } from "../../project/store.ts"
import { onState, tell } from "./store.ts"

const inServer = async ({ ask, environment }: Server, pipeline: string): Promise<void> => {
  const path = `/api/v1/pipelines/${encodeURIComponent(pipeline)}/reset`
  await ask({ method: "POST", path, body: environment === undefined ? {} : { confirm: environment } })
}
export const handle = async (call: Call): Promise<ExitCode> => {
  const pipeline = call.args[0] ?? ""
  const isMeant = flag(call, "yes")
  const server = isMeant ? await serverHere(call) : undefined
  await onState(call, !isMeant || server !== undefined, (state) =>
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
      return yield* isMeant && server === undefined ? resetPipeline(state, pipeline, Date.now()) : Effect.void
    })
  )
  if (server !== undefined) await inServer(server, pipeline)
  if (isMeant) print([`${pipeline} is forgotten: its next run computes everything anew`])
  else {
    print([`this forgets the state, the cached results and the checkpoints of ${pipeline}; past runs and data stay`])
    tell(`nothing was changed yet: type \`tetra state reset ${pipeline} --yes\` to do it`)
  }
  return exitCodes.completed
}
