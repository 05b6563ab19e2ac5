/** `tetra assets diff NAME BEFORE [AFTER]`: what two versions of an asset differ in. */
import process from "node:process"
import {
  ArtifactStore,
  type AssetVersion,
  changeDetail,
  type ColumnDifference,
  jsonChanges,
  type TableDifference,
  tableDifference,
  TooManyRows,
  usualTolerance
} from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { many } from "../../output/plain/amounts.ts"
import { lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { readData } from "../../project/data.ts"
import { flag, number, openProject, storePlaceOf } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { tableOf } from "../../project/tables.ts"
import { versionOf } from "./find.ts"

const shortHash = ({ version }: AssetVersion): string => version.slice(0, 12)

const figure = (n: number): string => (n === 0 ? "-" : n.toPrecision(3))
const columns = [
  { title: "column", of: (one: ColumnDifference) => one.column },
  { title: "cells", of: (one: ColumnDifference) => one.cells.toLocaleString("en"), right: true },
  { title: "largest distance", of: (one: ColumnDifference) => figure(one.absolute), right: true },
  { title: "as a ratio", of: (one: ColumnDifference) => figure(one.relative), right: true },
  { title: "", of: (one: ColumnDifference) => (one.isBeyond ? "beyond the tolerance" : "within the tolerance") }
]
const listed = (what: string, names: ReadonlyArray<string>, count = names.length): ReadonlyArray<string> =>
  count === 0 ? [] : [`${what}: ${oneLine(names.join("; "))}${count > names.length ? ` and ${count - names.length} more` : ""}`]

const differenceText = ({ cells, columns: named, keys, rows }: TableDifference): ReadonlyArray<string> => [
  `${many(rows.before, "row")} before, ${many(rows.after, "row")} after`,
  ...listed("columns that are gone", named.gone),
  ...listed("new columns", named.added),
  ...listed(`${many(keys.gone, "key")} only before`, keys.someGone, keys.gone),
  ...listed(`${many(keys.added, "key")} only after`, keys.someAdded, keys.added),
  ...(cells.length === 0 ? [] : tableLines(cells, columns, lookOf(process.stdout, process.env)))
]
/** Both must be of one kind. */
const compared = (call: Call, project: Awaited<ReturnType<typeof openProject>>, before: AssetVersion, after: AssetVersion) =>
  Effect.gen(function* () {
    const store = yield* ArtifactStore
    const [was, is] = [before.output, after.output]
    if (was.kind === "value" && is.kind === "value") {
      const values = yield* Effect.all([store.getValue(was), store.getValue(is)])
      return { values: jsonChanges(values[0], values[1]) }
    }
    if (was.kind !== "table" || is.kind !== "table")
      return yield* Effect.fail(new Refusal(`${before.asset} was a ${was.kind} and is a ${is.kind}: there is nothing to compare`))
    const type = tableOf(project, before.asset)
    const side = (output: typeof was, { producer }: AssetVersion) => {
      const data = store.open(type, output, producer)
      return { more: data.more, parts: data.scan({ more: "all" }) }
    }
    const tolerance = number(call, "tolerance") ?? usualTolerance
    const table = yield* Effect.tryPromise({
      try: () => tableDifference(type, side(was, before), side(is, after), tolerance),
      catch: (error) =>
        error instanceof TooManyRows
          ? new Refusal(`${before.asset} has ${error.message}: too many to compare`, {
              hint: "`tetra assets export` writes both as Parquet for a database to compare"
            })
          : error
    })
    return { table }
  })
export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const [asset = "", from, to] = call.args
  const found = await readData(
    storePlaceOf(project),
    Effect.gen(function* () {
      const [before, after] = [yield* versionOf(asset, from), yield* versionOf(asset, to)]
      const isSame = before.version === after.version
      return { before, after, difference: isSame ? undefined : yield* compared(call, project, before, after) }
    })
  )
  const { after, before, difference } = found
  if (flag(call, "json")) {
    const isSame = difference === undefined || ("table" in difference && difference.table.isSame)
    printJson({ asset, before: before.version, after: after.version, same: isSame, ...difference })
    return exitCodes.completed
  }
  const names = `${asset} ${shortHash(before)} and ${shortHash(after)}`
  if (difference === undefined) print([`${asset} ${shortHash(before)} is one version: its content is the same`])
  else if ("values" in difference)
    print([`${names}:`, ...difference.values.map((change) => `  ${oneLine(change.path)}: ${oneLine(changeDetail(change))}`)])
  else {
    const { isSame } = difference.table
    print([`${names} ${isSame ? "are the same within the tolerance" : "differ"}`, ...differenceText(difference.table)])
  }
  return exitCodes.completed
}
