import { nearest } from "@tetra/core/engine"
import type { CacheEntry } from "@tetra/core/storage"
import { Effect } from "effect"
import { Refusal } from "../../failure.ts"

const pipelineOf = (stage: string): string => stage.slice(0, stage.indexOf("."))
/** The entries of a pipeline. One that has none is refused, as it is rather a slip of the pen. */
export const ofPipeline = (
  entries: ReadonlyArray<CacheEntry>,
  pipeline: string | undefined
): Effect.Effect<ReadonlyArray<CacheEntry>, Refusal> => {
  if (pipeline === undefined) return Effect.succeed(entries)
  const known = [...new Set(entries.map(({ stage }) => pipelineOf(stage)))]
  if (known.includes(pipeline)) return Effect.succeed(entries.filter(({ stage }) => pipelineOf(stage) === pipeline))
  const meant = nearest(pipeline, known)
  return Effect.fail(
    new Refusal(`nothing of pipeline "${pipeline}" is cached`, {
      hint: meant === undefined ? "`tetra cache ls` lists what is" : `did you mean ${meant}?`
    })
  )
}

/** What the results take on disk. An object counts once, also when several results share it. */
export const bytesOf = (entries: ReadonlyArray<CacheEntry>): number => {
  const objects = new Map(entries.flatMap((entry) => entry.objects.map((object) => [object.hash, object.bytes])))
  return [...objects.values()].reduce((sum, size) => sum + size, 0)
}
