import { randomUUID } from "node:crypto"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Semaphore } from "effect"
import { type Batch, DatasetError, type Table } from "../../authoring/data.ts"
import type { StoredTable } from "../../domain/Artifact.ts"
import type { TableSink } from "../../execution/ports/ArtifactStore.ts"
import { ForeignFault, foreignFault, foreignNames, foreignRows } from "../parquet/foreign.ts"
import { makeGroupFile } from "../parquet/GroupFile.ts"
import { fieldsOf, type Rows } from "../parquet/layout.ts"
import { openParquet, readColumns } from "../parquet/ParquetFile.ts"
import { faultOf } from "../parquet/vectors.ts"
import { recorded } from "../recorded.ts"
import { onFile, toDatasetError } from "./datasetError.ts"
import { makeFolder } from "./makeFolder.ts"
import { exists, type Objects } from "./objects.ts"
import { Rechunker } from "./Rechunker.ts"
import { storedTable } from "./storedTable.ts"

export interface SinkTools {
  readonly objects: Objects
  readonly objectOf: (hash: string) => string
}
/** What a batch carries, with the further columns beside the named ones. */
const rowsOf = (batch: Batch): Rows => ({
  rows: batch.rows,
  columns: recorded<Rows["columns"]>({ ...batch.columns, ...batch.more })
})

const shape = (asset: string, detail: string) => new DatasetError({ asset, reason: "shape", detail })
const sameNames = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean =>
  a.length === b.length && a.every((name) => b.includes(name))

/** Why a batch does not fit the table, or `undefined`. `more` are the further columns that the first batch brought. */
const faultOfBatch = (type: Table, more: ReadonlyArray<string>, batch: Batch): string | undefined => {
  const given = Object.keys(batch.more ?? {})
  if (type.more === undefined && given.length > 0)
    return `${type.id} takes no further columns, the batch brings ${given.join(", ")}`
  if (!sameNames(given, more))
    return `every batch must bring the same further columns: this one has [${given.join(", ")}], the first had [${more.join(", ")}]`
  const clash = given.find((name) => name in type.columns)
  if (clash !== undefined) return `the further column "${clash}" has the name of a column of ${type.id}`
  const { columns } = rowsOf(batch)
  for (const field of fieldsOf(type, more)) {
    const fault = faultOf(field, columns[field.name], batch.rows)
    if (fault !== undefined) return fault
  }
  const strayed = Object.keys(batch.columns).find((name) => !(name in type.columns))
  return strayed === undefined
    ? undefined
    : `${type.id} has no column "${strayed}"; it has ${Object.keys(type.columns).join(", ")}`
}

