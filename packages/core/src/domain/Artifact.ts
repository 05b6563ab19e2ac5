import type { Json, PartitionKey, Version } from "./Names.ts"

/** What rows are about, as ISO 8601 text: the last cell of the time column, and when the last of them could be known. Absent without such a column. */
export interface KnowledgeTimes {
  /** A day (`2024-01-31`) or an instant. */
  readonly asOf?: string
  readonly knownAt?: string
}
/** One immutable Parquet file, named by the SHA-256 of its bytes. */
export interface StoredFile extends KnowledgeTimes {
  readonly hash: string
  readonly rows: number
  readonly bytes: number
}
/** A table as it is kept: the files in row order. `version` is the hash over type, column names and file hashes. */
export interface StoredTable extends KnowledgeTimes {
  readonly kind: "table"
  readonly type: string
  readonly version: Version
  readonly rows: number
  readonly bytes: number
  /** Names of the further columns of a wide table. */
  readonly more: ReadonlyArray<string>
  readonly files: ReadonlyArray<StoredFile>
}
/** A value as it is kept: the JSON itself, or, above `maxInlineBytes`, the hash of an object that holds it. */
export interface StoredValue {
  readonly kind: "value"
  readonly type: string
  readonly version: Version
  readonly bytes: number
  readonly value?: Json
  readonly object?: string
}
export type StoredOutput = StoredTable | StoredValue

/** How much of a partitioned output there is. `ratio` is `done / expected`, 1 for an empty set. */
export interface StoredCoverage {
  readonly done: number
  readonly expected: number
  readonly ratio: number
  readonly missing: ReadonlyArray<{ readonly partition: PartitionKey; readonly reason: string }>
}
/** Who made an output. `at` is an ISO 8601 UTC instant. */
export interface Producer {
  readonly run: string
  readonly stage: string
  readonly at: string
}
/** Something older, or made in another way, that stands in the place of a fresh answer. */
export interface StandIn {
  /** The asset, or `stage.port` of an output that is none. */
  readonly asset: string
  readonly version: Version
  /** The run that made it. */
  readonly run: string
  /** When it was published, as an ISO 8601 UTC instant. */
  readonly asof: string
  /** How old it was when it was taken. */
  readonly ageHours: number
  /** `fallback use_cached_data` */
  readonly reason: string
}
/** A named file that a stage wrote with `artifact(...)`: a report, a chart, a model. */
export interface StoredArtifact {
  readonly name: string
  readonly media: string
  readonly bytes: number
  readonly hash: string
}
/** One published version of an asset. */
export interface AssetVersion {
  readonly asset: string
  readonly version: Version
  readonly output: StoredOutput
  readonly coverage: StoredCoverage
  readonly producer: Producer
  /** Versions of the inputs it was made from, by port. */
  readonly inputs: Readonly<Record<string, Version>>
  readonly degraded?: string
}
