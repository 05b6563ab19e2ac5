import assert from "node:assert/strict"
import { Effect, Stream } from "effect"
import { type Batch, batch, Col, defineTable } from "../authoring/data.ts"
import { ArtifactStore } from "../execution/ports/ArtifactStore.ts"
import type { InStore, Register } from "./storeContract.ts"

/** A table with a column of every kind, and further ones. */
export const EveryKind = defineTable(
  "test/EveryKind@1",
  { name: Col.text, day: Col.day, close: Col.float, count: Col.int, big: Col.long, flag: Col.flag, at: Col.micros },
  { key: ["name", "day"], time: "day", known: "at", more: Col.float }
)
type Cells = Batch<(typeof EveryKind)["columns"]>
const missingDay = -2_147_483_648
const missingMicros = -(2n ** 63n)

/** Numbers from 0 (included) to 1 from a seed: mulberry32. */
const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
/** `rows` rows of every kind, a tenth of the cells missing; text goes through a dictionary in an odd order, with unused values. */
export const someRows = (seed: number, rows: number): Cells => {
  const random = seeded(seed)
  const values = ["unused", "SPY", "Zürich", "", "émigré 🚀", "a'quote", "QQQ"]
  const one = <A>(cell: A, missing: A): A => (random() < 0.1 ? missing : cell)
  const many = Array.from({ length: rows }, (_, i) => ({
    code: one(1 + Math.floor(random() * 6), -1),
    day: one(Math.floor(i / 3), missingDay),
    close: one(random() * 100 - 50, Number.NaN),
    count: Math.floor(random() * 1e9) - 5e8,
    big: BigInt(Math.floor(random() * 1e15)) * 997n - 10n ** 17n,
    flag: random() < 0.5 ? 1 : 0,
    at: one(BigInt(Math.floor(random() * 1e15)), missingMicros),
    extra: one(random(), Number.NaN)
  }))
  return batch(
    {
      name: { codes: Int32Array.from(many, ({ code }) => code), values },
      day: Int32Array.from(many, ({ day }) => day),
      close: Float64Array.from(many, ({ close }) => close),
      count: Int32Array.from(many, ({ count }) => count),
      big: BigInt64Array.from(many, ({ big }) => big),
      flag: Uint8Array.from(many, ({ flag }) => flag),
      at: BigInt64Array.from(many, ({ at }) => at)
    },
    { extra: Float64Array.from(many, ({ extra }) => extra) }
  )
}
const partOf = (cells: Cells, from: number, to: number): Cells => ({
  rows: to - from,
  columns: {
    name: { codes: cells.columns.name.codes.slice(from, to), values: cells.columns.name.values },
    day: cells.columns.day.slice(from, to),
    close: cells.columns.close.slice(from, to),
    count: cells.columns.count.slice(from, to),
    big: cells.columns.big.slice(from, to),
    flag: cells.columns.flag.slice(from, to),
    at: cells.columns.at.slice(from, to)
  },
  more: { extra: cells.more?.["extra"]?.slice(from, to) ?? new Float64Array(0) }
})
/** The same rows, cut at random into batches, some of them empty. */
export const cutAtRandom = (cells: Cells, seed: number): ReadonlyArray<Cells> => {
  const random = seeded(seed)
  const parts: Array<Cells> = []
  for (let from = 0; from < cells.rows;) {
    const to = Math.min(cells.rows, from + Math.floor((random() * cells.rows) / 3))
    parts.push(partOf(cells, from, to))
    from = to
  }
  return parts
}
interface Row {
  readonly [column: string]: string | number | bigint | boolean | null
}
/** Rows as plain objects with null for a missing cell: what the naive checks below work on. */
export const toRows = (cells: Batch): ReadonlyArray<Row> => {
  const columns = { ...cells.columns, ...cells.more } as Partial<
    Record<string, Float64Array | Int32Array | BigInt64Array | Uint8Array | Cells["columns"]["name"]>
  >
  const cell = (name: string, at: number): Row[string] => {
    const vector = columns[name]
    if (vector === undefined) return null
    if ("codes" in vector) return vector.values[vector.codes[at] ?? -1] ?? null
    const value = vector[at]
    if (
      value === undefined ||
      value !== value ||
      (name === "day" && value === missingDay) ||
      (name === "at" && value === missingMicros)
    )
      return null
    return name === "flag" ? value === 1 : value
  }
  return Array.from({ length: cells.rows }, (_, at) =>
    Object.fromEntries(Object.keys(columns).map((name) => [name, cell(name, at)]))
  )
}
const producer = { run: "run-1", stage: "s.a", at: "2026-01-01T00:00:00.000Z" }
const written = (parts: ReadonlyArray<Batch>, staging: string) =>
  Effect.gen(function* () {
    const sink = yield* (yield* ArtifactStore).sink(EveryKind, staging)
    for (const part of parts) yield* sink.append(part)
    return yield* sink.finish
  })

