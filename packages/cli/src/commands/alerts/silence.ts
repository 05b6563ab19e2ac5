/** `tetra alerts silence pipeline=data_pipeline --for 2h --reason ...`: nothing is sent of what matches. */
import { randomUUID } from "node:crypto"
import { userInfo } from "node:os"
import { layerStore } from "@tetra/core/storage"
import { mostSilenceMs, readMatcher, silence } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { dateTime } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { tell } from "../../project/asking.ts"
import { openProject, storePlaceOf, text } from "../../project/open.ts"
import { perform } from "../../runtime.ts"
import { forMs } from "./ack.ts"

const usualMs = 2 * 3_600_000
const labels = "rule, pipeline, severity, run, part, or a label of the rule"
const matcherOf = (word: string) => {
  const matcher = readMatcher(word)
  if (matcher === undefined)
    throw new Refusal(`"${word}" matches nothing`, { hint: `write name=value, name!=value or name=data_*; the names: ${labels}` })
  return matcher
}
export const handle = async (call: Call, words: ReadonlyArray<string>): Promise<ExitCode> => {
  const comment = text(call, "reason")
  if (words.length === 0)
    throw new Refusal("what is to be silent?", {
      hint: "tetra alerts silence pipeline=data_pipeline --for 2h --reason 'moving the database'"
    })
  if (comment === undefined || comment.trim() === "")
    throw new Refusal("a silence needs a reason: somebody will wonder", { hint: "add --reason '...'" })
  const lasts = forMs(call) ?? usualMs
  if (lasts > mostSilenceMs)
    throw new Refusal("a silence lasts at most 30 days", { hint: "take the rule out, or narrow it with `only`" })
  const project = await openProject(call)
  const now = Date.now()
  const key = randomUUID().slice(0, 8)
  const body = { matchers: words.map(matcherOf), from: now, until: now + lasts, by: userInfo().username, comment }
  await perform(silence(key, body, now).pipe(Effect.provide(layerStore(storePlaceOf(project))), Effect.scoped))
  tell(`silence ${key} until ${dateTime(now + lasts)}: \`tetra alerts unsilence ${key}\` takes it back`)
  return exitCodes.completed
}
