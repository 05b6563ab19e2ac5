/** Takes an alert in hand: asked of the server that owns the store, when there is one, else done in the store. */
import { userInfo } from "node:os"
import { durationMs, type Project } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { ackMs, acknowledge, alertingFor, type Incident } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { exitCodes } from "../exitCodes.ts"
import { Refusal } from "../failure.ts"
import { type Server, serverOf } from "../link/serverHere.ts"
import { storePlaceOf } from "../project/open.ts"
import { perform } from "../runtime.ts"
import { inHand } from "./inHand.ts"

export interface Asked {
  readonly note?: string | undefined
  /** How long, as `2h`; a day when it is left away. */
  readonly lasts?: string | undefined
}
/** The server writes as well: who comes second looks again. */
const mostTries = 5

const isOver = (id: string): Refusal =>
  new Refusal(`alert ${id} is over already`, {
    code: exitCodes.notRun,
    hint: `\`tetra alerts show ${id}\` tells its end`
  })
const inStore = async (project: Project, id: string, { lasts, note = "" }: Asked): Promise<number> => {
  const now = Date.now()
  const until = now + (lasts === undefined ? ackMs : (durationMs(lasts) ?? ackMs))
  const taking = acknowledge(alertingFor(project), id, { by: userInfo().username, note, until }, now).pipe(
    Effect.retry({ times: mostTries, while: ({ _tag }) => _tag === "LedgerConflict" })
  )
  const taken: Incident | undefined = await perform(taking.pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  if (taken === undefined) throw isOver(id)
  return until
}
const inServer = async ({ ask }: Server, id: string, { lasts, note }: Asked): Promise<number> => {
  const { Refused } = await import("../attach/client.ts")
  const body = { ...(note === undefined ? {} : { note }), ...(lasts === undefined ? {} : { for: lasts }) }
  try {
    const { ack } = await ask<{ readonly ack?: { readonly until: number } }>({
      method: "POST",
      path: `/api/v1/alerts/${encodeURIComponent(id)}/ack`,
      body
    })
    return ack?.until ?? Date.now()
  } catch (error) {
    throw error instanceof Refused && error.status === 409 ? isOver(id) : error
  }
}
/** What is told when somebody has it in hand; a refusal when it is over. */
export const acknowledgeHere = async (project: Project, id: string, asked: Asked = {}): Promise<string> => {
  const server = await serverOf(project.home, project.environment)
  return inHand(id, server === undefined ? await inStore(project, id, asked) : await inServer(server, id, asked))
}