const cuts: ReadonlyArray<readonly [where: Readonly<Record<string, unknown>>, passes: (row: Row) => boolean]> = [
  [{ name: "SPY" }, (row) => row["name"] === "SPY"],
  [{ name: ["QQQ", "Zürich", "not there"] }, (row) => row["name"] === "QQQ" || row["name"] === "Zürich"],
  [{ name: { min: "R" } }, (row) => typeof row["name"] === "string" && row["name"] >= "R"],
  [{ day: { min: 5, max: 9 } }, (row) => typeof row["day"] === "number" && row["day"] >= 5 && row["day"] <= 9],
  [{ close: { max: 0 }, flag: true }, (row) => typeof row["close"] === "number" && row["close"] <= 0 && row["flag"] === true],
  [{ big: { min: 0n } }, (row) => typeof row["big"] === "bigint" && row["big"] >= 0n],
  [{ at: { min: 5n * 10n ** 14n } }, (row) => typeof row["at"] === "bigint" && row["at"] >= 5n * 10n ** 14n],
  [{ name: "nobody" }, () => false]
]

/** The other face of a scan: `for await`. */
const collect = async (scan: AsyncIterable<Batch>): Promise<ReadonlyArray<Batch>> => {
  const batches: Array<Batch> = []
  for await (const one of scan) batches.push(one)
  return batches
}

