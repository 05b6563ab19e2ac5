import { Context, type Effect } from "effect"
import type { Batch, DatasetError, DatasetRef, Table } from "../../authoring/data.ts"
import type {
  AssetVersion,
  Producer,
  StoredArtifact,
  StoredFile,
  StoredOutput,
  StoredTable,
  StoredValue
} from "../../domain/Artifact.ts"
import type { Json } from "../../domain/Names.ts"

/** Rows of one output of one attempt, on their way to disk. Nothing is visible to readers before the unit commits. */
export interface TableSink {
  /** Checks names, kinds and lengths against the table, then writes. */
  readonly append: (batch: Batch) => Effect.Effect<void, DatasetError>
  /** Makes everything appended so far durable and answers the segment hashes: what `checkpoint.save` records. */
  readonly seal: Effect.Effect<ReadonlyArray<string>, DatasetError>
  /** A Parquet file that something else (DuckDB `COPY ... TO`) may write; `adopt` checks its columns and takes it. */
  readonly path: string
  readonly adopt: Effect.Effect<StoredTable, DatasetError>
  /** The finished table. The bytes depend on the rows only, not on how they were cut into batches or segments. */
  readonly finish: Effect.Effect<StoredTable, DatasetError>
}

/** Content-addressed storage of tables, values and named files (product.md 4). */
export class ArtifactStore extends Context.Service<
  ArtifactStore,
  {
    /** The data folder, when another thread or process can open the same store there. */
    readonly home?: string
    /** `staging` names the attempt (`run/stage/partition/attempt/port`); `resume` are segments of an earlier attempt's checkpoint. */
    readonly sink: (type: Table, staging: string, resume?: ReadonlyArray<string>) => Effect.Effect<TableSink, DatasetError>
    readonly putValue: (type: string, value: Json) => Effect.Effect<StoredValue, DatasetError>
    readonly getValue: (value: StoredValue) => Effect.Effect<Json, DatasetError>
    readonly putFile: (name: string, media: string, bytes: Uint8Array) => Effect.Effect<StoredArtifact, DatasetError>
    /** The union of `parts` in order, without copying rows. */
    readonly merge: (type: Table, parts: ReadonlyArray<StoredTable>) => Effect.Effect<StoredTable, DatasetError>
    readonly open: <T extends Table>(type: T, table: StoredTable, producer: Producer) => DatasetRef<T>
    /** Absolute path of an object. */
    readonly pathOf: (file: StoredFile | StoredArtifact) => string
    /** True when every object that the output names is there. */
    readonly holds: (output: StoredOutput) => Effect.Effect<boolean>
    /** Makes `artifacts/<asset>/<version>/` with its manifest, written aside and moved into place. Idempotent; answers the folder. */
    readonly publish: (version: AssetVersion) => Effect.Effect<string, DatasetError>
    /** Copies a named file to `reports/<run>/<stage>/<name>`, where people find it; answers the path. */
    readonly expose: (run: string, stage: string, artifact: StoredArtifact) => Effect.Effect<string, DatasetError>
    /** Removes staging of attempts that are over: of one run, or of all runs but those named. */
    readonly sweep: (which: { readonly run: string } | { readonly except: ReadonlyArray<string> }) => Effect.Effect<void>
  }
>()("tetra/ArtifactStore") {}