/** A sink in a folder of its own below `folder`, so that an attempt given up but still writing meets nobody. `asset` names the output in errors; `resume` are the segments of an earlier attempt. */
export const makeTableSink = (
  tools: SinkTools,
  type: Table,
  at: { readonly folder: string; readonly asset: string },
  resume: ReadonlyArray<string>
): Effect.Effect<TableSink, DatasetError> =>
  Effect.gen(function* () {
    const folder = join(at.folder, randomUUID())
    yield* onFile(at.asset, folder, () => makeFolder(folder))
    const turn = yield* Semaphore.make(1) // batches enter in the order of their calls, also from Promise.all
    const path = join(folder, "adopt.parquet")
    const segments = [...resume]
    let rechunker: Rechunker | undefined
    let emptyMore: ReadonlyArray<string> | undefined
    let finished: StoredTable | undefined
    let broken: DatasetError | undefined
    const intoFile = (more: ReadonlyArray<string>) => (rechunker ??= new Rechunker(join(folder, "rows.parquet"), type, more))

    const add = async (batch: Batch): Promise<void> => {
      if (finished !== undefined) throw shape(at.asset, "rows came after the table was finished. Append before done()")
      const given = Object.keys(batch.more ?? {})
      const more = rechunker?.fields.slice(Object.keys(type.columns).length).map(({ name }) => name) ?? given
      const fault = faultOfBatch(type, batch.rows === 0 && given.length === 0 ? [] : more, batch)
      if (fault !== undefined) throw shape(at.asset, fault)
      if (batch.rows === 0) emptyMore ??= given.length > 0 ? given : undefined
      else await intoFile(more).add(rowsOf(batch))
    }
    const seal = async (): Promise<ReadonlyArray<string>> => {
      if (rechunker === undefined || rechunker.rows === rechunker.sealed) return [...segments]
      const file = makeGroupFile(join(folder, `segment-${segments.length}.parquet`), type.id, rechunker.fields)
      for await (const rows of rechunker.unsealed()) await file.append(rows)
      const { hash } = await file.finish()
      await tools.objects.take(file.path, hash)
      segments.push(hash)
      rechunker.sealed = rechunker.rows
      return [...segments]
    }
    const finish = async (): Promise<StoredTable> => {
      if (finished !== undefined) return finished
      const whole = intoFile(emptyMore ?? [])
      const { bytes, hash, rows } = await whole.finish()
      await tools.objects.take(whole.file.path, hash)
      const more = whole.fields.slice(Object.keys(type.columns).length).map(({ name }) => name)
      finished = storedTable(type, more, [{ hash, rows, bytes, ...whole.times }])
      return finished
    }
    const adopt = async (): Promise<StoredTable> => {
      if (finished !== undefined) return finished
      if (rechunker !== undefined)
        throw shape(at.asset, "rows were appended and a file was written: an output is one or the other")
      if (!(await exists(path)))
        throw new DatasetError({
          asset: at.asset,
          reason: "missing",
          detail: `nothing wrote ${path}. COPY ... TO '${path}' (FORMAT parquet) first`
        })
      const file = await openParquet(path)
      const further = foreignNames(file).filter((name) => !(name in type.columns))
      const more = type.more === undefined ? [] : further
      const fault = foreignFault(file, fieldsOf(type, more))
      if (fault !== undefined) throw shape(at.asset, fault)
      const whole = intoFile(more)
      for await (const rows of foreignRows(file, whole.fields)) await whole.add(rows)
      const table = await finish()
      await rm(path, { force: true })
      return table
    }
    const adoptNamed = (): Promise<StoredTable> =>
      adopt().catch((cause: unknown) => {
        throw cause instanceof ForeignFault ? shape(at.asset, cause.message) : toDatasetError(at.asset, path, cause)
      })
    const resumed = async (): Promise<void> => {
      for (const hash of resume) {
        const file = await openParquet(tools.objectOf(hash))
        const fields = file.ours?.fields ?? []
        const whole = intoFile(fields.slice(Object.keys(type.columns).length).map(({ name }) => name))
        for (const group of file.metadata.row_groups) {
          const vectors = await readColumns(file.path, group, whole.fields)
          await whole.add({
            rows: Number(group.num_rows),
            columns: Object.fromEntries(whole.fields.map((field, i) => [field.name, vectors[i] ?? new Uint8Array(0)]))
          })
        }
      }
      if (rechunker !== undefined) rechunker.sealed = rechunker.rows
    }
    /** A file that could not be written to its end holds half a row group: nothing may be added to it. */
    const guarded = async <A>(work: () => Promise<A>): Promise<A> => {
      if (broken !== undefined) throw broken
      try {
        return await work()
      } catch (cause) {
        const error = toDatasetError(at.asset, folder, cause)
        if (error.reason !== "shape") broken = error
        throw error
      }
    }
    const inTurn = <A>(work: () => Promise<A>) =>
      turn.withPermit(Effect.tryPromise({ try: () => guarded(work), catch: (cause) => toDatasetError(at.asset, folder, cause) }))
    yield* inTurn(resumed)
    return {
      append: (batch) => inTurn(() => add(batch)),
      seal: inTurn(seal),
      path,
      adopt: inTurn(adoptNamed),
      finish: inTurn(finish)
    }
  })
