import { Effect, Stream } from "effect"
import { createHash } from "node:crypto"
import { type Batch, DatasetError, type DatasetRef, type Scan, type ScanOptions, type Table } from "../../authoring/data.ts"
import type {
  AssetVersion,
  KnowledgeTimes,
  Producer,
  StoredArtifact,
  StoredFile,
  StoredOutput,
  StoredTable,
  StoredValue
} from "../../domain/Artifact.ts"
import { canonicalJson } from "../../domain/canonicalJson.ts"
import { sha256 } from "../../planning/fingerprint.ts"
import { concat, contentHash, emptyBatch, select, type Selection, shapeError, sizeOf } from "../columns.ts"
import { knowledgeTimes, latestTimes } from "../knowledgeTimes.ts"
import { op } from "../op.ts"
import { ArtifactStore, type TableSink } from "./ArtifactStore.ts"

/** Objects by hash: batches for tables, bytes for named files, JSON for large values. */
export interface MemoryObjects {
  readonly tables: Map<string, ReadonlyArray<Batch>>
  readonly files: Map<string, Uint8Array>
  readonly published: Map<string, AssetVersion>
}
export const memoryObjects = (): MemoryObjects => ({ tables: new Map(), files: new Map(), published: new Map() })

const gone = (asset: string, hash: string) =>
  new DatasetError({ asset, reason: "missing", detail: `object ${hash.slice(0, 12)} is not in the store` })

/** Version of a table: over type, names of further columns and file hashes, in row order. */
const versionOf = (type: string, more: ReadonlyArray<string>, files: ReadonlyArray<StoredFile>): string =>
  createHash("sha256")
    .update(JSON.stringify([type, more, files.map((f) => f.hash)]))
    .digest("hex")

export const timesOf = (type: Table, { columns }: Batch): KnowledgeTimes =>
  knowledgeTimes(type, (column) => {
    const cells = columns[column] as Int32Array | BigInt64Array
    return Array.from<number | bigint>(cells).reduce<number | bigint | undefined>(
      (most, cell) => (most === undefined || cell > most ? cell : most),
      undefined
    )
  })
const tableOf = (type: string, more: ReadonlyArray<string>, files: ReadonlyArray<StoredFile>): StoredTable => ({
  kind: "table",
  type,
  more,
  files,
  version: versionOf(type, more, files),
  rows: files.reduce((sum, f) => sum + f.rows, 0),
  bytes: files.reduce((sum, f) => sum + f.bytes, 0),
  ...latestTimes(files)
})
const aScan = <B extends Batch>(batches: ReadonlyArray<B>): Scan<B> => {
  // A value of its own: the stream of an empty list is one that all share.
  const stream = Stream.suspend(() => Stream.fromIterable(batches))
  const iterate = () => Stream.toAsyncIterable(stream)[Symbol.asyncIterator]()
  return Object.assign(stream, { [Symbol.asyncIterator]: iterate })
}
const refuseAbove = (rows: number, maxRows: number, asset: string) =>
  rows > maxRows
    ? Effect.fail(
        new DatasetError({
          asset,
          reason: "shape",
          detail: `${rows} rows are more than maxRows ${maxRows}: scan in batches, or raise maxRows`
        })
      )
    : Effect.void

