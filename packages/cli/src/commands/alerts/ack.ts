/** `tetra alerts ack ID`: somebody has it in hand; nobody else is told further until then. */
import { durationMs } from "@tetra/core/engine"
import { mostSilenceMs } from "@tetra/daemon/alerting"
import { acknowledgeHere } from "../../alerts/acknowledgeHere.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { lookInStore, tell } from "../../project/asking.ts"
import { openProject, text } from "../../project/open.ts"
import { findAlert } from "./find.ts"

/** `--for 2h`, as it is written. */
export const lastsOf = (call: Call): string | undefined => {
  const written = text(call, "for")
  if (written === undefined) return undefined
  const ms = durationMs(written)
  if (ms === undefined || ms <= 0) throw new Refusal(`--for ${written} is no duration`, { hint: "write 30m, 2h or 1d" })
  if (ms > mostSilenceMs)
    throw new Refusal(`--for ${written}: nothing is silent or in hand for more than 30 days`, {
      hint: "say it again then; a rule that nobody needs is taken out, or narrowed with `only`"
    })
  return written
}
export const handle = async (call: Call, [id]: ReadonlyArray<string>): Promise<ExitCode> => {
  const asked = { note: text(call, "reason"), lasts: lastsOf(call) }
  const project = await openProject(call)
  const { key } = await lookInStore(call, findAlert(id))
  tell(await acknowledgeHere(project, key, asked))
  return exitCodes.completed
}
