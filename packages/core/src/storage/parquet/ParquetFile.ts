import { type FileHandle, open } from "node:fs/promises"
import { type ColumnMetaData, type FileMetaData, parquetMetadata, type RowGroup } from "hyparquet"
import { Moved } from "../../execution/Moved.ts"
import { decodeColumn, decodeDictionary } from "./decodeColumn.ts"
import { type Field, layoutVersion, metadataKeys, type Vector } from "./layout.ts"

/** Most of a footer that is read at once; a larger one takes a second read. */
const tailBytes = 65_536

/** A Parquet file whose footer has been read. The file itself is opened for each read. */
export interface ParquetFile {
  readonly path: string
  readonly metadata: FileMetaData
  readonly rows: number
  /** Columns and type identifier when it is in our layout; `undefined` for a file of somebody else. */
  readonly ours: { readonly type: string; readonly fields: ReadonlyArray<Field> } | undefined
}

const readAt = async (file: FileHandle, from: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, from)
  Moved.read(bytesRead)
  if (bytesRead !== length) throw new Error(`the file ends ${length - bytesRead} bytes early`)
  return bytes
}
const withFile = async <A>(path: string, use: (file: FileHandle) => Promise<A>): Promise<A> => {
  const file = await open(path, "r")
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

const readMetadata = (path: string): Promise<FileMetaData> =>
  withFile(path, async (file) => {
    const { size } = await file.stat()
    let tail = await readAt(file, Math.max(0, size - tailBytes), Math.min(size, tailBytes))
    if (tail.byteLength < 12) throw new Error("the file is too short to be Parquet")
    const footer = new DataView(tail.buffer).getUint32(tail.byteLength - 8, true) + 8
    if (footer > tail.byteLength && footer <= size) tail = await readAt(file, size - footer, footer)
    return parquetMetadata(tail, {
      geoparquet: false,
      // Statistics as the numbers that the columns hold, not as dates.
      parsers: { dateFromDays: (days: number) => days, timestampFromMicroseconds: (micros: bigint) => micros }
    })
  })

/** `fields` as our writer recorded them, checked, since the file may have been damaged or made by somebody else. */
const recordedFields = (text: string | undefined): ReadonlyArray<Field> | undefined => {
  if (text === undefined) return undefined
  const parsed: unknown = JSON.parse(text)
  if (!Array.isArray(parsed)) return undefined
  return parsed.every(
    (field: unknown): field is Field => typeof field === "object" && field !== null && "name" in field && "kind" in field
  )
    ? parsed
    : undefined
}

/** Reads the footer. Throws when the file is not there or is no Parquet file. */
export const openParquet = async (path: string): Promise<ParquetFile> => {
  const metadata = await readMetadata(path)
  const entry = (key: string) => metadata.key_value_metadata?.find((pair) => pair.key === key)?.value
  const type = entry(metadataKeys.type)
  const fields = recordedFields(entry(metadataKeys.columns))
  const ours =
    type !== undefined && fields !== undefined && entry(metadataKeys.layout) === layoutVersion ? { type, fields } : undefined
  return { path, metadata, rows: Number(metadata.num_rows), ours }
}

export const columnOf = (group: RowGroup, name: string): ColumnMetaData | undefined =>
  group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data
const startOf = (column: ColumnMetaData): number => Number(column.dictionary_page_offset ?? column.data_page_offset)

/** Decodes columns of one row group of a file in our layout. */
export const readColumns = (path: string, group: RowGroup, fields: ReadonlyArray<Field>): Promise<ReadonlyArray<Vector>> =>
  withFile(path, (file) =>
    Promise.all(
      fields.map(async (field) => {
        const column = columnOf(group, field.name)
        if (column === undefined) throw new Error(`it has no column "${field.name}"`)
        return decodeColumn(
          field,
          await readAt(file, startOf(column), Number(column.total_compressed_size)),
          Number(group.num_rows)
        )
      })
    )
  )
/** The distinct values of a text column in one row group; `undefined` when all its cells are missing. */
export const readDictionary = (path: string, column: ColumnMetaData): Promise<ReadonlyArray<string> | undefined> => {
  const start = column.dictionary_page_offset
  if (start === undefined) return Promise.resolve(undefined)
  return withFile(path, async (file) =>
    decodeDictionary(await readAt(file, Number(start), Number(column.data_page_offset - start)))
  )
}
