/** `tetra cache clear`: throws results away. What is published stays. */
import { durationMs } from "@tetra/core/engine"
import { cacheEntries, clearCache } from "@tetra/core/storage"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { bytes, many } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { flag, text } from "../../project/open.ts"
import { print } from "../../project/store.ts"
import { onUpkeep } from "../state/store.ts"
import { ofPipeline } from "./pipeline.ts"

const unusedOf = (given: string | undefined): number | undefined => {
  if (given === undefined) return undefined
  const unusedMs = durationMs(given)
  if (unusedMs !== undefined) return unusedMs
  throw new Refusal(`--older-than ${given} is no time`, { hint: "write it like 12h, 7d or 90 minutes" })
}

export const handle = async (call: Call): Promise<ExitCode> => {
  const pipeline = text(call, "pipeline")
  const unusedMs = unusedOf(text(call, "olderThan"))
  const dry = flag(call, "dryRun") || !flag(call, "yes")
  const found = await onUpkeep(call, dry, (upkeep, tell) =>
    Effect.gen(function* () {
      yield* ofPipeline(yield* cacheEntries(upkeep.ground), pipeline)
      return yield* clearCache(upkeep, { pipeline, unusedMs }, { dry, now: Date.now(), tell })
    })
  )
  const { entries, objects, young } = found
  const what = `${many(entries, "cached result")}, ${bytes(objects.bytes)} in ${many(objects.count, "object")}`
  const later = young.count === 0 ? [] : [`${bytes(young.bytes)} more stay for now: they are new, or a run is under way`]
  if (entries > 0 && dry && !flag(call, "dryRun"))
    throw new Refusal([`this throws away ${what}`, ...later].join("; "), { hint: "type it again with --yes to do it" })
  print(entries === 0 ? ["nothing is cached that fits"] : [`${dry ? "would go" : "gone"}: ${what}`, ...later])
  return exitCodes.completed
}
