/** `tetra token revoke ID`: it is refused from the next request on. */
import { layerStore } from "@tetra/core/storage"
import { revokeToken } from "@tetra/daemon/tokens"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { isDropped, serverHere } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { tell } from "../../project/asking.ts"
import { auditHere } from "../../project/auditHere.ts"
import { locationOf } from "../../project/open.ts"
import { perform } from "../../runtime.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const [id = ""] = call.args
  const revoked = Effect.tap(revokeToken(id), (isThere) => (isThere ? auditHere("token revoke", id) : Effect.void))
  const server = id === "" ? undefined : await serverHere(call)
  const isDone =
    server === undefined
      ? await perform(revoked.pipe(Effect.provide(layerStore(locationOf(call))), Effect.scoped))
      : await isDropped(server, `/api/v1/tokens/${encodeURIComponent(id)}`)
  if (!isDone) throw new Refusal(`there is no token ${id}`, { hint: "`tetra token list` shows their ids" })
  tell(`token ${id} is revoked`)
  return exitCodes.completed
}
