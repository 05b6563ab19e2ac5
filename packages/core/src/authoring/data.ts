/** What travels between stages: tables (columnar, by reference) and values (JSON, by schema). */
import { Effect, Schema, type Stream } from "effect"
import { entriesOf, refuseUndefined } from "./givenNames.ts"

// ---------------------------------------------------------------- Op: one thing for both faces
/** An effect that can also be awaited. Lazy: nothing happens until `yield*` or `await`. */
export interface Op<A, E = never, R = never> extends Effect.Effect<A, E, R>, PromiseLike<A> {}

// ---------------------------------------------------------------- columns
/** Dictionary-coded text: `values[codes[i]]`; code -1 is a missing cell. */
export interface TextVector {
  readonly codes: Int32Array
  readonly values: ReadonlyArray<string>
}
type Kind = "float" | "int" | "long" | "flag" | "text" | "day" | "micros"
/** Type of a column: how a batch holds it, and what one cell of it is. */
export interface Column<out Vector = unknown, out Cell = unknown> {
  readonly kind: Kind
  readonly doc?: string
  readonly "~vector": Vector
  readonly "~cell": Cell
}
const column = <Vector, Cell>(kind: Kind) => ({ kind }) as unknown as Column<Vector, Cell>
/** Column types. NaN (float), -1 code (text) and MIN (day, micros) are "missing" in memory, NULL in Parquet. */
export const Col = {
  float: column<Float64Array, number>("float"),
  int: column<Int32Array, number>("int"),
  long: column<BigInt64Array, bigint>("long"),
  flag: column<Uint8Array, boolean>("flag"),
  text: column<TextVector, string>("text"),
  day: column<Int32Array, number>("day"), // days since 1970-01-01
  micros: column<BigInt64Array, bigint>("micros") // epoch microseconds, UTC
}
/** The columns of a table, by name. */
export type Columns = { readonly [name: string]: Column }

// ---------------------------------------------------------------- data types and assets
/** A table type: named columns, and what is known of their rows. */
export interface Table<out Id extends string = string, out Cols extends Columns = Columns> {
  readonly kind: "table"
  readonly id: Id
  readonly columns: Cols
  /** Columns that together name a row. */
  readonly key: ReadonlyArray<string>
  readonly time: string | undefined
  /** The `micros` column that says when a row could be known; what reads the table must not act on a row before. */
  readonly known: string | undefined
  /** The kind of the further columns, beside the named ones, that a producer may add; `undefined` when there are none. */
  readonly more: "float" | undefined
}
/** A type of JSON values, by schema. */
export interface Value<out Id extends string = string, out T = unknown> {
  readonly kind: "value"
  readonly id: Id
  readonly schema: Schema.Codec<T, any>
}
/** What a port can carry. */
export type DataType = Table | Value
/** A data set with a name, by which stages of any pipeline are wired together. */
export interface Asset<out Name extends string = string, out T extends DataType = DataType> {
  readonly kind: "asset"
  readonly name: Name
  readonly type: T
}
/** Several assets under one name, required together (`calculated_metrics`). */
export interface Group<
  out Name extends string = string,
  out M extends Readonly<Record<string, Asset>> = Readonly<Record<string, Asset>>
> {
  readonly kind: "group"
  readonly name: Name
  readonly members: M
}
/** A table type. `id` ends in `@n`: adding a column keeps it, taking one away or changing one needs `@n+1`. `key`: the columns that together name a row. */
export const defineTable = <const Id extends string, const Cols extends Columns>(
  id: Id,
  columns: Cols,
  options: {
    readonly key: ReadonlyArray<keyof NoInfer<Cols> & string>
    readonly time?: keyof NoInfer<Cols> & string
    /** The `micros` column that says when a row could be known: versions then carry `knownAt`, the latest of it. */
    readonly known?: { [K in keyof Cols]: Cols[K] extends typeof Col.micros ? K : never }[keyof Cols] & string
    /** Further float columns whose names follow from the configuration (`sma_20`, `macd_12_26_9_signal`): a wide table. */
    readonly more?: typeof Col.float
  }
): Table<Id, Cols> => {
  refuseUndefined(`the table "${id}"`, entriesOf("columns", columns))
  return {
    kind: "table",
    id,
    columns,
    key: options.key,
    time: options.time,
    known: options.known,
    more: options.more === undefined ? undefined : "float"
  }
}
/** A type of values that are JSON. `id` ends in `@n`, as for tables. */
export const defineValue = <const Id extends string, S extends Schema.Codec<any, any>>(
  id: Id,
  schema: S
): Value<Id, S["Type"]> => {
  refuseUndefined(`the value "${id}"`, { schema })
  return { kind: "value", id, schema }
}
/** Gives a type a name in the project: who provides it and who requires it are wired by it. */
export const defineAsset = <const Name extends string, T extends DataType>(name: Name, type: T): Asset<Name, T> => {
  refuseUndefined(`the asset "${name}"`, { type })
  return { kind: "asset", name, type }
}
/** Several assets that are required together, under one name. */
export const defineGroup = <const Name extends string, const M extends Readonly<Record<string, Asset>>>(
  name: Name,
  members: M
): Group<Name, M> => ({ kind: "group", name, members })

