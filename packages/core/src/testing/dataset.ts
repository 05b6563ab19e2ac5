import { createHash } from "node:crypto"
import type { Batch, DatasetRef, Table } from "../authoring/data.ts"
import { concat, contentHash, emptyBatch, shapeError, sizeOf } from "../execution/columns.ts"
import { memoryRef, timesOf } from "../execution/ports/memoryArtifacts.ts"

/** A dataset for a test, from batches of columns. Throws what is wrong with a batch. */
export const dataset = <T extends Table>(type: T, ...batches: ReadonlyArray<Batch<T["columns"]>>): DatasetRef<T> => {
  for (const batch of batches) {
    const wrong = shapeError(type.id, type, batch)
    if (wrong !== undefined) throw wrong
  }
  const whole = batches.length === 0 ? emptyBatch(type) : concat(batches)
  const hash = contentHash(type.id, [whole])
  const file = { hash, rows: whole.rows, bytes: sizeOf(whole) }
  const version = createHash("sha256").update(`${type.id}\n${hash}`).digest("hex")
  const table = {
    kind: "table" as const,
    type: type.id,
    version,
    rows: whole.rows,
    bytes: file.bytes,
    more: Object.keys(whole.more ?? {}),
    files: [file],
    ...timesOf(type, whole)
  }
  return memoryRef(type, table, { run: "test", stage: "test", at: new Date(0).toISOString() }, () => batches)
}
