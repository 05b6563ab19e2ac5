/** `tetra alerts silence pipeline=data_pipeline --for 2h --reason ...`: nothing is sent of what matches. */
import { randomUUID } from "node:crypto"
import { userInfo } from "node:os"
import { durationMs, type Project } from "@tetra/core/engine"
import { layerStore } from "@tetra/core/storage"
import { readMatcher, silence } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { dateTime } from "../../output/plain/amounts.ts"
import { serverHere } from "../../link/serverHere.ts"
import type { Call } from "../../program.ts"
import { tell } from "../../project/asking.ts"
import { openProject, storePlaceOf, text } from "../../project/open.ts"
import { perform } from "../../runtime.ts"
import { lastsOf } from "./ack.ts"

const usual = "2h"
const labels = "rule, pipeline, severity, run, part, or a label of the rule"
const matcherOf = (word: string) => {
  const matcher = readMatcher(word)
  if (matcher === undefined)
    throw new Refusal(`"${word}" matches nothing`, { hint: `write name=value, name!=value or name=data_*; the names: ${labels}` })
  return matcher
}
interface Made {
  readonly id: string
  readonly until: number
}
const inStore = async (
  project: Project,
  asked: { readonly matchers: ReadonlyArray<ReturnType<typeof matcherOf>>; readonly comment: string; readonly lasts: string }
): Promise<Made> => {
  const now = Date.now()
  const id = randomUUID().slice(0, 8)
  const until = now + (durationMs(asked.lasts) ?? 0)
  const body = { matchers: asked.matchers, from: now, until, by: userInfo().username, comment: asked.comment }
  await perform(silence(id, body, now).pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  return { id, until }
}
export const handle = async (call: Call, words: ReadonlyArray<string>): Promise<ExitCode> => {
  const comment = text(call, "reason")
  if (words.length === 0)
    throw new Refusal("what is to be silent?", {
      hint: "tetra alerts silence pipeline=data_pipeline --for 2h --reason 'moving the database'"
    })
  if (comment === undefined || comment.trim() === "")
    throw new Refusal("a silence needs a reason: somebody will wonder", { hint: "add --reason '...'" })
  const lasts = lastsOf(call) ?? usual
  const matchers = words.map(matcherOf)
  const server = await serverHere(call)
  const { id, until } =
    server === undefined
      ? await inStore(await openProject(call), { matchers, comment, lasts })
      : await server.ask<Made>({ method: "POST", path: "/api/v1/silences", body: { matchers: words, for: lasts, comment } })
  tell(`silence ${id} until ${dateTime(until)}: \`tetra alerts unsilence ${id}\` takes it back`)
  return exitCodes.completed
}
