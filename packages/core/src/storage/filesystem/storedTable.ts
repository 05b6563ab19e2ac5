import { createHash } from "node:crypto"
import type { Table } from "../../authoring/data.ts"
import type { StoredFile, StoredTable } from "../../domain/Artifact.ts"
import { canonicalJson } from "../../domain/canonicalJson.ts"
import { latestTimes } from "../../execution/knowledgeTimes.ts"

/** A table over files. Its version is a hash over the type, the column names and the content of the files in order. */
export const storedTable = (type: Table, more: ReadonlyArray<string>, files: ReadonlyArray<StoredFile>): StoredTable => {
  const identity = { type: type.id, columns: [...Object.keys(type.columns), ...more], files: files.map(({ hash }) => hash) }
  return {
    kind: "table",
    type: type.id,
    version: createHash("sha256").update(canonicalJson(identity)).digest("hex"),
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    more,
    files,
    ...latestTimes(files)
  }
}
/** The union of the parts in order. Parts without rows add nothing, unless all are empty. */
export const mergedTable = (type: Table, parts: ReadonlyArray<StoredTable>): StoredTable => {
  const more = [...new Set(parts.flatMap((part) => part.more))]
  const files = parts.flatMap((part) => part.files)
  const filled = files.filter(({ rows }) => rows > 0)
  return storedTable(type, more, filled.length > 0 ? filled : files.slice(0, 1))
}
