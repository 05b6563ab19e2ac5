import type { StoredArtifact, StoredOutput } from "../../domain/Artifact.ts"
import type { Ground } from "../Ground.ts"

export interface NamedObject {
  readonly hash: string
  readonly bytes: number
}
/** The objects that an output is kept in; a small value is kept in the journal itself. */
export const objectsOf = (output: StoredOutput): ReadonlyArray<NamedObject> =>
  output.kind === "table" ? output.files : output.object === undefined ? [] : [{ hash: output.object, bytes: output.bytes }]
/** What of a recorded `UnitCommitted` names objects. */
export interface Made {
  readonly outputs: Readonly<Record<string, StoredOutput>>
  readonly artifacts: ReadonlyArray<StoredArtifact>
}
export const objectsOfUnit = ({ artifacts, outputs }: Made): ReadonlyArray<NamedObject> => [
  ...Object.values(outputs).flatMap(objectsOf),
  ...artifacts
]
/** The cache, each entry beside the event that has its result. */
export const withResults = `cache join orchestration.event on event.run_id = cache.run_id and event.run_seq = cache.run_seq`
/** Whether a row of `event` has a result that the cache offers. By the key that it recorded: the cache is not indexed by its makers. */
export const isReused = ({ dialect }: Ground): string => `(kind = 'UnitCommitted' and exists (select 1 from orchestration.cache
  where cache.key = ${dialect.textOfEvent("event.payload", "key")} and cache.run_id = event.run_id and cache.run_seq = event.run_seq))`