/** A dataset whose rows are in memory. `batchRows` is ignored: batches come as they were written. */
export const memoryRef = <T extends Table>(
  type: T,
  table: StoredTable,
  producer: Producer,
  load: () => ReadonlyArray<Batch>
): DatasetRef<T> => {
  const cut = (selection: Selection | undefined) => load().map((b) => select(b, selection))
  // What was selected has the columns that were asked for; their types are those of the table.
  const typed = <K extends keyof T["columns"] & string>(selected: Batch) => selected as Batch<Pick<T["columns"], K>>
  return {
    type,
    version: table.version,
    rows: table.rows,
    bytes: table.bytes,
    more: table.more,
    producer,
    asOf: table.asOf,
    knownAt: table.knownAt,
    files: table.files.map((f) => `memory/${f.hash}.parquet`),
    sql: `read_parquet([${table.files.map((f) => `'memory/${f.hash}.parquet'`).join(", ")}])`,
    scan: <K extends keyof T["columns"] & string>(selection?: ScanOptions<T["columns"], K>) =>
      aScan(cut(selection).flatMap((b) => (b.rows > 0 ? [typed<K>(b)] : []))),
    read: <K extends keyof T["columns"] & string>(selection?: ScanOptions<T["columns"], K> & { readonly maxRows?: number }) =>
      op(
        Effect.gen(function* () {
          const parts = cut(selection)
          yield* refuseAbove(
            parts.reduce((sum, b) => sum + b.rows, 0),
            selection?.maxRows ?? 1_000_000,
            type.id
          )
          return typed<K>(parts.length === 0 ? select(emptyBatch(type), { ...selection, where: {} }) : concat(parts))
        })
      )
  }
}
const aSink = (objects: MemoryObjects, type: Table, staging: string, segments: ReadonlyArray<string>): TableSink => {
  const sealed = [...segments]
  const written: Array<Batch> = segments.flatMap((hash) => objects.tables.get(hash)!)
  let unsealed = written.length
  const keep = (hash: string, batches: ReadonlyArray<Batch>) => (objects.tables.set(hash, batches), hash)
  return {
    append: (batch) =>
      Effect.suspend(() => {
        const wrong = shapeError(staging.split("/").at(-1) ?? staging, type, batch)
        if (wrong !== undefined) return Effect.fail(wrong)
        written.push(batch)
        return Effect.void
      }),
    seal: Effect.sync(() => {
      const fresh = written.slice(unsealed)
      unsealed = written.length
      if (fresh.length > 0) sealed.push(keep(contentHash(`segment ${type.id}`, fresh), fresh))
      return [...sealed]
    }),
    path: `staging/${staging}.parquet`,
    adopt: Effect.fail(
      new DatasetError({
        asset: type.id,
        reason: "missing",
        detail: "the memory store holds no files to adopt: use the file store"
      })
    ),
    finish: Effect.sync(() => {
      const whole = written.length === 0 ? emptyBatch(type) : concat(written)
      const hash = keep(contentHash(type.id, [whole]), [whole])
      return tableOf(
        type.id,
        Object.keys(whole.more ?? {}),
        whole.rows === 0 ? [] : [{ hash, rows: whole.rows, bytes: sizeOf(whole), ...timesOf(type, whole) }]
      )
    })
  }
}
export const memoryArtifacts = (objects: MemoryObjects): typeof ArtifactStore.Service => {
  const filesOf = (table: StoredTable): ReadonlyArray<Batch> =>
    table.files.flatMap((f) => {
      const batches = objects.tables.get(f.hash)
      if (batches === undefined) throw gone(table.type, f.hash)
      return batches
    })
  return {
    sink: (type, staging, resume) =>
      Effect.suspend(() => {
        const lost = resume?.find((hash) => !objects.tables.has(hash))
        return lost === undefined ? Effect.succeed(aSink(objects, type, staging, resume ?? [])) : Effect.fail(gone(type.id, lost))
      }),
    putValue: (type, value) =>
      Effect.sync((): StoredValue => {
        const text = canonicalJson(value)
        return { kind: "value", type, version: sha256(`${type}\n${text}`), bytes: text.length, value }
      }),
    getValue: (value) =>
      value.value === undefined ? Effect.fail(gone(value.type, value.object ?? value.version)) : Effect.succeed(value.value),
    putFile: (name, media, bytes) =>
      Effect.sync((): StoredArtifact => {
        const hash = sha256(bytes)
        objects.files.set(hash, bytes)
        return { name, media, bytes: bytes.length, hash }
      }),
    merge: (type, parts) =>
      Effect.sync(() =>
        tableOf(
          type.id,
          [...new Set(parts.flatMap((p) => p.more))],
          parts.flatMap((p) => p.files)
        )
      ),
    open: (type, table, producer) => memoryRef(type, table, producer, () => filesOf(table)),
    pathOf: (file) => `memory/${file.hash}`,
    holds: (output: StoredOutput) =>
      Effect.sync(() =>
        output.kind === "value" ? output.value !== undefined : output.files.every((f) => objects.tables.has(f.hash))
      ),
    publish: (version) =>
      Effect.sync(() => {
        const folder = `artifacts/${version.asset}/${version.version}`
        objects.published.set(folder, version)
        return folder
      }),
    expose: (run, stage, artifact) => Effect.succeed(`reports/${run}/${stage}/${artifact.name}`),
    sweep: () => Effect.void
  }
}
