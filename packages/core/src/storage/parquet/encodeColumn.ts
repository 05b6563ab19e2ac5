import type { ColumnMetaData, Encoding, PageHeader, Statistics } from "hyparquet"
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js"
import { writePageHeader } from "hyparquet-writer/src/datapage.js"
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js"
import { canMiss, type Field, missingDay, missingMicros, schemaElementOf, type Vector } from "./layout.ts"
import { isText } from "./vectors.ts"
import { compress } from "./zstd.ts"

/** One column of one row group, ready to be written: its pages, and its entry in the footer without offsets. */
export interface EncodedChunk {
  readonly bytes: ReadonlyArray<Uint8Array>
  readonly dictionaryBytes: number
  readonly meta: Omit<ColumnMetaData, "data_page_offset" | "dictionary_page_offset">
}
/** The cells that are there, in PLAIN encoding or as dictionary codes, with what the footer says about them. */
interface Present {
  readonly page: Uint8Array
  readonly encoding: Encoding
  readonly dictionary: Uint8Array | undefined
  readonly dictionarySize: number
  /** 1 for a cell that is there, 0 for a missing one; `undefined` when all are there. */
  readonly levels: Uint8Array | undefined
  readonly missing: number
  readonly min: Statistics["min_value"]
  readonly max: Statistics["max_value"]
}
const bytesOf = (cells: Float64Array | Int32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength)

/** Levels, count and range of a numeric column. `isMissing` is undefined for kinds without missing cells. */
const survey = <Cell extends number | bigint>(
  cells: { readonly length: number; readonly [index: number]: Cell },
  isMissing: ((cell: Cell) => boolean) | undefined
) => {
  let levels: Uint8Array | undefined
  let missing = 0
  let min: Cell | undefined
  let max: Cell | undefined
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]
    if (cell === undefined) continue
    if (isMissing?.(cell) === true) {
      levels ??= new Uint8Array(cells.length).fill(1)
      levels[i] = 0
      missing++
      continue
    }
    if (min === undefined || cell < min) min = cell
    if (max === undefined || cell > max) max = cell
  }
  return { levels, missing, min, max }
}
const plain = (page: Uint8Array, found: ReturnType<typeof survey>): Present => ({
  page,
  encoding: "PLAIN",
  dictionary: undefined,
  dictionarySize: 0,
  ...found,
  // Parquet orders -0 before 0: a range that touches zero must admit both.
  min: found.min === 0 ? -0 : found.min,
  max: found.max === 0 ? 0 : found.max
})
const isNaNCell = (cell: number): boolean => cell !== cell
// Names of this module: an imported one is looked up for each cell where modules are not linked natively (tests, benches).
const [dayGap, microsGap] = [missingDay, missingMicros] as const
const isMissingDay = (cell: number): boolean => cell === dayGap
const isMissingMicros = (cell: bigint): boolean => cell === microsGap

const presentFloats = (cells: Float64Array): Present => {
  const found = survey(cells, isNaNCell)
  return plain(bytesOf(found.missing === 0 ? cells : cells.filter((cell) => !isNaNCell(cell))), found)
}
const presentInts = (cells: Int32Array, isMissing: typeof isMissingDay | undefined): Present => {
  const found = survey(cells, isMissing)
  return plain(bytesOf(found.missing === 0 ? cells : cells.filter((cell) => !isMissingDay(cell))), found)
}
const presentLongs = (cells: BigInt64Array, isMissing: typeof isMissingMicros | undefined): Present => {
  const found = survey(cells, isMissing)
  return plain(bytesOf(found.missing === 0 ? cells : cells.filter((cell) => !isMissingMicros(cell))), found)
}
const presentFlags = (cells: Uint8Array): Present => {
  const bits = new Uint8Array(Math.ceil(cells.length / 8))
  for (let i = 0; i < cells.length; i++) if (cells[i] !== 0) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7))
  const some = cells.some((cell) => cell !== 0)
  const all = cells.every((cell) => cell !== 0)
  return {
    ...plain(bits, { levels: undefined, missing: 0, min: undefined, max: undefined }),
    min: cells.length === 0 ? undefined : all,
    max: cells.length === 0 ? undefined : some
  }
}

