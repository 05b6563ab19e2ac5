import { Effect } from "effect"
import type { Producer } from "../../domain/Artifact.ts"
import type { Json, StageName, Version } from "../../domain/Names.ts"
import { singlesOf } from "../../domain/RunPlan.ts"
import { changeDetail, jsonChanges } from "../jsonChanges.ts"
import type { Archive } from "./Archive.ts"
import type { RunRecord, StageRecord } from "./RunRecord.ts"
import { because, firstOf, type WhyNode } from "./WhyNode.ts"

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

/** What a stage read at a port, when it is a value that stands in the record itself: neither a table nor above 64 kB. */
const valueAt = <E, R>(
  archive: Archive<E, R>,
  run: RunRecord,
  stage: StageRecord,
  port: string
): Effect.Effect<Json | undefined, E, R> =>
  Effect.gen(function* () {
    const read = yield* readAt(archive, run, stage, port)
    if (read === undefined) return undefined
    const outputs =
      read.from === "stage"
        ? Object.values(run.stages.get(read.stage)?.ended?.outputs ?? {})
        : (yield* archive.facts.versions(read.asset)).map(({ output }) => output)
    const found = outputs.find(({ version }) => version === read.version)
    return found?.kind === "value" ? found.value : undefined
  })
const mostPlaces = 6
/** Where the value at a port is not what it was the time before. Empty where one of the two is a table, or is not kept. */
export const valueNodes = <E, R>(
  archive: Archive<E, R>,
  run: RunRecord,
  stage: StageRecord,
  before: { readonly run: RunRecord; readonly stage: StageRecord },
  port: string
): Effect.Effect<ReadonlyArray<WhyNode>, E, R> =>
  Effect.gen(function* () {
    const is = yield* valueAt(archive, run, stage, port)
    const was = is === undefined ? undefined : yield* valueAt(archive, before.run, before.stage, port)
    if (is === undefined || was === undefined) return []
    return firstOf(jsonChanges(was, is), mostPlaces, (change) =>
      because("change", `${change.path === "" ? "the value" : change.path} changed (${changeDetail(change)})`)
    )
  })
