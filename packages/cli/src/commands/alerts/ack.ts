/** `tetra alerts ack ID`: somebody has it in hand; nobody else is told further until then. */
import { userInfo } from "node:os"
import { durationMs } from "@tetra/core/engine"
import { ackMs, acknowledge, alertingFor } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { dateTime } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { onStore, tell } from "../../project/asking.ts"
import { openProject, text } from "../../project/open.ts"
import { findAlert } from "./find.ts"

/** `--for 2h`. */
export const forMs = (call: Call, otherwise: number): number => {
  const written = text(call, "for")
  const ms = written === undefined ? otherwise : durationMs(written)
  if (ms === undefined || ms <= 0) throw new Refusal(`--for ${written} is no duration`, { hint: "write 30m, 2h or 1d" })
  return ms
}
export const handle = async (call: Call, [id]: ReadonlyArray<string>): Promise<ExitCode> => {
  const until = Date.now() + forMs(call, ackMs)
  const alerting = alertingFor(await openProject(call))
  const ack = { by: userInfo().username, note: text(call, "reason") ?? "", until }
  const work = Effect.gen(function* () {
    const { key } = yield* findAlert(id)
    // The server writes as well: who comes second looks again.
    const taken = yield* acknowledge(alerting, key, ack, Date.now()).pipe(
      Effect.retry({ times: 5, while: ({ _tag }) => _tag === "LedgerConflict" })
    )
    if (taken !== undefined) return key
    return yield* Effect.fail(
      new Refusal(`alert ${key} is over already`, { code: exitCodes.notRun, hint: `\`tetra alerts show ${key}\` tells its end` })
    )
  })
  tell(`${await onStore(call, work)} is in your hand until ${dateTime(until)}: nobody is reminded of it before`)
  return exitCodes.completed
}
