import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { parquetWriteBuffer } from "hyparquet-writer"
import { describe, expect, it } from "vitest"
import type { StoredTable } from "../../src/domain/Artifact.ts"
import { ArtifactStore } from "../../src/execution/ports/ArtifactStore.ts"
import { type Batch, batch, Col, defineTable } from "../../src/index.ts"
import { groupRows } from "../../src/storage/parquet/layout.ts"
import { openParquet } from "../../src/storage/parquet/ParquetFile.ts"
import { cutAtRandom, EveryKind, someRows, toRows } from "../../src/testing/artifactContract.ts"
import { inHome, withHome } from "./support/home.ts"

const producer = { run: "run-1", stage: "s.a", at: "2026-01-01T00:00:00.000Z" }
const whole = { done: 1, expected: 1, ratio: 1, missing: [] }
const Bars = defineTable(
  "test/Bars@1",
  { symbol: Col.text, day: Col.day, close: Col.float },
  { key: ["symbol", "day"], time: "day" }
)
/** Bars of as many symbols as it takes for `rows` rows of 1,000 days each. */
const manyBars = (rows: number) =>
  batch({
    symbol: {
      codes: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 1_000)),
      values: Array.from({ length: Math.ceil(rows / 1_000) }, (_, i) => `S${i}`)
    },
    day: Int32Array.from({ length: rows }, (_, i) => i % 1_000),
    close: Float64Array.from({ length: rows }, (_, i) => (i % 11 === 0 ? Number.NaN : i / 7))
  })
const write = (
  type: typeof Bars | typeof EveryKind,
  parts: ReadonlyArray<Batch>,
  staging: string,
  resume?: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const sink = yield* (yield* ArtifactStore).sink(type, staging, resume)
    for (const part of parts) yield* sink.append(part)
    return yield* sink.finish
  })
const versionOf = (output: StoredTable) => ({
  asset: "market_data",
  version: output.version,
  output,
  coverage: whole,
  producer,
  inputs: { prices: "v0" }
})

