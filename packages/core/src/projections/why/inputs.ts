import { Effect } from "effect"
import type { Producer } from "../../domain/Artifact.ts"
import type { StageName, Version } from "../../domain/Names.ts"
import { singlesOf } from "../../domain/RunPlan.ts"
import type { Archive } from "./Archive.ts"
import type { RunRecord, StageRecord } from "./RunRecord.ts"

/** What a stage read at one of its ports, and who had made it: a stage of the same run, or the run that had published it by then. */
export type Read =
  | { readonly from: "stage"; readonly version: Version; readonly stage: StageName }
  | {
      readonly from: "asset"
      readonly version: Version
      readonly asset: string
      /** Undefined: no record of it is kept. */
      readonly producer: Producer | undefined
    }
/** Undefined for a port that is not wired, or that had nothing to read. */
export const readAt = <E, R>(
  archive: Archive<E, R>,
  run: RunRecord,
  stage: StageRecord,
  port: string
): Effect.Effect<Read | undefined, E, R> =>
  Effect.gen(function* () {
    const [, input] = singlesOf(stage.planned).find(([name]) => name === port) ?? []
    const version = stage.started?.inputs[port]
    if (input === undefined || version === undefined || stage.started === undefined) return undefined
    if (input.from === "stage") return { from: "stage", version, stage: input.stage }
    const { asset } = input
    return { from: "asset", version, asset, producer: yield* archive.producer(asset, version, run, stage.started.at) }
  })
