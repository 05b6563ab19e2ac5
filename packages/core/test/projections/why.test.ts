import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { type AnyPipeline, batch, Col, defineTable, defineValue, optional, partial, type Policy } from "../../src/index.ts"
import { MemoryStores } from "../../src/execution/memory.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import type { RunEvent, StoredEvent } from "../../src/domain/RunEvent.ts"
import type { PlanHere } from "../../src/execution/planHere.ts"
import { Archive } from "../../src/projections/why/Archive.ts"
import { runRecordOf } from "../../src/projections/why/RunRecord.ts"
import { whyAsset } from "../../src/projections/why/whyAsset.ts"
import type { WhyNode } from "../../src/projections/why/WhyNode.ts"
import { whyRun } from "../../src/projections/why/whyRun.ts"
import { computedBecause, whyStage } from "../../src/projections/why/whyStage.ts"
import { asset, definePipeline, defineStage, eventsOf, runOnce } from "../execution/support.ts"

const Rows = defineTable("t/Rows@1", { n: Col.int }, { key: ["n"] })
const Total = asset("total")
interface Given {
  readonly keys: ReadonlyArray<string>
  readonly broken?: string
  readonly scale?: number
  readonly policy?: Policy
}
/** One partition per key, and a stage that adds them up and provides an asset. */
const market = ({ broken = "", keys, policy, scale = 1 }: Given): AnyPipeline => {
  const load = defineStage({
    id: "t/load",
    outputs: { rows: Rows },
    config: Schema.Struct({ symbols: Schema.Array(Schema.String), broken: Schema.String }),
    partitions: { key: Schema.String, keys: ({ config }) => config.symbols, minCoverage: 0.5 },
    policy: { retry: { maxAttempts: 1 } },
    run: ({ config, key }) => {
      if (key === config.broken) throw new Error(`${key} is delisted`)
      return { rows: batch({ n: Int32Array.of(key.length) }) }
    }
  })
  const total = defineStage({
    id: "t/total",
    inputs: { rows: partial(Rows) },
    config: Schema.Struct({ scale: Schema.Int }),
    outputs: { total: Total },
    run: ({ config, inputs }) => ({ total: { n: inputs.rows.all.rows * config.scale } })
  })
  return definePipeline({
    name: "p",
    stages: ({ use }) => {
      const loaded = use(load, {
        config: { symbols: keys, broken },
        ...(policy === undefined ? {} : { policy: policy })
      })
      return { load: loaded, total: use(total, { inputs: { rows: loaded.rows }, config: { scale } }) }
    }
  }) as AnyPipeline
}
/** Lays a part over the asset as it was: parts that add nothing leave the version as it is. */
const laidOver = (part: number): AnyPipeline => {
  const lay = defineStage({
    id: "t/lay",
    inputs: { previous: optional(Total) },
    config: Schema.Struct({ part: Schema.Int }),
    outputs: { total: Total },
    policy: { cache: "never" },
    run: ({ config, inputs }) => ({
      total: { n: (Result.isSuccess(inputs.previous) ? inputs.previous.success.n : 0) + config.part }
    })
  })
  return definePipeline({ name: "p", stages: ({ use }) => ({ lay: use(lay, { config: { part } }) }) }) as AnyPipeline
}
/** A stage that makes a value, and one that reads it. */
const asked = (symbols: ReadonlyArray<string>): AnyPipeline => {
  const Plan = defineValue("t/Plan@1", Schema.Struct({ symbols: Schema.Array(Schema.String), depth: Schema.Int }))
  const config = Schema.Struct({ symbols: Schema.Array(Schema.String) })
  const plan = defineStage({
    id: "t/plan",
    config,
    outputs: { plan: Plan },
    run: ({ config: { symbols: named } }) => ({ plan: { symbols: named, depth: 5 } })
  })
  const answer = defineStage({ id: "t/answer", inputs: { plan: Plan }, outputs: {}, run: () => undefined })
  return definePipeline({
    name: "p",
    stages: ({ use }) => {
      const planned = use(plan, { config: { symbols } })
      return { plan: planned, answer: use(answer, { inputs: { plan: planned.plan } }) }
    }
  }) as AnyPipeline
}
/** Runs one after the other on the same stores; answers what is recorded. */
const ran = (...all: ReadonlyArray<Given & PlanHere>) =>
  recordOf(all.map((given): readonly [AnyPipeline, PlanHere] => [market(given), given]))
