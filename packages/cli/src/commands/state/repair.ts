/** `tetra state repair`: every table anew from the event log. */
import { repairState } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import type { Call } from "../../program.ts"
import { flag } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { amount, differenceLines, onState } from "./store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const found = await onState(call, false, repairState)
  const { differences } = found
  if (flag(call, "json")) printJson(found)
  else if (differences.length === 0) print([`nothing to mend: ${amount(found)}`])
  else print([...differenceLines(differences), `written anew from the log: ${amount(found)}`])
  return exitCodes.completed
}
