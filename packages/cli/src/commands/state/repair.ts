/** `tetra state repair`: every table as the event log says. */
import { repairState } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { many } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { flag } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { amount, findingLines, onState, tellFaulty } from "./store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const found = await onState(call, false, (state, _place, tell) => repairState(state, tell))
  const { differing, faulty } = found
  if (flag(call, "json")) printJson(found)
  else {
    const said = differing === 0 ? "nothing to mend" : `${many(differing, "row")} mended`
    print([...findingLines(found), `${said}: ${amount(found)}`])
    tellFaulty(found)
  }
  return faulty === 0 ? exitCodes.completed : exitCodes.failed
}