const dictionaryPage = (values: ReadonlyArray<Uint8Array>): Uint8Array => {
  const page = new Uint8Array(values.reduce((sum, value) => sum + 4 + value.byteLength, 0))
  const view = new DataView(page.buffer)
  let at = 0
  for (const value of values) {
    view.setUint32(at, value.byteLength, true)
    page.set(value, at + 4)
    at += 4 + value.byteLength
  }
  return page
}
/** Parquet orders text by its UTF-8 bytes. */
const rangeOf = (values: ReadonlyArray<Uint8Array>) => {
  let min = values[0]
  let max = values[0]
  for (const value of values) {
    if (min !== undefined && Buffer.compare(value, min) < 0) min = value
    if (max !== undefined && Buffer.compare(value, max) > 0) max = value
  }
  return { min, max }
}
const presentTexts = (codes: Int32Array, values: ReadonlyArray<string>): Present => {
  const there = codes.filter((code) => code >= 0)
  const missing = codes.length - there.length
  const levels = missing === 0 ? undefined : Uint8Array.from(codes, (code) => (code < 0 ? 0 : 1))
  const encoder = new TextEncoder()
  const encoded = values.map((value) => encoder.encode(value))
  if (there.length === 0)
    return {
      page: new Uint8Array(0),
      encoding: "PLAIN",
      dictionary: undefined,
      dictionarySize: 0,
      levels,
      missing,
      min: undefined,
      max: undefined
    }
  const page = new ByteWriter()
  const width = Math.max(1, 32 - Math.clz32(values.length - 1))
  page.appendUint8(width)
  writeRleBitPackedHybrid(page, there, width)
  return {
    page: page.getBytes(),
    encoding: "RLE_DICTIONARY",
    dictionary: dictionaryPage(encoded),
    dictionarySize: values.length,
    levels,
    missing,
    ...rangeOf(encoded)
  }
}
const presentOf = (field: Field, vector: Vector): Present => {
  if (isText(vector)) return presentTexts(vector.codes, vector.values)
  if (vector instanceof Float64Array) return presentFloats(vector)
  if (vector instanceof Int32Array) return presentInts(vector, field.kind === "day" ? isMissingDay : undefined)
  if (vector instanceof BigInt64Array) return presentLongs(vector, field.kind === "micros" ? isMissingMicros : undefined)
  return presentFlags(vector)
}

const headerBytes = (header: PageHeader): Uint8Array => {
  const writer = new ByteWriter(64)
  writePageHeader(writer, header)
  return writer.getBytes()
}
const levelBytes = (kind: Field["kind"], levels: Uint8Array | undefined, rows: number): Uint8Array => {
  const writer = new ByteWriter(16)
  if (!canMiss(kind)) return writer.getBytes()
  if (levels !== undefined) writeRleBitPackedHybrid(writer, levels, 1)
  else if (rows > 0) {
    writer.appendVarInt(rows << 1) // one run: every cell is there
    writer.appendUint8(1)
  }
  return writer.getBytes()
}

/** Encodes the cells of one row group: one data page, and before it the dictionary when it is text. */
export const encodeColumn = async (field: Field, vector: Vector, rows: number): Promise<EncodedChunk> => {
  const present = presentOf(field, vector)
  const bytes: Array<Uint8Array> = []
  let uncompressed = 0
  if (present.dictionary !== undefined) {
    const body = await compress(present.dictionary)
    const header = headerBytes({
      type: "DICTIONARY_PAGE",
      uncompressed_page_size: present.dictionary.byteLength,
      compressed_page_size: body.byteLength,
      dictionary_page_header: { num_values: present.dictionarySize, encoding: "PLAIN" }
    })
    bytes.push(header, body)
    uncompressed += header.byteLength + present.dictionary.byteLength
  }
  const dictionaryBytes = bytes.reduce((sum, part) => sum + part.byteLength, 0)
  const levels = levelBytes(field.kind, present.levels, rows)
  const smaller = present.page.byteLength === 0 ? present.page : await compress(present.page)
  const worthIt = smaller.byteLength < present.page.byteLength
  const body = worthIt ? smaller : present.page
  const header = headerBytes({
    type: "DATA_PAGE_V2",
    uncompressed_page_size: levels.byteLength + present.page.byteLength,
    compressed_page_size: levels.byteLength + body.byteLength,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: present.missing,
      num_rows: rows,
      encoding: present.encoding,
      definition_levels_byte_length: levels.byteLength,
      repetition_levels_byte_length: 0,
      is_compressed: worthIt
    }
  })
  bytes.push(header, levels, body)
  uncompressed += header.byteLength + levels.byteLength + present.page.byteLength
  const type = schemaElementOf(field).type
  if (type === undefined) throw new Error(`column ${field.name} has no physical type`)
  return {
    bytes,
    dictionaryBytes,
    meta: {
      type,
      encodings: present.dictionary === undefined ? [present.encoding] : ["PLAIN", present.encoding],
      path_in_schema: [field.name],
      codec: "ZSTD",
      num_values: BigInt(rows),
      total_uncompressed_size: BigInt(uncompressed),
      total_compressed_size: BigInt(bytes.reduce((sum, part) => sum + part.byteLength, 0)),
      statistics: {
        null_count: BigInt(present.missing),
        ...(present.min === undefined ? {} : { min_value: present.min }),
        ...(present.max === undefined ? {} : { max_value: present.max })
      }
    }
  }
}