const recordOf = (all: ReadonlyArray<readonly [AnyPipeline, PlanHere]>) =>
  Effect.gen(function* () {
    const stores = new MemoryStores()
    const runs: Array<string> = []
    for (const [pipeline, given] of all) {
      runs.push((yield* runOnce(pipeline, { stores, ...given })).state.run)
      yield* TestClock.adjust("1 minute")
    }
    const queries = yield* StateQueries.pipe(Effect.provide(stores.layer))
    const archive = new Archive({
      now: 0,
      events: (run) => Effect.succeed(stores.state.runs.has(run) ? eventsOf(stores, run) : []),
      runsOf: (pipeline) => Effect.map(queries.runs({ pipeline }), (rows) => rows.map(({ id }) => id)),
      versions: (name) => queries.assetVersions(name),
      interrupted: () => undefined,
      configuration: (hash) => hash
    })
    /** Runs are called r1, r2, ... in the lines; `depth` levels of the tree are told. */
    const told = (node: WhyNode, depth = 9): ReadonlyArray<string> => [
      `${node.kind}: ${runs.reduce((text, id, i) => text.replaceAll(id, `r${i + 1}`), node.text).replaceAll(/\b[0-9a-f]{12}\b/gu, "V")}`,
      ...(depth === 0 ? [] : node.children.flatMap((child) => told(child, depth - 1).map((line) => `  ${line}`)))
    ]
    const stage = (run: number, name: string) =>
      Effect.gen(function* () {
        const record = (yield* archive.record(runs[run - 1]))!
        return told(yield* whyStage(archive, record, record.stages.get(name)!))
      })
    const computed = (run: number, name: string) =>
      Effect.gen(function* () {
        const record = (yield* archive.record(runs[run - 1]))!
        return (yield* computedBecause(archive, record, record.stages.get(name)!))?.replace(runs[run - 2], `r${run - 1}`)
      })
    const run = (n: number) =>
      Effect.gen(function* () {
        return told(yield* whyRun(archive, (yield* archive.record(runs[n - 1]))!))
      })
    /** The first run as it stood after its begin, with `more` said to it. */
    const paused = (more: ReadonlyArray<RunEvent>) =>
      Effect.gen(function* () {
        const begun = eventsOf(stores, runs[0]).slice(0, 3)
        const last = begun.at(-1)!
        const said = more.map((event, i): StoredEvent => ({ ...last, ...event, seq: last.seq + 1 + i }) as StoredEvent)
        const record = runRecordOf([...begun, ...said])!
        return [told(yield* whyRun(archive, record)), told(yield* whyStage(archive, record, record.stages.get("p.load")!))]
      })
    return { archive, computed, paused, queries, run, stage, told }
  })

describe("why a stage", () => {
  it.effect("was computed names the configuration fields that changed, and what did not", () =>
    Effect.gen(function* () {
      const { stage } = yield* ran({ keys: ["SPY"] }, { keys: ["SPY", "QQQ"], scale: 3 })
      assert.deepStrictEqual(yield* stage(1, "p.load"), [
        "completed: p.load was computed: no earlier run had started it",
        "  note: in run r1"
      ])
      assert.deepStrictEqual(yield* stage(2, "p.load"), [
        "completed: p.load was computed: config.symbols changed (+QQQ)",
        "  note: in run r2",
        "  note: compared with run r1",
        "    change: config.symbols changed (+QQQ)",
        "    note: unchanged: stage, seed"
      ])
      assert.deepStrictEqual((yield* stage(2, "p.total")).slice(0, 8), [
        "completed: p.total was computed: config.scale changed (1 -> 3), and 2 more changes",
        "  note: in run r2",
        "  note: compared with run r1",
        "    change: config.scale changed (1 -> 3)",
        "    change: input rows changed (V -> V)",
        "      input: made by p.load in this run",
        "    change: partitions of input rows changed (+QQQ)",
        "    note: unchanged: stage, seed"
      ])
    })
  )
  it.effect("was computed names the places of a value that it reads, as another stage or an earlier run made it", () =>
    Effect.gen(function* () {
      const within = yield* recordOf([asked(["SPY"]), asked(["SPY", "QQQ"])].map((pipeline) => [pipeline, {}] as const))
      assert.deepStrictEqual((yield* within.stage(2, "p.answer")).slice(3, 6), [
        "    change: input plan changed (V -> V)",
        "      change: symbols changed (+QQQ)",
        "      input: made by p.plan in this run"
      ])
      const between = yield* recordOf([1, 2, 4].map((part) => [laidOver(part), {}] as const))
      const lines = yield* between.stage(3, "p.lay")
      const at = lines.indexOf("    change: input previous changed (V -> V)")
      assert.deepStrictEqual(lines.slice(at + 1, at + 3), [
        "      change: n changed (1 -> 3)",
        "      input: total V, made by p.lay in run r2"
      ])
    })
  )
  it.effect("was reused names the run that had computed it, and --force and a failure before are reasons to compute", () =>
    Effect.gen(function* () {
      const same = { keys: ["SPY"] }
      const { stage } = yield* ran(
        same,
        same,
        { ...same, force: true },
        { keys: ["X"], broken: "X" },
        { keys: ["X"], broken: "X" }
      )
      assert.deepStrictEqual((yield* stage(2, "p.load")).slice(0, 1), ["reused: p.load was reused: unchanged since run r1"])
      assert.deepStrictEqual((yield* stage(3, "p.load")).slice(0, 1), [
        "completed: p.load was computed: --force: nothing is reused"
      ])
      assert.include(yield* stage(5, "p.load"), "  failed: partition X: try 1 failed: Error: X is delisted")
    })
  )
  it.effect("was skipped leads down to what failed, with its tries", () =>
    Effect.gen(function* () {
      const { stage } = yield* ran({ keys: ["X"], broken: "X" })
      const lines = yield* stage(1, "p.total")
      assert.match(lines[0], /^skipped: p\.total was skipped: /u)
      assert.deepStrictEqual(lines.slice(2), [
        "  failed: p.load failed: TooFewPartitions: 0 of 1 partitions, X: Error: X is delisted",
        "    failed: partition X: try 1 failed: Error: X is delisted",
        "      note: no further try: 1 try is allowed"
      ])
    })
  )
  it.effect("was done in part names what is missing, and a fallback that stood in for it", () =>
    Effect.gen(function* () {
      const { stage } = yield* ran({ keys: ["SPY", "X"], broken: "X" })
      const lines = yield* stage(1, "p.load")
      assert.strictEqual(lines[0], "partial: p.load was done in part: left out X")
      assert.include(lines, "  partial: 1 of 2 partitions (50 %), at least 50 % are wanted")
      assert.include(lines, "    failed: X: Error: X is delisted")
      const again = yield* ran({ keys: ["SPY", "X"], broken: "X" }, { keys: ["SPY", "X"], broken: "X" })
      assert.strictEqual(yield* again.computed(2, "p.load"), "run r1 left something out")
      const fallen = yield* ran({ keys: ["X"], broken: "X", policy: { onFailure: { fallback: "use_previous" } } })
      assert.isTrue(
        (yield* fallen.stage(1, "p.load")).some((line) => line.startsWith("  failed: fallback use_previous was tried: "))
      )
    })
  )
})

