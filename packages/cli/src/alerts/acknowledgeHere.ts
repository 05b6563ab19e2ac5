/** Takes an alert in hand, in the store of a project. */
import { userInfo } from "node:os"
import type { Project } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { ackMs, acknowledge, alertingFor, type Incident } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { storePlaceOf } from "../project/open.ts"
import { perform } from "../runtime.ts"
import { inHand } from "./inHand.ts"

export interface Asked {
  readonly note?: string | undefined
  /** How long, in milliseconds; a day when it is left away. */
  readonly forMs?: number | undefined
}
/** The server writes as well: who comes second looks again. */
const mostTries = 5

/** The incident as it is then, or a refusal when it is over. */
export const takeInHand = (project: Project, id: string, { forMs = ackMs, note = "" }: Asked = {}) =>
  Effect.gen(function* () {
    const now = Date.now()
    const ack = { by: userInfo().username, note, until: now + forMs }
    const taken: Incident | undefined = yield* acknowledge(alertingFor(project), id, ack, now).pipe(
      Effect.retry({ times: mostTries, while: ({ _tag }) => _tag === "LedgerConflict" })
    )
    if (taken !== undefined) return inHand(id, ack.until)
    const hint = `\`tetra alerts show ${id}\` tells its end`
    return yield* Effect.fail(new Refusal(`alert ${id} is over already`, { code: exitCodes.notRun, hint }))
  })
export const acknowledgeHere = async (project: Project, id: string): Promise<string> =>
  await perform(takeInHand(project, id).pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
