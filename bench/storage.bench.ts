/** What storage costs. Budgets: docs of the state store; run with `npm run bench`. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, ManagedRuntime } from "effect"
import { afterAll, beforeAll, test } from "vitest"
import { batch, Col, defineTable } from "../packages/core/src/index.ts"
import { ArtifactStore } from "../packages/core/src/execution/ports/ArtifactStore.ts"
import { Journal } from "../packages/core/src/execution/ports/Journal.ts"
import { layerEmbedded } from "../packages/core/src/storage.ts"
import { anOwner, aRequest } from "../packages/core/src/testing/storeContract.ts"
import { measured } from "./budgets.ts"

const home = mkdtempSync(join(tmpdir(), "tetra-bench-"))
const runtime = ManagedRuntime.make(layerEmbedded({ home }))
const event = { _tag: "Warned", message: "a stage says something of ordinary length about what it does", hint: "" } as const
let run = 0
beforeAll(() => runtime.runPromise(opened("warm")))
afterAll(async () => {
  await runtime.dispose()
  rmSync(home, { recursive: true, force: true })
})
const opened = (id: string) =>
  Effect.flatMap(Journal, (journal) =>
    journal.create({ id, commandId: undefined, owner: anOwner(), events: [aRequest()], at: 0 })
  )
/** Appends to a run of its own, one after the other: the runner may call the function again before the first call is over. */
const appender = async (events: number) => {
  const id = `run-${++run}`
  await runtime.runPromise(opened(id))
  const batchOf = Array.from({ length: events }, () => event)
  let last = Promise.resolve(1)
  return () => {
    const before = last
    last = (async () => {
      const expectedSeq = await before
      return runtime.runPromise(
        Effect.flatMap(Journal, (journal) => journal.append({ run: id, expectedSeq, epoch: 1, now: 0 }, batchOf))
      )
    })()
    return last
  }
}

const symbols = 500
const days = 2_520
/** Ten years of daily bars of 500 symbols: 1.26 million rows. */
const Bars = defineTable(
  "bench/Bars@1",
  { symbol: Col.text, day: Col.day, open: Col.float, high: Col.float, low: Col.float, close: Col.float, volume: Col.float },
  { key: ["symbol", "day"], time: "day" }
)
const rows = symbols * days
const column = (factor: number) =>
  Float64Array.from({ length: rows }, (_, i) => Math.round((100 + factor * Math.sin(i / 50)) * 100) / 100)
const bars = batch({
  symbol: {
    codes: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / days)),
    values: Array.from({ length: symbols }, (_, i) => `SYM${i}`)
  },
  day: Int32Array.from({ length: rows }, (_, i) => 15_000 + (i % days)),
  open: column(9),
  high: column(10),
  low: column(8),
  close: column(9.5),
  volume: column(1_000)
})
const write = Effect.gen(function* () {
  const store = yield* ArtifactStore
  const sink = yield* store.sink(Bars, "run-1/bench/-/1/out")
  yield* sink.append(bars)
  return store.open(Bars, yield* sink.finish, { run: "run-1", stage: "bench", at: "" })
})

test("journal", async ({ bench }) => {
  const one = await bench("durable append of one event", await appender(1)).run({ time: 1_000 })
  measured("append", one.latency.p50)
  measured("append99", one.latency.p99)
  const hundred = await bench("durable append of 100 events", await appender(100)).run({ time: 1_000 })
  measured("batch", (100 * 1_000) / hundred.latency.p50)
})
test("state file", async ({ bench }) => {
  const open = () => Effect.runPromise(Effect.provide(Effect.asVoid(Journal), layerEmbedded({ home })))
  const opened = await bench("open a warm state file", open).run({ time: 500 })
  measured("open", opened.latency.p50)
})
test("tables", { timeout: 120_000 }, async ({ bench }) => {
  await bench("write 1.26 million daily bars of 7 columns", () => runtime.runPromise(write)).run({ iterations: 3, time: 100 })
  const ref = await runtime.runPromise(write)
  await bench("read them", () => Effect.runPromise(ref.read({ maxRows: rows }))).run({ iterations: 3, time: 100 })
  await bench("read one column", () => Effect.runPromise(ref.read({ columns: ["close"], maxRows: rows }))).run({
    iterations: 3,
    time: 100
  })
  let next = 0
  await bench("read one symbol of 500", () =>
    Effect.runPromise(ref.read({ columns: ["day", "close"], where: { symbol: `SYM${next++ % symbols}` } }))).run({ time: 500 })
})