describe("a table on disk", () => {
  it("has the same bytes whatever the batches and segments were, over several row groups", () =>
    withHome(async (home) => {
      const bars = manyBars(groupRows * 2 + 4_321)
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        const atOnce = yield* write(Bars, [bars], "run-1/s.a/-/1/out")
        const cut = [0, 7, groupRows - 1, groupRows + 1, groupRows * 2, bars.rows]
        const parts = cut.slice(1).map((to, i) => {
          const from = cut[i] ?? 0
          const { close, day, symbol } = bars.columns
          return batch({
            symbol: { codes: symbol.codes.slice(from, to), values: symbol.values },
            day: day.slice(from, to),
            close: close.slice(from, to)
          })
        })
        const first = yield* store.sink(Bars, "run-1/s.a/-/2/out")
        for (const part of parts.slice(0, 3)) {
          yield* first.append(part)
          yield* first.seal
        }
        const resumed = yield* write(Bars, parts.slice(3), "run-1/s.a/-/3/out", yield* first.seal)
        const read = yield* store.open(Bars, resumed, producer).read()
        return {
          atOnce,
          resumed,
          same: Buffer.compare(Buffer.from(read.columns.close.buffer), Buffer.from(bars.columns.close.buffer))
        }
      })
      const { atOnce, resumed, same } = await inHome(home, work)
      expect(resumed).toEqual(atOnce)
      expect(same).toBe(0)
    }))
  it("says in its metadata what it is, in row groups of fixed size, zstd, with statistics", () =>
    withHome(async (home) => {
      const table = await inHome(home, write(Bars, [manyBars(groupRows + 5)], "run-1/s.a/-/1/out"))
      const file = await openParquet(
        join(home, "artifacts", ".objects", table.files[0]?.hash.slice(0, 2) ?? "", table.files[0]?.hash ?? "")
      )
      expect(file.ours).toEqual({
        type: "test/Bars@1",
        fields: [
          { name: "symbol", kind: "text" },
          { name: "day", kind: "day" },
          { name: "close", kind: "float" }
        ]
      })
      expect(file.metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([groupRows, 5])
      expect(file.metadata.schema.slice(1).map((column) => [column.name, column.type, column.converted_type])).toEqual([
        ["symbol", "BYTE_ARRAY", "UTF8"],
        ["day", "INT32", "DATE"],
        ["close", "DOUBLE", undefined]
      ])
      const day = file.metadata.row_groups[0]?.columns[1]?.meta_data
      expect([day?.codec, day?.statistics?.min_value, day?.statistics?.max_value]).toEqual(["ZSTD", 0, 999])
    }))
  it("is read by row group: a filter touches only the groups that can match", () =>
    withHome(async (home) => {
      const bars = manyBars(groupRows * 3)
      const work = Effect.gen(function* () {
        const table = yield* write(Bars, [bars], "run-1/s.a/-/1/out")
        const ref = (yield* ArtifactStore).open(Bars, table, producer)
        // Ruin the middle group: reads that leave it alone do not notice.
        const path = ref.files[0] ?? ""
        const bytes = readFileSync(path)
        const file = yield* Effect.promise(() => openParquet(path))
        const chunk = file.metadata.row_groups[1]?.columns[2]?.meta_data
        bytes.fill(0xff, Number(chunk?.data_page_offset) + 200, Number(chunk?.data_page_offset) + 400)
        writeFileSync(path, bytes)
        const last = yield* ref.read({ where: { symbol: "S300", day: { min: 990 } } })
        const ruined = yield* Effect.flip(ref.read({ where: { symbol: "S200" } }))
        return { rows: last.rows, ruined }
      })
      const { rows, ruined } = await inHome(home, work)
      expect(rows).toBe(10)
      expect(ruined.reason).toBe("corrupt")
      expect(ruined.message).toMatch(/\.objects.* is damaged.*\.damaged.*made anew/)
    }))
  it("comes in batches of the size asked for", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const ref = (yield* ArtifactStore).open(Bars, yield* write(Bars, [manyBars(2_500)], "run-1/s.a/-/1/out"), producer)
        const sizes: Array<number> = []
        yield* Effect.promise(async () => {
          for await (const { rows } of ref.scan({ batchRows: 1_000 })) sizes.push(rows)
        })
        return sizes
      })
      expect(await inHome(home, work)).toEqual([1_000, 1_000, 500])
    }))
  it("refuses filters and columns that cannot be meant", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const ref = (yield* ArtifactStore).open(Bars, yield* write(Bars, [manyBars(10)], "run-1/s.a/-/1/out"), producer)
        const day = "2026-01-01" as unknown as number
        return [
          (yield* Effect.flip(ref.read({ where: { day } }))).message,
          (yield* Effect.flip(ref.read({ columns: ["clsoe" as "close"] }))).message,
          (yield* Effect.flip(ref.read({ more: ["sma_20"] }))).message
        ]
      })
      const [wrongKind, wrongName, wrongMore] = await inHome(home, work)
      expect(wrongKind).toMatch(/filter on "day" \(day\) wants a number \(days since 1970-01-01\), not string/)
      expect(wrongName).toMatch(/no column "clsoe"; there are symbol, day, close/)
      expect(wrongMore).toMatch(/no further column "sma_20"/)
    }))
  it("unites parts with different further columns; absent ones are missing", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        const rows = someRows(1, 10)
        const other = { ...rows, more: { another: new Float64Array(10).fill(2) } }
        const parts = [
          yield* write(EveryKind, [rows], "run-1/s.a/a/1/out"),
          yield* write(EveryKind, [other], "run-1/s.a/b/1/out")
        ]
        const table = yield* store.merge(EveryKind, parts)
        const ref = store.open(EveryKind, table, producer)
        return { more: ref.more, read: yield* ref.read({ columns: ["count"], more: "all" }), sql: ref.sql }
      })
      const { more, read, sql } = await inHome(home, work)
      expect(more).toEqual(["extra", "another"])
      expect([read.more?.["extra"]?.[15], read.more?.["another"]?.[5], read.more?.["another"]?.[15]]).toEqual([
        Number.NaN,
        Number.NaN,
        2
      ])
      expect(sql).toMatch(/^read_parquet\(\['.*', '.*'\], union_by_name = true\)$/)
    }))
  it("says which file is gone or cut off, and what to do", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        const gone = yield* write(Bars, [manyBars(10)], "run-1/s.a/-/1/out")
        const short = yield* write(Bars, [manyBars(20)], "run-1/s.a/-/2/out")
        const [goneRef, shortRef] = [store.open(Bars, gone, producer), store.open(Bars, short, producer)]
        rmSync(goneRef.files[0] ?? "")
        const cut = shortRef.files[0] ?? ""
        const { atime, mtime } = statSync(cut)
        truncateSync(cut, 100)
        utimesSync(cut, atime, mtime) // as where a file system loses the end of a file, not its time
        const held = [yield* store.holds(gone), yield* store.holds(short)]
        return { gone: yield* Effect.flip(goneRef.read()), short: yield* Effect.flip(shortRef.read()), held }
      })
      const { gone, held, short } = await inHome(home, work)
      expect([gone.reason, short.reason, ...held]).toEqual(["missing", "corrupt", false, false])
      expect(gone.message).toMatch(/\.objects.*is gone.*--force/)
    }))
})

