import type { StoredArtifact, StoredOutput } from "../../domain/Artifact.ts"

export interface NamedObject {
  readonly hash: string
  readonly bytes: number
}
/** The objects that an output is kept in; a small value is kept in the journal itself. */
export const objectsOf = (output: StoredOutput): ReadonlyArray<NamedObject> =>
  output.kind === "table" ? output.files : output.object === undefined ? [] : [{ hash: output.object, bytes: output.bytes }]
export const objectsOfUnit = (
  outputs: Readonly<Record<string, StoredOutput>>,
  artifacts: ReadonlyArray<StoredArtifact>
): ReadonlyArray<NamedObject> => [...Object.values(outputs).flatMap(objectsOf), ...artifacts]
