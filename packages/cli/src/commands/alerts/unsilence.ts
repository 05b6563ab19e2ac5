/** `tetra alerts unsilence ID`. */
import { unsilence } from "@tetra/daemon/alerting"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { onStore, tell } from "../../project/asking.ts"

export const handle = async (call: Call, [id = ""]: ReadonlyArray<string>): Promise<ExitCode> => {
  if (!(await onStore(call, unsilence(id, Date.now()))))
    throw new Refusal(`there is no silence "${id}" in force`, { code: exitCodes.notRun, hint: "`tetra alerts` lists them" })
  tell(`${id} is taken back: what it muted is sent at the next look`)
  return exitCodes.completed
}
