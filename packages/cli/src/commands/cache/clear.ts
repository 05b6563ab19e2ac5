/** `tetra cache clear`: throws results away. What is published stays. */
import process from "node:process"
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
import { bytesOf, ofPipeline } from "./pipeline.ts"

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
  const { cleared, shared } = await onUpkeep(call, dry, (upkeep, tell) =>
    Effect.gen(function* () {
      const own = yield* ofPipeline(yield* cacheEntries(upkeep.ground), pipeline)
      const now = Date.now()
      const cleared = yield* clearCache(upkeep, { pipeline, unusedMs }, { dry, now, tell })
      const all = bytesOf(own.filter(({ usedAt }) => unusedMs === undefined || usedAt < now - unusedMs))
      return { cleared, shared: Math.max(0, all - cleared.objects.bytes - cleared.young.bytes) }
    })
  )
  const { entries, objects, young } = cleared
  const what = `${many(entries, "cached result")}, ${bytes(objects.bytes)} in ${many(objects.count, "object")}`
  const later = [
    ...(young.count === 0 ? [] : [`${bytes(young.bytes)} more stay for now: they are new, or a run is under way`]),
    // `cache ls` counts them, too: the next run makes the results anew, what is published keeps their objects.
    ...(shared === 0
      ? []
      : [`${bytes(shared)} of these results stay on disk: published data or other results use the same objects`])
  ]
  print(entries === 0 ? ["nothing is cached that fits"] : [`${dry ? "would go" : "gone"}: ${what}`, ...later])
  if (entries > 0 && dry && !flag(call, "dryRun"))
    process.stderr.write("nothing was changed yet: type it again with --yes to do it\n")
  return exitCodes.completed
}