describe("a Parquet file that somebody else wrote", () => {
  type Columns = Parameters<typeof parquetWriteBuffer>[0]["columnData"]
  const adopted = (home: string, columnData: Columns, schema?: Parameters<typeof parquetWriteBuffer>[0]["schema"]) =>
    inHome(
      home,
      Effect.gen(function* () {
        const store = yield* ArtifactStore
        const sink = yield* store.sink(Bars, "run-1/s.a/-/1/out")
        const bytes = parquetWriteBuffer({ columnData, rowGroupSize: 2, ...(schema === undefined ? {} : { schema }) })
        writeFileSync(sink.path, new Uint8Array(bytes))
        const table = yield* sink.adopt
        return toRows(yield* store.open(Bars, table, producer).read())
      })
    )
  const symbol = { name: "symbol", data: ["SPY", "QQQ", null], type: "STRING" } as const
  const close = { name: "close", data: [1.5, null, 3], type: "DOUBLE" } as const
  it("is taken with its missing cells, written again in our own layout", () =>
    withHome(async (home) => {
      const columns = [
        { name: "close", data: close.data },
        { name: "day", data: [1, null, 3] },
        { name: "symbol", data: symbol.data }
      ]
      const rows = await adopted(home, columns as unknown as Columns, [
        { name: "schema", num_children: 3 },
        { name: "close", type: "DOUBLE", repetition_type: "OPTIONAL" },
        { name: "day", type: "INT32", converted_type: "DATE", repetition_type: "OPTIONAL" },
        { name: "symbol", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }
      ])
      expect(rows).toEqual([
        { symbol: "SPY", day: 1, close: 1.5 },
        { symbol: "QQQ", day: null, close: null },
        { symbol: null, day: 3, close: 3 }
      ])
    }))
  it("is refused when a column is of another kind, with the cast to write", () =>
    withHome(async (home) => {
      const days = { name: "day", data: [1, 2, 3], type: "INT32" } as const
      await expect(adopted(home, [symbol, days, close] as unknown as Columns)).rejects.toThrow(
        /column "day" is INT32, its kind day wants DATE: write day::DATE AS day/
      )
    }))
  it("is refused when it has NULLs where the kind has no missing cell, or is no Parquet file", () =>
    withHome(async (home) => {
      const Counts = defineTable("test/Counts@1", { count: Col.int }, { key: ["count"] })
      const take = (bytes: Uint8Array) =>
        Effect.gen(function* () {
          const sink = yield* (yield* ArtifactStore).sink(Counts, "run-1/s.a/-/1/out")
          writeFileSync(sink.path, bytes)
          const { message, reason } = yield* Effect.flip(sink.adopt)
          return { reason, message }
        })
      const nulls = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "count", data: [1, null], type: "INT32" }] }))
      expect(await inHome(home, take(nulls))).toEqual({
        reason: "shape",
        message: expect.stringMatching(/"count" \(int\) has NULLs.*coalesce/)
      })
      const noise = new TextEncoder().encode("symbol,day\nSPY,1\n")
      expect(await inHome(home, take(noise))).toEqual({
        reason: "corrupt",
        message: expect.stringMatching(/adopt\.parquet cannot be read/)
      })
    }))
  it("must have the table's columns and no others", () =>
    withHome(async (home) => {
      await expect(adopted(home, [symbol, close] as unknown as Columns)).rejects.toThrow(/no column "day"; it has symbol, close/)
    }))
  it("must be there", () =>
    withHome(async (home) => {
      const work = Effect.flatMap(ArtifactStore, (store) =>
        Effect.flatMap(store.sink(Bars, "run-1/s.a/-/1/out"), ({ adopt }) => Effect.flip(adopt))
      )
      expect((await inHome(home, work)).message).toMatch(/nothing wrote .*adopt\.parquet/)
    }))
  it("is equal to the same rows appended, when it is one of ours under another name", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        const bars = manyBars(3_000)
        const table = yield* write(Bars, [bars], "run-1/s.a/-/1/out")
        const sink = yield* store.sink(Bars, "run-1/s.a/-/2/out")
        writeFileSync(sink.path, readFileSync(store.open(Bars, table, producer).files[0] ?? ""))
        return { table, adopted: yield* sink.adopt }
      })
      const { adopted, table } = await inHome(home, work)
      expect(adopted).toEqual(table)
    }))
})

