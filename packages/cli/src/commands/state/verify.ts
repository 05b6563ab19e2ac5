/** `tetra state verify`: every table against the event log, row by row. */
import { verifyState } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import type { Call } from "../../program.ts"
import { flag } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { amount, differenceLines, onState, tell } from "./store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  const found = await onState(call, true, verifyState)
  const { differences } = found
  if (flag(call, "json")) printJson(found)
  else if (differences.length === 0) print([`every table is what the log says: ${amount(found)}`])
  else {
    print(differenceLines(differences))
    tell(`${differences.length} rows differ from what the log says; \`tetra state repair\` writes them anew`)
  }
  return differences.length === 0 ? exitCodes.completed : exitCodes.failed
}