describe("why a run", () => {
  it.effect("tells who asked for it, what it was asked, and one line per stage", () =>
    Effect.gen(function* () {
      const { run } = yield* ran({ keys: ["SPY"] }, { keys: ["SPY"], scale: 2 })
      const lines = yield* run(2)
      assert.strictEqual(lines[0], "completed: run r2 completed")
      assert.include(lines, "    note: configuration test")
      assert.include(lines, "    note: plugins: local 0.0.0")
      assert.deepStrictEqual(lines.slice(-3), [
        "  completed: p",
        "    reused: p.load was reused: unchanged since run r1",
        "    completed: p.total was computed: config.scale changed (1 -> 2)"
      ])
    })
  )
})

describe("why a paused run", () => {
  it.effect("waits says who paused it, also of the stages that it holds back, until it goes on", () =>
    Effect.gen(function* () {
      const { paused } = yield* ran({ keys: ["SPY"] })
      const pause: RunEvent = { _tag: "RunPaused", by: "ada", reason: "the source is moved" }
      const [held = [], stage = []] = yield* paused([pause])
      assert.strictEqual(held[0], "running: run r1 is paused; `tetra resume r1` goes on")
      assert.include(held, "  note: paused by ada: the source is moved")
      assert.strictEqual(stage[0], "pending: p.load did not start: the run is paused")
      const [on = []] = yield* paused([pause, { _tag: "RunContinued", by: "bob", reason: "" }])
      assert.strictEqual(on[0], "running: run r1 is running")
      assert.include(on, "  note: continued by bob")
    })
  )
})
describe("why an asset", () => {
  it.effect("follows it back through stages and reused results to the source", () =>
    Effect.gen(function* () {
      const { archive, queries, told } = yield* ran({ keys: ["SPY"] }, { keys: ["SPY"], scale: 2 })
      const [newest] = yield* queries.assetVersions("total")
      assert.deepStrictEqual(told(yield* whyAsset(archive, newest)), [
        "completed: total V: 7 bytes",
        "  completed: p.total in run r2",
        "    note: p.total was computed: config.scale changed (1 -> 2)",
        "    input: rows V",
        "      completed: p.load in run r1, found unchanged in run r2",
        "        note: p.load was computed: no earlier run had started it",
        "        note: a source: it reads nothing that Tetra keeps"
      ])
    })
  )
  it.effect("names the run that it was read from, also when a later one found the same, or the reader itself", () =>
    Effect.gen(function* () {
      const { archive, queries, stage, told } = yield* recordOf([1, 2, 0, 0].map((part) => [laidOver(part), {}] as const))
      const [newest] = yield* queries.assetVersions("total")
      assert.deepStrictEqual(
        told(yield* whyAsset(archive, newest)).filter((line) => !/note:|change:/u.test(line)),
        [
          "completed: total V: 7 bytes",
          "  completed: p.lay in run r4",
          "    input: previous = total V",
          "      completed: p.lay in run r3",
          "        input: previous = total V",
          "          completed: p.lay in run r2",
          "            input: previous = total V",
          "              completed: p.lay in run r1"
        ]
      )
      const inputs = (lines: ReadonlyArray<string>) => lines.filter((line) => line.startsWith("  input"))
      assert.deepStrictEqual(inputs(yield* stage(3, "p.lay")), ["  input: input previous V: total V, made by p.lay in run r2"])
      assert.deepStrictEqual(inputs(yield* stage(4, "p.lay")), ["  input: input previous V: total V, made by p.lay in run r3"])
    })
  )
})
