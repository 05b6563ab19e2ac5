import type { Asset, Batch, DataType, Handle, PartialPort, PartitionSet, Table, TypeOf } from "../authoring/data.ts"
import { typeOfPort } from "../execution/codec.ts"
import { dataset } from "./dataset.ts"

/** What one partition holds: a batch of a table, or a value. */
type Part<T> = T extends Table<string, infer Cols> ? Batch<Cols> : T extends { readonly kind: "value" } ? Handle<T> : never

/**
 * What a stage reads through `partial(...)`: `partitioned(Momentum, { A: batch(...), B: batch(...) }, { C: "it has no bars" })`. The last argument says
 * which partitions are missing, and why. Throws what is wrong with a batch.
 */
export const partitioned = <T extends DataType | Asset>(
  port: T,
  parts: Readonly<Record<string, Part<TypeOf<T>>>>,
  missing: Readonly<Record<string, string>> = {}
): Handle<PartialPort<T>> => {
  const type = typeOfPort(port)
  const entries = Object.entries(parts)
  const tables = type.kind === "table" ? entries.map(([key, part]) => [key, part as Batch] as const) : undefined
  const handles = new Map<string, unknown>(tables?.map(([key, part]) => [key, dataset(type as Table, part)]) ?? entries)
  const left = Object.entries(missing).map(([partition, reason]) => ({ partition, reason }))
  const expected = entries.length + left.length
  const coverage = { done: entries.length, expected, ratio: expected === 0 ? 1 : entries.length / expected, missing: left }
  const all = tables === undefined ? handles : dataset(type as Table, ...tables.map(([, part]) => part))
  const set: PartitionSet<unknown, unknown> = { all, keys: [...handles.keys()], get: (key) => handles.get(key), coverage }
  return set as Handle<PartialPort<T>>
}
