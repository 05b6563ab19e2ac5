/** `tetra alerts unsilence ID`. */
import { unsilence } from "@tetra/daemon/alerting"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { isDropped, serverHere } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { onStore, tell } from "../../project/asking.ts"

export const handle = async (call: Call, [id = ""]: ReadonlyArray<string>): Promise<ExitCode> => {
  const server = id === "" ? undefined : await serverHere(call)
  const isDone =
    server === undefined
      ? await onStore(call, unsilence(id, Date.now()))
      : await isDropped(server, `/api/v1/silences/${encodeURIComponent(id)}`)
  if (!isDone)
    throw new Refusal(`there is no silence "${id}" in force`, { code: exitCodes.notRun, hint: "`tetra alerts` lists them" })
  tell(`${id} is taken back: what it muted is sent at the next look`)
  return exitCodes.completed
}
