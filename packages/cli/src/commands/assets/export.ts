/** `tetra assets export NAME`: the data itself, as CSV, JSON or Parquet. */
import { copyFileSync, createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs"
import { once } from "node:events"
import { dirname, extname, join, resolve } from "node:path"
import process from "node:process"
import type { Writable } from "node:stream"
import type { DatasetRef } from "@tetra/core"
import { ArtifactStore, type AssetVersion, type StoredTable, type StoredValue } from "@tetra/core/engine"
import { Effect } from "effect"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { Refusal } from "../../failure.ts"
import { many } from "../../output/plain/amounts.ts"
import type { Call } from "../../program.ts"
import { openProject, text, storePlaceOf } from "../../project/open.ts"
import { readData } from "../../project/data.ts"
import { tableOf } from "../../project/tables.ts"
import { csvHeader, csvLines, jsonRows } from "./cells.ts"
import { versionOf } from "./find.ts"

type Format = "csv" | "json" | "parquet"
const byExtension: Readonly<Record<string, Format>> = { ".csv": "csv", ".json": "json", ".parquet": "parquet" }
const formatOf = (call: Call, found: AssetVersion): Format => {
  const fallback = found.output.kind === "value" ? "json" : "csv"
  return (text(call, "format") as Format | undefined) ?? byExtension[extname(text(call, "to") ?? "")] ?? fallback
}
/** Writes aside and moves into place, so that nobody reads half a file; without a file to standard output. */
const writeTo = async (file: string | undefined, write: (out: Writable) => Promise<void>): Promise<void> => {
  if (file === undefined) return await write(process.stdout)
  mkdirSync(dirname(file), { recursive: true })
  const aside = `${file}.${process.pid}.part`
  const out = createWriteStream(aside)
  try {
    await write(out)
    out.end()
    await once(out, "close")
    renameSync(aside, file)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
}
const put = async (out: Writable, chunk: string): Promise<void> => {
  if (!out.write(chunk)) await once(out, "drain")
}

const writeCsv = async (data: DatasetRef, out: Writable): Promise<void> => {
  await put(out, `${csvHeader(data.type.columns, data.more)}\n`)
  for await (const part of data.scan({ more: "all" }))
    await put(
      out,
      csvLines(data.type.columns, data.more, part)
        .map((line) => `${line}\n`)
        .join("")
    )
}
const writeJson = async (data: DatasetRef, out: Writable): Promise<void> => {
  await put(out, "[")
  let first = true
  for await (const part of data.scan({ more: "all" })) {
    const rows = jsonRows(data.type.columns, data.more, part)
    if (rows.length === 0) continue
    await put(out, `${first ? "\n" : ",\n"}${rows.join(",\n")}`)
    first = false
  }
  await put(out, "\n]\n")
}

/** One stored file is copied as it is; several become a folder of parts in row order, which Parquet readers take as one table. */
const exportParquet = (store: ArtifactStore["Service"], stored: StoredTable, to: string | undefined): string => {
  if (to === undefined)
    throw new Refusal("parquet is not written to a terminal or a pipe", { hint: "name a file with --to FILE" })
  const [only] = stored.files
  if (stored.files.length === 1 && only !== undefined) {
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(store.pathOf(only), to)
    return to
  }
  mkdirSync(to, { recursive: true })
  for (const [i, file] of stored.files.entries())
    copyFileSync(store.pathOf(file), join(to, `part-${String(i).padStart(5, "0")}.parquet`))
  return `${to} (a folder of ${stored.files.length} parts)`
}
const exportValue = (
  store: ArtifactStore["Service"],
  stored: StoredValue,
  format: Format,
  asset: string,
  to: string | undefined
) =>
  Effect.gen(function* () {
    if (format !== "json")
      return yield* Effect.fail(
        new Refusal(`${asset} is a value, not a table: it has no ${format} form`, { hint: "use --format json" })
      )
    const value = yield* store.getValue(stored)
    yield* Effect.promise(() => writeTo(to, (out) => put(out, `${JSON.stringify(value, null, 2)}\n`)))
    return to
  })

export const handle = async (call: Call): Promise<ExitCode> => {
  const project = await openProject(call)
  const asset = call.args[0] ?? ""
  const given = text(call, "to")
  const to = given === undefined ? undefined : resolve(given)
  const written = await readData(
    storePlaceOf(project),
    Effect.gen(function* () {
      const found = yield* versionOf(asset, text(call, "version"))
      const store = yield* ArtifactStore
      const format = formatOf(call, found)
      const { output } = found
      if (output.kind === "value") return { rows: undefined, to: yield* exportValue(store, output, format, asset, to) }
      if (format === "parquet") return { rows: output.rows, to: exportParquet(store, output, to) }
      const data = store.open(tableOf(project, asset), output, found.producer)
      yield* Effect.tryPromise({
        try: () => writeTo(to, (out) => (format === "csv" ? writeCsv : writeJson)(data, out)),
        catch: (error) => error
      })
      return { rows: output.rows, to }
    })
  )
  if (written.to !== undefined)
    process.stderr.write(`${written.rows === undefined ? asset : many(written.rows, "row")} written to ${written.to}\n`)
  return exitCodes.completed
}
