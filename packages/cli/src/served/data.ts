/** Rows of an asset, for clients of the server: a piece, never a whole history at once. */
import { ArtifactStore, type AssetVersion, type Project } from "@tetra/core/engine"
import { Effect } from "effect"
import { csvHeader, csvLines, jsonRows } from "../commands/assets/cells.ts"
import { Refusal } from "../failure.ts"
import { readData } from "../project/data.ts"
import { storePlaceOf } from "../project/open.ts"
import { tableOf } from "../project/tables.ts"

export interface Piece {
  readonly format: "json" | "csv"
  readonly limit: number
  readonly offset: number
}
type Data = ReturnType<ArtifactStore["Service"]["open"]>
const rowsOf = async (data: Data, { format, limit, offset }: Piece): Promise<string> => {
  const { columns } = data.type
  const lines: Array<string> = []
  let passed = 0
  for await (const part of data.scan({ more: "all" })) {
    const from = Math.max(0, offset - passed)
    passed += part.rows
    if (from >= part.rows) continue
    const all = format === "csv" ? csvLines(columns, data.more, part) : jsonRows(columns, data.more, part)
    lines.push(...all.slice(from, from + limit - lines.length))
    if (lines.length >= limit) break
  }
  return format === "csv" ? `${[csvHeader(columns, data.more), ...lines].join("\n")}\n` : `[${lines.join(",")}]`
}
/** Rows as CSV or as JSON objects; a value as JSON. */
export const dataText = async (project: Project, { asset, output, producer }: AssetVersion, piece: Piece): Promise<string> =>
  await readData(
    storePlaceOf(project),
    Effect.gen(function* () {
      const store = yield* ArtifactStore
      if (output.kind === "value") {
        if (piece.format === "csv")
          return yield* Effect.fail(
            new Refusal(`${asset} is a value, not a table: it has no csv form`, { hint: "ask for format=json" })
          )
        return JSON.stringify(yield* store.getValue(output))
      }
      const data = store.open(tableOf(project, asset), output, producer)
      return yield* Effect.tryPromise({ try: () => rowsOf(data, piece), catch: (error) => error })
    })
  )