describe("a published version", () => {
  it("is a folder with the Parquet files and a manifest, private, whole or not there", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        const parts = [
          yield* write(Bars, [manyBars(10)], "run-1/s.a/a/1/out"),
          yield* write(Bars, [manyBars(20)], "run-1/s.a/b/1/out")
        ]
        const table = yield* store.merge(Bars, parts)
        const folder = yield* store.publish(versionOf(table))
        yield* store.publish(versionOf(table))
        return { folder, table }
      })
      const { folder, table } = await inHome(home, work)
      expect(folder).toBe(join(home, "artifacts", "market_data", table.version))
      expect(readdirSync(folder).sort()).toEqual(["manifest.json", "part-00000.parquet", "part-00001.parquet"])
      const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))
      expect(manifest).toMatchObject({
        asset: "market_data",
        type: "test/Bars@1",
        rows: 30,
        content_hash: table.version,
        producer,
        inputs: { prices: "v0" },
        schema: [
          { name: "symbol", kind: "text" },
          { name: "day", kind: "day" },
          { name: "close", kind: "float" }
        ],
        files: [
          { name: "part-00000.parquet", rows: 10 },
          { name: "part-00001.parquet", rows: 20 }
        ]
      })
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
      expect(readdirSync(join(home, "artifacts", ".staging", ".publish"))).toEqual([])
    }))
  it("of a value is its JSON", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        const output = yield* store.putValue("test/V@1", { b: 1, a: [true] })
        return yield* store.publish({
          ...versionOf(yield* write(Bars, [], "run-1/s.a/-/1/out")),
          version: output.version,
          output
        })
      })
      const folder = await inHome(home, work)
      expect(readFileSync(join(folder, "value.json"), "utf8")).toBe('{"a":[true],"b":1}')
    }))
})

describe("files and folders", () => {
  it("show a report where people look, and refuse a name that would leave the folder", () =>
    withHome(async (home) => {
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        const bytes = new TextEncoder().encode("<html>")
        const report = yield* store.putFile("charts/equity curve.html", "text/html", bytes)
        const path = yield* store.expose("run-1", "s.a", report)
        const refused = yield* Effect.flip(store.expose("run-1", "s.a", { ...report, name: "../../escape.html" }))
        return { path, refused: refused.message }
      })
      const { path, refused } = await inHome(home, work)
      expect(path).toBe(join(home, "reports", "run-1", "s.a", "charts", "equity%20curve.html"))
      expect(readFileSync(path, "utf8")).toBe("<html>")
      expect(refused).toMatch(/without \. or \.\./)
      expect(existsSync(join(home, "reports", "escape.html"))).toBe(false)
    }))
  it("are swept of the staging of runs that are over, whatever partitions are called", () =>
    withHome(async (home) => {
      const staging = join(home, "artifacts", ".staging")
      const work = Effect.gen(function* () {
        const store = yield* ArtifactStore
        for (const run of ["run-1", "run-2", "run-3"]) yield* store.sink(Bars, `${run}/s.a/..%2F:é*/1/out`)
        yield* store.sweep({ run: "run-1" })
        const afterOne = readdirSync(staging)
        yield* store.sweep({ except: ["run-3"] })
        return { afterOne, afterAll: readdirSync(staging) }
      })
      expect(await inHome(home, work)).toEqual({ afterOne: ["run-2", "run-3"], afterAll: ["run-3"] })
    }))
  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")("say when they may not be written", () =>
    withHome(async (home) => {
      const work = Effect.flatMap(ArtifactStore, (store) => {
        chmodSync(home, 0o500)
        return Effect.flip(store.putFile("a", "text/plain", new Uint8Array(1))).pipe(
          Effect.ensuring(Effect.sync(() => chmodSync(home, 0o700)))
        )
      })
      expect((await inHome(home, work)).message).toMatch(/may not be/)
    })
  )
  it("hold a table of random batches with text that needs care", () =>
    withHome(async (home) => {
      const rows = someRows(21, 5_000)
      const work = Effect.gen(function* () {
        const table = yield* write(EveryKind, cutAtRandom(rows, 22), "run-1/s.a/-/1/out")
        return yield* (yield* ArtifactStore).open(EveryKind, table, producer).read({ more: "all" })
      })
      expect(toRows(await inHome(home, work))).toEqual(toRows(rows))
    }))
})
