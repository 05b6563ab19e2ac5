/** Made-up data of a given type: what a stage is tried with when nothing real is at hand. The same on every machine. */
import { Arbitrary, Effect } from "effect"
import { type Batch, type Column, type DataType, text } from "../../authoring/data.ts"
import { randomOf } from "../../execution/stageTools.ts"
import { dataset } from "../dataset.ts"

const perName = 40
const names = ["AAA", "BBB", "CCC"]
/** 2024-01-01, a Monday, in days since 1970-01-01. */
const firstDay = 19_723
const dayMicros = 86_400_000_000n

interface Asked {
  readonly name: string
  readonly isKey: boolean
  readonly random: () => number
}
const rows = names.length * perName
const list = <T>(of: (i: number) => T): ReadonlyArray<T> => Array.from({ length: rows }, (_, i) => of(i))
const dayOf = (i: number): number => firstDay + (i % perName)
/** Rows of three names, forty consecutive days each, oldest first within a name: no two rows have an equal key. */
const vectors: Readonly<Record<Column["kind"], (asked: Asked) => unknown>> = {
  text: ({ isKey, name }) => text(list((i) => (isKey ? names[Math.floor(i / perName)]! : name))),
  day: () => Int32Array.from(list(dayOf)),
  micros: () => BigInt64Array.from(list((i) => (BigInt(dayOf(i)) + 1n) * dayMicros)),
  int: ({ isKey, random }) => Int32Array.from(list((i) => (isKey ? i : Math.floor(random() * 100)))),
  long: ({ isKey, random }) => BigInt64Array.from(list((i) => BigInt(isKey ? i : Math.floor(random() * 100)))),
  flag: ({ random }) => Uint8Array.from(list(() => (random() < 0.5 ? 0 : 1))),
  float: ({ random }) => Float64Array.from(walk(random))
}
/** Positive, and changing by a few percent from row to row. */
const walk = (random: () => number): ReadonlyArray<number> => {
  let level = 100
  return list(() => (level *= 1 + 0.04 * (random() - 0.5)))
}
/** A dataset for a table, a value of its schema for a value. Fails for a schema of which no value can be made up. */
export const madeUp = (type: DataType): Effect.Effect<unknown, Error> => {
  if (type.kind === "value")
    return Arbitrary.sampleEffect(Arbitrary.schema(type.schema), { count: 1, size: 8, seed: type.id }).pipe(
      Effect.map(([value]) => value),
      Effect.mapError(() => new Error(`no value of ${type.id} can be made up from its schema`))
    )
  const vector = (name: string, { kind }: Column) =>
    vectors[kind]({ name, isKey: type.key.includes(name), random: randomOf(1, `${type.id}/${name}`, null) })
  const columns = Object.fromEntries(Object.entries(type.columns).map(([name, column]) => [name, vector(name, column)]))
  const whole = { rows, columns } as Batch
  return Effect.try({ try: () => dataset(type, whole), catch: (error) => error as Error })
}