// ---------------------------------------------------------------- batches and references
/** Rows of a table in columns, each of `rows` cells. Make one with `batch`. */
export interface Batch<out Cols extends Columns = Columns> {
  readonly rows: number
  readonly columns: { readonly [K in keyof Cols]: Cols[K]["~vector"] }
  /** The further columns of a wide table (`defineTable(..., { more: Col.float })`), by name; NaN = missing. */
  readonly more?: Readonly<Record<string, Float64Array>>
}
/** A data set cannot be read or written: it is not there, damaged, has no room, or not the shape of its type. */
export class DatasetError extends Schema.TaggedError<DatasetError>()("DatasetError", {
  asset: Schema.String,
  reason: Schema.Literals(["missing", "corrupt", "full", "shape"]),
  detail: Schema.String
}) {
  override get message() {
    return `${this.asset}: ${this.reason}: ${this.detail}`
  }
}
/** A stream that `for await` understands too. */
export interface Scan<out B> extends Stream.Stream<B, DatasetError>, AsyncIterable<B> {}
type Cut<Cell> = Cell | ReadonlyArray<Cell> | { readonly min?: Cell; readonly max?: Cell }
export interface ScanOptions<Cols extends Columns, K extends keyof Cols> {
  readonly columns?: ReadonlyArray<K>
  /** Which further columns of a wide table to read: names, or "all". None when left out. */
  readonly more?: ReadonlyArray<string> | "all"
  readonly where?: { readonly [C in keyof Cols]?: Cut<Cols[C]["~cell"]> } // pushed down to row groups
  readonly batchRows?: number
}
/** How much of a partitioned answer there is; `ratio` is done / expected, 0 to 1. */
export interface Coverage {
  readonly done: number
  readonly expected: number
  readonly ratio: number
  readonly missing: ReadonlyArray<{ readonly partition: string; readonly reason: string }>
}
/** A handle on an immutable, content-addressed dataset. Holding it costs nothing; reading it is explicit. */
export interface DatasetRef<out T extends Table = Table> {
  readonly type: T
  readonly version: string // content hash
  readonly rows: number
  readonly bytes: number
  /** Names of the further columns of a wide table, in stored order; empty for others. */
  readonly more: ReadonlyArray<string>
  readonly files: ReadonlyArray<string> // Parquet; for DuckDB: FROM ${ref.sql}
  readonly sql: string
  readonly producer: { readonly run: string; readonly stage: string; readonly at: string }
  /** Last day or instant (ISO 8601) that the rows are about, and when the last of them could be known; undefined without such a column or rows. */
  readonly asOf?: string | undefined
  readonly knownAt?: string | undefined
  scan<K extends keyof T["columns"] & string = keyof T["columns"] & string>(
    options?: ScanOptions<T["columns"], K>
  ): Scan<Batch<Pick<T["columns"], K>>>
  /** Everything in one batch; refuses above `maxRows` (default 1e6). */
  read<K extends keyof T["columns"] & string = keyof T["columns"] & string>(
    options?: ScanOptions<T["columns"], K> & { readonly maxRows?: number }
  ): Op<Batch<Pick<T["columns"], K>>, DatasetError>
}
/** Written, not yet committed. Only a writer makes one; the engine publishes it when the attempt commits. */
export interface Staged<out T extends Table = Table> {
  readonly "~staged": T
  readonly rows: number
}
/** Writes one table output. What it takes is staged, and becomes real when the attempt commits. */
export interface Writer<in out T extends Table> {
  /** Adds rows behind those that were written. */
  append(batch: Batch<T["columns"]>): Op<void, DatasetError>
  /** Adds every batch of a source and ends: the answer is what `run` gives back. */
  write<E = never, R = never>(
    source: Stream.Stream<Batch<T["columns"]>, E, R> | AsyncIterable<Batch<T["columns"]>> | Iterable<Batch<T["columns"]>>
  ): Op<Staged<T>, E | DatasetError, R>
  /** A Parquet file that something else (DuckDB `COPY ... TO`) wrote at `path`; its columns are checked. */
  readonly path: string
  /** Takes the file at `path` as all of the output. */
  adopt(): Op<Staged<T>, DatasetError>
  /** Ends what was appended: the answer is what `run` gives back. */
  done(): Staged<T>
}

