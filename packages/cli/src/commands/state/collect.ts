/** `tetra state collect`: forgets what is older than the retention, and gives its space back. */
import { retentionOf } from "@tetra/core/engine"
import { collect, type Collected } from "@tetra/core/storage"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { bytes, many } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { flag, locationOf, openProject } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { onUpkeep } from "./store.ts"

const line = (what: string, amount: { readonly count: number; readonly bytes: number }): ReadonlyArray<string> =>
  amount.count === 0 ? [] : [`${what} (${bytes(amount.bytes)})`]
/** What went, or would go, one thing a line. */
export const collectedLines = (found: Collected, dry: boolean): ReadonlyArray<string> => {
  const { cached, events, heldBy, logs, objects, published, reports, runs, staging, versions, young } = found
  const lines = [
    ...(runs === 0 ? [] : [`${many(runs, "run")} to summaries, ${many(events, "event")} less`]),
    ...(versions === 0 ? [] : [`${many(versions, "old version")} of assets`]),
    ...(cached === 0 ? [] : [many(cached, "cached result")]),
    ...line(many(published.count, "published folder"), published),
    ...line(`${many(objects.count, "object")} that nothing refers to`, objects),
    ...line(`logs of ${many(logs.count, "run")}`, logs),
    ...line(`reports of ${many(reports.count, "run")}`, reports),
    ...line(`what ${many(staging.count, "run")} left in staging`, staging)
  ]
  const all =
    lines.length === 0
      ? ["nothing is old enough to go"]
      : [...lines, `${bytes(found.bytes)} ${dry ? "would come back" : "came back"}`]
  if (young.count === 0) return all
  const why = heldBy === undefined ? "they were written only just now" : `run ${heldBy} is under way and may need them`
  return [...all, `${many(young.count, "object")} (${bytes(young.bytes)}) stay for now: ${why}`]
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const { configFile } = locationOf(call)
  const retention = retentionOf(configFile === undefined ? {} : (await openProject(call)).config)
  const dry = flag(call, "dryRun")
  const found = await onUpkeep(call, dry, (upkeep, tell) => collect(upkeep, retention, { dry, now: Date.now(), tell }))
  if (flag(call, "json")) printJson(found)
  else print(collectedLines(found, dry))
  return exitCodes.completed
}