/** What every artifact store must do with tables, values and versions. */
export const artifactContract = ({ describe, it }: Register, inStore: InStore): void =>
  describe("artifacts", () => {
    it(
      "give back a table of every column kind with its missing cells",
      inStore(
        Effect.gen(function* () {
          const rows = someRows(1, 500)
          const table = yield* written([rows], "run-1/s.a/-/1/out")
          assert.deepEqual([table.rows, table.more], [500, ["extra"]])
          const ref = (yield* ArtifactStore).open(EveryKind, table, producer)
          assert.deepEqual(toRows(yield* ref.read({ more: "all" })), toRows(rows))
          const narrow = yield* ref.read({ columns: ["close"] })
          assert.deepEqual([Object.keys(narrow.columns), narrow.more ?? {}], [["close"], {}])
        })
      )
    )
    it(
      "give back an empty table with its columns",
      inStore(
        Effect.gen(function* () {
          const table = yield* written([], "run-1/s.a/-/1/out")
          const ref = (yield* ArtifactStore).open(EveryKind, table, producer)
          const none = yield* ref.read()
          assert.deepEqual(
            [none.rows, Object.keys(none.columns), none.columns.name.codes.length],
            [0, Object.keys(EveryKind.columns), 0]
          )
          assert.equal(yield* Stream.runCount(ref.scan()), 0)
        })
      )
    )
    it(
      "keep the version whatever the batches were",
      inStore(
        Effect.gen(function* () {
          const rows = someRows(2, 700)
          const versions = new Set([(yield* written([rows], "run-1/s.a/-/1/out")).version])
          for (const seed of [3, 4, 5]) versions.add((yield* written(cutAtRandom(rows, seed), `run-1/s.a/-/${seed}/out`)).version)
          assert.equal(versions.size, 1)
          const other = yield* written([someRows(6, 700)], "run-1/s.a/-/9/out")
          assert.ok(!versions.has(other.version))
        })
      )
    )
    it(
      "go on from sealed segments to the table of an unbroken attempt",
      inStore(
        Effect.gen(function* () {
          const store = yield* ArtifactStore
          const rows = someRows(7, 900)
          const whole = yield* written([rows], "run-1/s.a/-/1/out")
          const first = yield* store.sink(EveryKind, "run-1/s.a/-/2/out")
          yield* first.append(partOf(rows, 0, 200))
          const early = yield* first.seal
          yield* first.append(partOf(rows, 200, 450))
          const sealed = yield* first.seal
          assert.deepEqual(sealed.slice(0, early.length), early)
          assert.deepEqual(yield* first.seal, sealed) // nothing new
          yield* first.append(partOf(rows, 450, 600)) // lost with the attempt
          const second = yield* store.sink(EveryKind, "run-1/s.a/-/3/out", sealed)
          assert.deepEqual(yield* second.seal, sealed) // what it resumed from is durable already
          yield* second.append(partOf(rows, 450, 700))
          const later = yield* second.seal
          const third = yield* store.sink(EveryKind, "run-1/s.a/-/4/out", later)
          yield* third.append(partOf(rows, 700, 900))
          assert.equal((yield* third.finish).version, whole.version)
        })
      )
    )
    for (const [where, passes] of cuts) {
      const shown = JSON.stringify(where, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value))
      it(
        `filter by ${shown} like a filter over all rows`,
        inStore(
          Effect.gen(function* () {
            const rows = someRows(8, 400)
            const ref = (yield* ArtifactStore).open(
              EveryKind,
              yield* written(cutAtRandom(rows, 9), "run-1/s.a/-/1/out"),
              producer
            )
            const expected = toRows(rows).filter(passes)
            assert.deepEqual(toRows(yield* ref.read({ where, more: "all" })), expected)
            const scan = ref.scan({ where, more: ["extra"] })
            const awaited = yield* Effect.promise(() => collect(scan))
            assert.deepEqual(awaited.flatMap(toRows), expected)
            assert.deepEqual((yield* Stream.runCollect(scan)).flatMap(toRows), expected)
          })
        )
      )
    }
    it(
      "refuse to read more rows than asked for",
      inStore(
        Effect.gen(function* () {
          const ref = (yield* ArtifactStore).open(EveryKind, yield* written([someRows(1, 100)], "run-1/s.a/-/1/out"), producer)
          const refused = yield* Effect.flip(ref.read({ maxRows: 99 }))
          assert.match(refused.message, /maxRows 99/)
        })
      )
    )
    it(
      "refuse a batch that does not fit, and say which column",
      inStore(
        Effect.gen(function* () {
          const sink = yield* (yield* ArtifactStore).sink(EveryKind, "run-1/s.a/-/1/out")
          const rows = someRows(1, 10)
          const short = yield* Effect.flip(sink.append({ ...rows, columns: { ...rows.columns, close: new Float64Array(9) } }))
          assert.match(short.message, /"close" has 9 cells, the batch has 10 rows/)
          const { close: _, ...without } = rows.columns
          assert.match((yield* Effect.flip(sink.append({ ...rows, columns: without }))).message, /"close".*missing/)
        })
      )
    )
    it(
      "join parts in order without copying rows",
      inStore(
        Effect.gen(function* () {
          const store = yield* ArtifactStore
          const [a, b] = [someRows(11, 50), someRows(12, 60)]
          const parts = [yield* written([a], "run-1/s.a/a/1/out"), yield* written([b], "run-1/s.a/b/1/out")]
          const table = yield* store.merge(EveryKind, parts)
          assert.deepEqual(
            [table.rows, table.files.map(({ hash }) => hash)],
            [110, parts.flatMap(({ files }) => files.map(({ hash }) => hash))]
          )
          assert.deepEqual(toRows(yield* store.open(EveryKind, table, producer).read({ more: "all" })), [
            ...toRows(a),
            ...toRows(b)
          ])
          assert.ok(yield* store.holds(table))
        })
      )
    )
    it(
      "carry what the rows of a table are about and when the last of them was known, also of a union",
      inStore(
        Effect.gen(function* () {
          const store = yield* ArtifactStore
          const [a, b] = [someRows(11, 50), someRows(12, 60)]
          const parts = [yield* written([a], "run-1/s.a/a/1/out"), yield* written([b], "run-1/s.a/b/1/out")]
          const table = yield* store.merge(EveryKind, parts)
          const days = [...a.columns.day, ...b.columns.day]
          const instants = [...a.columns.at, ...b.columns.at].map((at) => Number(at / 1000n))
          const asOf = new Date(Math.max(...days) * 86_400_000).toISOString().slice(0, 10)
          const knownAt = new Date(Math.max(...instants)).toISOString()
          const ref = store.open(EveryKind, table, producer)
          assert.deepEqual([table.asOf, table.knownAt, ref.asOf, ref.knownAt], [asOf, knownAt, asOf, knownAt])
          const none = yield* written([], "run-1/s.a/c/1/out")
          assert.deepEqual([none.asOf, none.knownAt], [undefined, undefined])
        })
      )
    )
    it(
      "keep values by content: equal ones have one version, whatever the order of their keys",
      inStore(
        Effect.gen(function* () {
          const store = yield* ArtifactStore
          const one = yield* store.putValue("test/V@1", { b: [1, null, "x"], a: { d: true, c: 0.5 } })
          const same = yield* store.putValue("test/V@1", { a: { c: 0.5, d: true }, b: [1, null, "x"] })
          const other = yield* store.putValue("test/V@2", { a: { c: 0.5, d: true }, b: [1, null, "x"] })
          assert.equal(one.version, same.version)
          assert.notEqual(one.version, other.version)
          assert.deepEqual(yield* store.getValue(one), { a: { c: 0.5, d: true }, b: [1, null, "x"] })
          const large = Array.from({ length: 30_000 }, (_, i) => i)
          assert.deepEqual(yield* store.getValue(yield* store.putValue("test/V@1", large)), large)
        })
      )
    )
    it(
      "publish a version once, however often it is asked",
      inStore(
        Effect.gen(function* () {
          const store = yield* ArtifactStore
          const output = yield* written([someRows(1, 20)], "run-1/s.a/-/1/out")
          const version = {
            asset: "market_data",
            version: output.version,
            output,
            coverage: { done: 1, expected: 1, ratio: 1, missing: [] },
            producer,
            inputs: {}
          }
          const folders = yield* Effect.all([store.publish(version), store.publish(version)], { concurrency: 2 })
          assert.equal(new Set([...folders, yield* store.publish(version)]).size, 1)
        })
      )
    )
  })
