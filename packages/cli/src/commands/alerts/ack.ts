/** `tetra alerts ack ID`: somebody has it in hand; nobody else is told further until then. */
import { durationMs } from "@tetra/core/engine"
import { Effect } from "effect"
import { takeInHand } from "../../alerts/acknowledgeHere.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import type { Call } from "../../program.ts"
import { onStore, tell } from "../../project/asking.ts"
import { openProject, text } from "../../project/open.ts"
import { findAlert } from "./find.ts"

/** `--for 2h`. */
export const forMs = (call: Call): number | undefined => {
  const written = text(call, "for")
  if (written === undefined) return undefined
  const ms = durationMs(written)
  if (ms === undefined || ms <= 0) throw new Refusal(`--for ${written} is no duration`, { hint: "write 30m, 2h or 1d" })
  return ms
}
export const handle = async (call: Call, [id]: ReadonlyArray<string>): Promise<ExitCode> => {
  const asked = { note: text(call, "reason"), forMs: forMs(call) }
  const project = await openProject(call)
  tell(
    await onStore(
      call,
      Effect.flatMap(findAlert(id), ({ key }) => takeInHand(project, key, asked))
    )
  )
  return exitCodes.completed
}
