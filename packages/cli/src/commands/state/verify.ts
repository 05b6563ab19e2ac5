/** `tetra state verify`: every table against the event log, row by row, and whether the events of every run can have happened. */
import { verifyState } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { many } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { flag, locationOf } from "../../project/open.ts"
import { hasStore, nothingToSee, print, printJson } from "../../project/store.ts"
import { amount, findingLines, onState, tell, tellFaulty } from "./store.ts"

export const handle = async (call: Call): Promise<ExitCode> => {
  if (!hasStore(locationOf(call))) throw nothingToSee()
  const found = await onState(call, true, (state, _place, tellDone) => verifyState(state, tellDone))
  const { differing, faulty } = found
  const isGood = differing + faulty === 0
  if (flag(call, "json")) printJson(found)
  else if (isGood) print([`every table is what the log says: ${amount(found)}`])
  else {
    print(findingLines(found))
    tellFaulty(found)
    if (differing > 0) tell(`${many(differing, "row")} not as the log says; \`tetra state repair\` mends the tables`)
  }
  return isGood ? exitCodes.completed : exitCodes.failed
}
