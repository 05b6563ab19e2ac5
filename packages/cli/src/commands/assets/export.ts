/** `tetra assets export NAME`: the data itself, as CSV, JSON or Parquet. */
import { copyFileSync, createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs"
import { once } from "node:events"
import { dirname, extname, join, resolve } from "node:path"
import process from "node:process"
import type { Writable } from "node:stream"
import { type DatasetRef, type Exporter, Exporters } from "@tetra/core"
import { ArtifactStore, type AssetVersion, nearest, type Project, type StoredTable, type StoredValue } from "@tetra/core/engine"
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

const builtIn = ["csv", "json", "parquet"] as const
type Format = (typeof builtIn)[number] | Exporter
/** Of the plugins of the project. */
const exportersOf = ({ catalogue }: Project): ReadonlyArray<Exporter> =>
  // The point's own schema and the loader have checked what was contributed.
  (catalogue.contributions.get(Exporters.point) ?? []).map(({ value }) => value as Exporter)
const formatNamed = (name: string, exporters: ReadonlyArray<Exporter>): Format => {
  const found = builtIn.find((own) => own === name) ?? exporters.find((exporter) => exporter.name === name)
  if (found !== undefined) return found
  const all = [...builtIn, ...exporters.map((exporter) => exporter.name)]
  const close = nearest(name, all)
  throw new Refusal(`there is no format "${name}"`, {
    hint: close === undefined ? `formats: ${all.join(", ")}; a plugin can add one` : `did you mean "${close}"?`
  })
}
const formatOf = (call: Call, found: AssetVersion, project: Project): Format => {
  const exporters = exportersOf(project)
  const asked = text(call, "format")
  if (asked !== undefined) return formatNamed(asked, exporters)
  const extension = extname(text(call, "to") ?? "")
  const byFile = builtIn.find((own) => `.${own}` === extension) ?? exporters.find((exporter) => exporter.extension === extension)
  return byFile ?? (found.output.kind === "value" ? "json" : "csv")
}
const nameOfFormat = (format: Format): string => (typeof format === "string" ? format : format.name)
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
const put = async (out: Writable, chunk: string | Uint8Array): Promise<void> => {
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
/** What the code of a plugin threw is told with the format that it is of. */
const failedExport = (format: Format, error: unknown): unknown =>
  typeof format === "string"
    ? error
    : new Refusal(`the format "${format.name}" failed: ${error instanceof Error ? error.message : String(error)}`, {
        code: exitCodes.failed,
        hint: "`tetra plugins list` shows which plugin it is of"
      })
const writeTable = (format: Exclude<Format, "parquet">, data: DatasetRef, out: Writable, asset: string): Promise<void> => {
  if (format === "csv") return writeCsv(data, out)
  if (format === "json") return writeJson(data, out)
  if (format.table === undefined)
    throw new Refusal(`${asset} is a table, not a value: it has no ${format.name} form`, { hint: "use --format csv" })
  return format.table(data, (chunk) => put(out, chunk))
}
const exportValue = (
  store: ArtifactStore["Service"],
  stored: StoredValue,
  format: Format,
  asset: string,
  to: string | undefined
) =>
  Effect.gen(function* () {
    const own = typeof format === "object" ? format.value : undefined
    if (format !== "json" && own === undefined)
      return yield* Effect.fail(
        new Refusal(`${asset} is a value, not a table: it has no ${nameOfFormat(format)} form`, { hint: "use --format json" })
      )
    const value = yield* store.getValue(stored)
    yield* Effect.tryPromise({
      try: () =>
        writeTo(to, (out) =>
          own === undefined ? put(out, `${JSON.stringify(value, null, 2)}\n`) : own(value, (chunk) => put(out, chunk))
        ),
      catch: (error) => failedExport(format, error)
    })
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
      const format = yield* Effect.try({ try: () => formatOf(call, found, project), catch: (error) => error })
      const { output } = found
      if (output.kind === "value") return { rows: undefined, to: yield* exportValue(store, output, format, asset, to) }
      if (format === "parquet") return { rows: output.rows, to: exportParquet(store, output, to) }
      const data = store.open(tableOf(project, asset), output, found.producer)
      yield* Effect.tryPromise({
        try: () => writeTo(to, async (out) => await writeTable(format, data, out, asset)),
        catch: (error) => (error instanceof Refusal ? error : failedExport(format, error))
      })
      return { rows: output.rows, to }
    })
  )
  if (written.to !== undefined)
    process.stderr.write(`${written.rows === undefined ? asset : many(written.rows, "row")} written to ${written.to}\n`)
  return exitCodes.completed
}
