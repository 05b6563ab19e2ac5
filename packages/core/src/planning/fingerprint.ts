import { hash } from "node:crypto"
import type { StandIn } from "../domain/Artifact.ts"
import { canonicalJson } from "../domain/canonicalJson.ts"
import type { PartitionKey, Version } from "../domain/Names.ts"
import type { PlannedStage } from "../domain/RunPlan.ts"

/** SHA-256, lower-case hex. */
export const sha256 = (content: string | Uint8Array): string => hash("sha256", content)

export interface StageKey {
  readonly key: string
  /** What went into the key, field by field, so that two keys can be compared in words. */
  readonly parts: Readonly<Record<string, string>>
}
/**
 * The stage's part of the cache key: stage id and version, version of its pipeline where that has several, code of a local plugin, encoded configuration, seed, what its services are made of, wraps of
 * extensions (by their source and their plugins; what a wrap closes over shows in neither), the version of every input, and of one that is read by
 * partition its keys. An input that could not be had counts as `unavailable`.
 */
export const stageKey = (
  planned: PlannedStage,
  from: {
    readonly inputs: Readonly<Record<string, Version>>
    /** By port that is read by partition: what `partitionsHash` answers. */
    readonly partitions: Readonly<Record<string, string>>
    /** Of a stage that shows what stands in among its inputs. */
    readonly degraded?: ReadonlyArray<StandIn>
    readonly wraps: ReadonlyArray<string>
    readonly seed: number
  }
): StageKey => {
  const inputs = Object.entries(from.inputs).map(([port, version]) => [`input.${port}`, version])
  const partitions = Object.entries(from.partitions).map(([port, keys]) => [`partitions.${port}`, keys])
  const standIns = (from.degraded ?? []).map(({ asset, ageHours, asof, reason }) => [asset, asof, ageHours, reason])
  const parts: Record<string, string> = {
    stage: `${planned.stageId}@${planned.stageVersion}`,
    ...(planned.version === undefined ? {} : { "pipeline version": planned.version }),
    ...(planned.code === undefined ? {} : { code: planned.code }),
    config: sha256(canonicalJson(planned.config)).slice(0, 16),
    seed: String(from.seed),
    ...(planned.uses === undefined ? {} : { uses: planned.uses }),
    ...(planned.wrappers === undefined ? {} : { wrappers: planned.wrappers }),
    ...(from.wraps.length === 0 ? {} : { wraps: sha256(JSON.stringify(from.wraps)).slice(0, 16) }),
    ...(standIns.length === 0 ? {} : { degraded: sha256(JSON.stringify(standIns)).slice(0, 16) }),
    ...Object.fromEntries(inputs),
    ...Object.fromEntries(partitions)
  }
  return { key: sha256(canonicalJson(parts)), parts }
}
/** Says which partitions a reader is given and which it misses, and why: the rows may be the same under other names. 16 hex digits. */
export const partitionsHash = (
  keys: ReadonlyArray<PartitionKey>,
  missing: ReadonlyArray<{ readonly partition: PartitionKey; readonly reason: string }>
): string => sha256(JSON.stringify([keys, missing.map(({ partition, reason }) => [partition, reason])])).slice(0, 16)
export const unitKey = (key: string, partition: PartitionKey | null): string =>
  partition === null ? key : sha256(`${key}\n${partition}`)
