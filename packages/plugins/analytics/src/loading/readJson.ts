import { createReadStream } from "node:fs"
import { open, readFile } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { literal } from "../duckdb/quote.ts"
import type { Session } from "../duckdb/Session.ts"
import type { Source } from "../types.ts"
import { columnNames } from "./columnNames.ts"
import { LoadFailed } from "./LoadFailed.ts"
import { locateJsonError } from "./locateJsonError.ts"
import type { Loaded } from "./readDelimited.ts"

type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }
type Fields = { readonly [key: string]: Json }
const maxDocumentBytes = 256 * 2 ** 20
const maxDepth = 4
const maxColumns = 10_000

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The largest array of objects in the document, and the path to it (`$`, `$.features`). */
export const findRecords = (document: Json): { readonly path: string; readonly records: ReadonlyArray<Json> } | undefined => {
  let best: { readonly path: string; readonly records: ReadonlyArray<Json> } | undefined
  const visit = (value: Json, path: string, depth: number) => {
    if (Array.isArray(value)) {
      const objects = (value as ReadonlyArray<Json>).filter(isFields).length
      if (objects > 0 && objects >= value.length / 2 && objects > (best?.records.length ?? 0))
        best = { path, records: value as ReadonlyArray<Json> }
      return // arrays inside records are cells, not tables
    }
    if (isFields(value) && depth < 8) for (const [key, child] of Object.entries(value)) visit(child, `${path}.${key}`, depth + 1)
  }
  visit(document, "$", 0)
  return best
}

/** Nested objects become dotted names, down to depth 4; arrays and what is deeper stay JSON text. */
export const flatten = (record: Fields): ReadonlyMap<string, string | null> => {
  const cells = new Map<string, string | null>()
  const visit = (fields: Fields, prefix: string, depth: number) => {
    for (const [key, value] of Object.entries(fields)) {
      if (isFields(value) && depth < maxDepth && Object.keys(value).length > 0) visit(value, `${prefix}${key}.`, depth + 1)
      else cells.set(`${prefix}${key}`, value === null ? null : typeof value === "object" ? JSON.stringify(value) : String(value))
    }
  }
  visit(record, "", 1)
  return cells
}

const badJson = (source: Source, detail: string, at: { readonly line?: number; readonly column?: number }) =>
  new LoadFailed({ code: "LOAD_BAD_JSON", file: source.path, detail, hint: "Mend it there, or name another format.", ...at })

/** What is wrong with a text that `JSON.parse` refused, and where. */
const faultOf = (text: string) => {
  const offset = locateJsonError(text) ?? text.length
  const before = text.slice(0, offset).split("\n")
  const found = text[offset]
  return {
    detail: found === undefined ? "The text ends too early." : `${JSON.stringify(found)} is not expected here.`,
    at: { line: before.length, column: before.at(-1)!.length + 1 }
  }
}

async function* documentRecords(source: Source, signal: AbortSignal, onPath: (path: string) => void): AsyncIterable<Json> {
  if (source.bytes > maxDocumentBytes) {
    throw new LoadFailed({
      code: "LOAD_OUT_OF_MEMORY",
      file: source.path,
      detail: `A JSON document of ${source.bytes} bytes is too large to parse whole.`,
      hint: "Write one record a line (NDJSON): that is read in pieces."
    })
  }
  const text = new TextDecoder(source.encoding).decode(await readFile(source.path, { signal }))
  let document: Json
  try {
    document = JSON.parse(text) as Json
  } catch {
    const { detail, at } = faultOf(text)
    throw badJson(source, detail, at)
  }
  const found = findRecords(document)
  if (found === undefined) throw badJson(source, "It holds no array of objects.", {})
  onPath(found.path)
  yield* found.records
}

async function* lineRecords(source: Source, signal: AbortSignal): AsyncIterable<Json> {
  const lines = createInterface({
    input: createReadStream(source.path, { signal, encoding: source.encoding === "utf-16le" ? "utf16le" : "utf8" }),
    crlfDelay: Infinity
  })
  let line = 0
  for await (const text of lines) {
    line++
    const clean = line === 1 ? text.replace(/^\u{feff}/u, "") : text
    if (clean.trim() === "") continue
    try {
      yield JSON.parse(clean) as Json
    } catch {
      const { detail, at } = faultOf(clean)
      throw badJson(source, detail, { ...at, line })
    }
  }
}

/** Loads a JSON document (its largest array of objects) or NDJSON. Everything becomes text; types are inferred later. */
export const readJson = async (session: Session, source: Source): Promise<Loaded> => {
  let path = "$"
  const records =
    source.format === "ndjson"
      ? lineRecords(source, session.signal)
      : documentRecords(source, session.signal, (p) => {
          path = p
        })
  const flat = join(session.folder, "records.ndjson")
  const keys = new Map<string, number>()
  const file = await open(flat, "w")
  let count = 0
  try {
    let pending: Array<string> = []
    for await (const record of records) {
      const cells: Array<string> = []
      for (const [key, value] of flatten(isFields(record) ? record : { value: record })) {
        if (!keys.has(key)) keys.set(key, keys.size)
        if (value !== null) cells.push(`"c${keys.get(key)}":${JSON.stringify(value)}`)
      }
      pending.push(`{${cells.join(",")}}\n`)
      count++
      if (pending.length === 5000) {
        await file.write(pending.join(""))
        pending = []
        await new Promise(setImmediate) // lets an abort in
        session.signal.throwIfAborted()
      }
    }
    await file.write(pending.join(""))
  } finally {
    await file.close()
  }
  if (keys.size === 0)
    throw new LoadFailed({
      code: "LOAD_EMPTY_FILE",
      file: source.path,
      detail: "Its records have no fields.",
      hint: "Export it again with its values."
    })
  if (keys.size > maxColumns) {
    throw new LoadFailed({
      code: "LOAD_TOO_WIDE",
      file: source.path,
      detail: `Its ${count} records have ${keys.size} fields together, ${maxColumns} are the most.`,
      hint: "Turn changing keys into values."
    })
  }
  await session.run(`CREATE TABLE raw AS SELECT * FROM read_json(${literal(flat)}, format = 'newline_delimited', maximum_object_size = 268435456,
    columns = {${Array.from({ length: keys.size }, (_, i) => `c${i}: 'VARCHAR'`).join(", ")}})`)
  const { columns, renamed } = columnNames([...keys.keys()], keys.size)
  return {
    columns,
    reading: {
      format: source.format === "ndjson" ? "ndjson" : "json",
      encoding: source.encoding,
      header: true,
      decimalComma: false,
      skippedLines: 0,
      rejected: 0,
      padded: 0,
      rejects: [],
      renamed,
      ...(source.format === "ndjson" ? {} : { path })
    }
  }
}
