import { createHash, type Hash } from "node:crypto"
import { open } from "node:fs/promises"
import type { RowGroup } from "hyparquet"
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js"
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js"
import { Moved } from "../../execution/Moved.ts"
import { syncFile } from "../filesystem/syncFile.ts"
import { encodeColumn, type EncodedChunk } from "./encodeColumn.ts"
import { type Field, layoutVersion, metadataKeys, type Rows, schemaOf } from "./layout.ts"

/** A Parquet file that grows by row groups. No handle stays open between calls, so a dropped one leaks nothing. */
export interface GroupFile {
  readonly path: string
  /** Appends one row group of at most `groupRows` rows. */
  readonly append: (rows: Rows) => Promise<void>
  /** Row groups written so far, with their offsets: enough to read them back before the file is finished. */
  readonly groups: () => ReadonlyArray<RowGroup>
  /** Writes the footer, makes the file durable and answers the SHA-256 of its bytes. */
  readonly finish: () => Promise<{ readonly hash: string; readonly bytes: number; readonly rows: number }>
}
/** Columns that are encoded at the same time: their pages are compressed on threads. */
const columnsAtOnce = 8

const writeAll = async (
  path: string,
  parts: ReadonlyArray<Uint8Array>,
  how: { readonly first: boolean; readonly last: boolean }
): Promise<void> => {
  const file = await open(path, how.first ? "w" : "a", 0o600)
  try {
    for (const part of parts) {
      await file.writeFile(part)
      Moved.written(part.byteLength)
    }
    if (how.last) await syncFile(file)
  } finally {
    await file.close()
  }
}

const chunkAt = (offset: number, chunk: EncodedChunk): RowGroup["columns"][number] => ({
  file_offset: BigInt(offset),
  meta_data: {
    ...chunk.meta,
    data_page_offset: BigInt(offset + chunk.dictionaryBytes),
    ...(chunk.dictionaryBytes === 0 ? {} : { dictionary_page_offset: BigInt(offset) })
  }
})

export const makeGroupFile = (path: string, type: string, fields: ReadonlyArray<Field>): GroupFile => {
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({
    writer,
    schema: schemaOf(fields),
    codec: "ZSTD",
    createdBy: "tetra",
    kvMetadata: [
      { key: metadataKeys.type, value: type },
      { key: metadataKeys.layout, value: layoutVersion },
      { key: metadataKeys.columns, value: JSON.stringify(fields) }
    ]
  })
  const hash: Hash = createHash("sha256")
  let started = false
  /** Moves what the writer holds to the file. */
  const flush = async (more: ReadonlyArray<Uint8Array>, last: boolean): Promise<void> => {
    const held = writer.getBytes()
    for (const part of [held, ...more]) hash.update(part)
    await writeAll(path, [held, ...more], { first: !started, last })
    started = true
    writer.index = 0
  }
  return {
    path,
    append: async ({ columns, rows }) => {
      const chunks: Array<EncodedChunk> = []
      for (let from = 0; from < fields.length; from += columnsAtOnce) {
        const encoded = fields.slice(from, from + columnsAtOnce).map((field) => {
          const vector = columns[field.name]
          if (vector === undefined) throw new Error(`no cells for column ${field.name}`)
          return encodeColumn(field, vector, rows)
        })
        chunks.push(...(await Promise.all(encoded)))
      }
      const start = writer.offset
      let offset = start
      const placed = chunks.map((chunk) => {
        const at = chunkAt(offset, chunk)
        offset += Number(chunk.meta.total_compressed_size)
        return at
      })
      await flush(
        chunks.flatMap(({ bytes }) => bytes),
        false
      )
      writer.offset = offset
      parquet.num_rows += BigInt(rows)
      parquet.row_groups.push({
        columns: placed,
        num_rows: BigInt(rows),
        total_byte_size: chunks.reduce((sum, { meta }) => sum + meta.total_uncompressed_size, 0n),
        total_compressed_size: BigInt(offset - start)
      })
    },
    groups: () => parquet.row_groups,
    finish: async () => {
      const rows = Number(parquet.num_rows)
      await parquet.finish()
      await flush([], true)
      return { hash: hash.digest("hex"), bytes: writer.offset, rows }
    }
  }
}
