/** The words of product.md 1 as types. Plain strings: they cross the journal, the API and the command line as they are. */

/** Time-ordered identifier of a run: sorts by start. */
export type RunId = string
/** `<pipeline>.<stage>`, unique in a plan: `metrics_pipeline.indicators`. */
export type StageName = string
/** An encoded partition key: the key itself when it is text, else its JSON. */
export type PartitionKey = string
/** A content hash (lower-case hex) that names an immutable dataset or value. */
export type Version = string

export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** Status of a run, a pipeline in a run, a stage or a unit (product.md 1). */
export type Status = "pending" | "running" | "completed" | "partial" | "failed" | "cancelled" | "skipped"
