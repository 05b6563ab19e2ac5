import type { PageHeader } from "hyparquet"
import { parquetHeader } from "hyparquet/src/column.js"
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js"
import { type Field, type Kind, missingDay, missingMicros, type Vector } from "./layout.ts"
import { decompress } from "./zstd.ts"

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
/** Bytes at an address that a typed array of `width` may stand on; copied only when they are not. */
const aligned = (bytes: Uint8Array, width: number): { readonly buffer: ArrayBufferLike; readonly byteOffset: number } =>
  bytes.byteOffset % width === 0 ? bytes : bytes.slice()

interface Page {
  readonly header: PageHeader
  readonly body: Uint8Array
}
/** The pages of a chunk, still compressed. */
const pagesOf = (chunk: Uint8Array): ReadonlyArray<Page> => {
  const reader = { view: viewOf(chunk), offset: 0 }
  const pages: Array<Page> = []
  while (reader.offset < chunk.byteLength) {
    const header = parquetHeader(reader)
    const end = reader.offset + header.compressed_page_size
    if (header.compressed_page_size < 0 || end > chunk.byteLength) throw new Error("a page ends beyond its column")
    pages.push({ header, body: chunk.subarray(reader.offset, end) })
    reader.offset = end
  }
  return pages
}

const dictionaryOf = async ({ body, header }: Page): Promise<ReadonlyArray<string>> => {
  const plain = await decompress(body, header.uncompressed_page_size)
  const count = header.dictionary_page_header?.num_values ?? 0
  const view = viewOf(plain)
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
  const values: Array<string> = []
  for (let at = 0; values.length < count;) {
    const length = view.getUint32(at, true)
    if (at + 4 + length > plain.byteLength) throw new Error("a dictionary entry ends beyond its page")
    values.push(decoder.decode(plain.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return values
}
const codesOf = (page: Uint8Array, count: number): Int32Array => {
  const codes = new Int32Array(count)
  const width = page[0] ?? 0
  if (count > 0 && width > 0) readRleBitPackedHybrid({ view: viewOf(page), offset: 1 }, width, codes, page.byteLength - 1)
  return codes
}
const flagsOf = (page: Uint8Array, count: number): Uint8Array => {
  const flags = new Uint8Array(count)
  for (let i = 0; i < count; i++) flags[i] = ((page[i >> 3] ?? 0) >> (i & 7)) & 1
  return flags
}

/** Spreads the cells that are there over `rows` places; `levels` says which places those are. */
const spread = <Cells extends { [index: number]: unknown }>(cells: Cells, into: Cells, levels: Uint8Array): Cells => {
  let next = 0
  for (let i = 0; i < levels.length; i++) if (levels[i] === 1) into[i] = cells[next++]
  return into
}
const widthOf: Readonly<Record<Kind, number>> = { float: 8, long: 8, micros: 8, int: 4, day: 4, flag: 0, text: 0 }
const cellsOf = (
  kind: Kind,
  page: Uint8Array,
  there: number,
  levels: Uint8Array | undefined
): Exclude<Vector, { readonly codes: Int32Array }> => {
  if (widthOf[kind] * there > page.byteLength) throw new Error("a page is shorter than its cells")
  const { buffer, byteOffset } = aligned(page, widthOf[kind] || 1)
  switch (kind) {
    case "float": {
      const cells = new Float64Array(buffer, byteOffset, there)
      return levels === undefined ? cells : spread(cells, new Float64Array(levels.length).fill(Number.NaN), levels)
    }
    case "int":
    case "day": {
      const cells = new Int32Array(buffer, byteOffset, there)
      return levels === undefined ? cells : spread(cells, new Int32Array(levels.length).fill(missingDay), levels)
    }
    case "long":
    case "micros": {
      const cells = new BigInt64Array(buffer, byteOffset, there)
      return levels === undefined ? cells : spread(cells, new BigInt64Array(levels.length).fill(missingMicros), levels)
    }
    default:
      return flagsOf(page, there)
  }
}

/** One column of one row group in our own layout. Throws when the bytes are not what the layout says. */
export const decodeColumn = async (field: Field, chunk: Uint8Array, rows: number): Promise<Vector> => {
  const pages = pagesOf(chunk)
  const first = pages.find(({ header }) => header.type === "DICTIONARY_PAGE")
  const data = pages.find(({ header }) => header.type === "DATA_PAGE_V2")
  const about = data?.header.data_page_header_v2
  if (data === undefined || about === undefined || about.num_values !== rows)
    throw new Error("the data page is missing or of another length")
  const levelLength = about.definition_levels_byte_length
  const size = data.header.uncompressed_page_size - levelLength
  const rest = data.body.subarray(levelLength)
  const page = about.is_compressed === false ? rest : await decompress(rest, size)
  let levels: Uint8Array | undefined
  if (about.num_nulls > 0) {
    levels = new Uint8Array(rows)
    // hyparquet fills any indexed array; its type names those that it makes itself.
    readRleBitPackedHybrid({ view: viewOf(data.body), offset: 0 }, 1, levels, levelLength)
  }
  const there = rows - about.num_nulls
  if (field.kind !== "text") return cellsOf(field.kind, page, there, levels)
  const values = first === undefined ? [] : await dictionaryOf(first)
  const codes = about.encoding === "RLE_DICTIONARY" ? codesOf(page, there) : new Int32Array(0)
  if (codes.some((code) => code >= values.length)) throw new Error("a code is beyond its dictionary")
  return { codes: levels === undefined ? codes : spread(codes, new Int32Array(rows).fill(-1), levels), values }
}

/** The dictionary alone: enough to see whether a text filter can match anything in a row group. */
export const decodeDictionary = async (chunk: Uint8Array): Promise<ReadonlyArray<string> | undefined> => {
  const [first] = pagesOf(chunk)
  return first?.header.type === "DICTIONARY_PAGE" ? dictionaryOf(first) : undefined
}