// ---------------------------------------------------------------- ports
/** An input that need not be there; made by `optional` and `earlier`. */
export interface OptionalPort<out P extends PlainPort | PartialPort = PlainPort | PartialPort> {
  readonly kind: "optional"
  readonly port: P
  /** Read to save work only: see `earlier`. */
  readonly aside?: true
}
/** An input that need not be complete; made by `partial`. */
export interface PartialPort<out P extends PlainPort = PlainPort> {
  readonly kind: "partial"
  readonly port: P
  readonly minCoverage: number
}
export type PlainPort = DataType | Asset
export type InPort = PlainPort | Group | OptionalPort | PartialPort
export type InPorts = { readonly [name: string]: InPort }
export type OutPorts = { readonly [name: string]: PlainPort }

/** The stage runs even when this input could not be made; it then gets the reason. `optional(partial(port))` takes whatever there is. */
export const optional = <P extends PlainPort | PartialPort>(port: P): OptionalPort<P> => ({ kind: "optional", port })
/**
 * What the pipeline itself provided before, for a stage to go on from. The answer must be the same without it, it only costs less: so its version is no part
 * of the cache key, and neither age nor lineage of the answer follows from it.
 */
export const earlier = <P extends PlainPort | PartialPort>(port: P): OptionalPort<P> => ({ kind: "optional", port, aside: true })
/** The stage accepts a partitioned input that is not complete, and sees what is missing. */
export const partial = <P extends PlainPort>(port: P, options: { readonly minCoverage?: number } = {}): PartialPort<P> => ({
  kind: "partial",
  port,
  minCoverage: options.minCoverage ?? 0
})

/** Why an optional input is not there. */
export interface Unavailable {
  readonly _tag: "Unavailable"
  readonly cause: "failed" | "skipped" | "disabled" | "missing"
  readonly message: string
}
/** A partitioned input: the union for tables, a map by partition for values, and how much of it there is. */
export interface PartitionSet<out H, out All = H> {
  readonly all: All
  readonly keys: ReadonlyArray<string>
  get(key: string): H | undefined
  readonly coverage: Coverage
}

export type TypeOf<P> = P extends Asset<any, infer T> ? T : P extends DataType ? P : never
/** What `run` gets for an input: a `DatasetRef` for a table, the value itself for a value, a record for a group, a `Result` for an optional one, a `PartitionSet` for a partial one. */
export type Handle<P> =
  P extends Table<any, any>
    ? DatasetRef<P>
    : P extends Value<any, infer T>
      ? T
      : P extends Asset<any, infer T>
        ? Handle<T>
        : P extends Group<any, infer M>
          ? { readonly [K in keyof M]: Handle<M[K]> }
          : P extends OptionalPort<infer Q>
            ? import("effect").Result.Result<Handle<Q>, Unavailable>
            : P extends PartialPort<infer Q>
              ? TypeOf<Q> extends Value<any, infer T>
                ? PartitionSet<T, ReadonlyMap<string, T>>
                : PartitionSet<Handle<Q>>
              : never
export type Handles<In> = { readonly [K in keyof In]: Handle<In[K]> }

/** What `run` may answer for an output: a JSON value, or batches, or what a writer staged. */
export type Product<P> =
  TypeOf<P> extends infer T
    ? T extends Table<any, infer Cols>
      ? Batch<Cols> | Iterable<Batch<Cols>> | AsyncIterable<Batch<Cols>> | Staged<T>
      : T extends Value<any, infer V>
        ? V
        : never
    : never
export type Products<Out> = [keyof Out] extends [never] ? void : { readonly [K in keyof Out]: Product<Out[K]> }
export type Writers<Out> = {
  readonly [K in keyof Out as TypeOf<Out[K]> extends Table ? K : never]: TypeOf<Out[K]> extends infer T extends Table
    ? Writer<T>
    : never
}

// ---------------------------------------------------------------- small makers
/** Texts as a column: each different one is kept once. */
export const text = (cells: ReadonlyArray<string>): TextVector => {
  const at = new Map<string, number>()
  return { codes: Int32Array.from(cells, (c) => at.get(c) ?? (at.set(c, at.size), at.size - 1)), values: [...at.keys()] }
}
/** A batch of the given column vectors; `more` holds the further columns of a wide table. */
export const batch = <const Cols extends { readonly [K: string]: ArrayLike<unknown> | TextVector }>(
  columns: Cols,
  more?: Readonly<Record<string, Float64Array>>
): { readonly rows: number; readonly columns: Cols; readonly more?: Readonly<Record<string, Float64Array>> } => {
  const first = Object.values(columns)[0]
  const rows = first === undefined ? 0 : "codes" in first ? first.codes.length : first.length
  return more === undefined ? { rows, columns } : { rows, columns, more }
}
