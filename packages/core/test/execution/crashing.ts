/** Runs a reference pipeline on a store that stops the world at one append, goes on with another engine, and compares the ends. */
import { assert } from "@effect/vitest"
import { Context, Deferred, Effect, Layer, Schema } from "effect"
import { batch, Col, defineAsset, defineTable, partial, text, type AnyPipeline } from "../../src/index.ts"
import { recordedPlan, replay } from "../../src/domain/evolve.ts"
import type { StoredEvent } from "../../src/domain/RunEvent.ts"
import type { RunState } from "../../src/domain/RunState.ts"
import type { Stores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { anEngine, Count, definePipeline, defineStage, owner, resume, start } from "./support.ts"

const Rows = defineTable("t/Rows@1", { symbol: Col.text, n: Col.int }, { key: ["symbol", "n"] })
/** Twelve units: one that needs a retry, one with checkpoints and a side effect, a partitioned stage of which one part never works. */
const reference = (sent: Set<string>): AnyPipeline => {
  const load = defineStage({
    id: "t/load",
    outputs: { rows: defineAsset("rows", Rows) },
    checkpoint: Schema.Struct({ next: Schema.Int }),
    async run({ checkpoint, once, out }) {
      await once("order", async (key) => void sent.add(key))
      for (let n = checkpoint.resumed._tag === "Some" ? checkpoint.resumed.value.next : 0; n < 3; n++) {
        await out.rows.append(batch({ symbol: text(["A", "B"]), n: Int32Array.of(n, n) }))
        await checkpoint.save({ next: n + 1 })
      }
      return { rows: out.rows.done() }
    }
  })
  const flaky = defineStage({
    id: "t/flaky",
    inputs: { rows: Rows },
    outputs: { n: Count },
    policy: { retry: { maxAttempts: 2 } },
    run: ({ inputs, unit }) => {
      if (unit.attempt === 1) throw new Error("first")
      return { n: { n: inputs.rows.rows } }
    }
  })
  const parts = defineStage({
    id: "t/parts",
    inputs: { rows: Rows },
    outputs: { rows: Rows },
    partitions: { key: Schema.String, keys: () => "abcdefgh".split(""), minCoverage: 0.5 },
    run: ({ key }) => {
      if (key === "c") throw new Error("no data")
      return { rows: batch({ symbol: text([key]), n: Int32Array.of(key.charCodeAt(0)) }) }
    }
  })
  const report = defineStage({
    id: "t/report",
    inputs: { n: Count, parts: partial(Rows) },
    outputs: { n: defineAsset("report", Count) },
    run: ({ inputs }) => ({ n: { n: inputs.n.n + inputs.parts.all.rows } })
  })
  return definePipeline({
    name: "p",
    stages: ({ use }) => {
      const l = use(load)
      const f = use(flaky, { inputs: { rows: l.rows } })
      const p = use(parts, { inputs: { rows: l.rows } })
      return { load: l, flaky: f, parts: p, report: use(report, { inputs: { n: f.n, parts: p.rows } }) }
    }
  })
}
/** A journal that stops the world at its n-th append: before it is durable, or just after. */
const crashing = (
  layer: Layer.Layer<Stores>,
  at: number,
  when: "before" | "after",
  reached: Deferred.Deferred<void>
): Layer.Layer<Stores> => {
  let appends = 0
  const wrap = (journal: typeof Journal.Service): typeof Journal.Service => ({
    ...journal,
    append: (place, events) =>
      Effect.suspend(() => {
        if (++appends < at) return journal.append(place, events)
        const stop = Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
        return appends > at ? Effect.never : when === "before" ? stop : Effect.andThen(journal.append(place, events), stop)
      })
  })
  return Layer.provideMerge(Layer.effect(Journal, Effect.map(Journal, wrap)), layer)
}
const versions = (state: RunState) =>
  [...state.stages.values()].map((s) => [
    s.planned.stage,
    s.status,
    s.reason,
    Object.entries(s.outputs).map(([name, o]) => [name, o.version])
  ])
const committedOnce = (events: ReadonlyArray<StoredEvent>) => {
  const units = events.flatMap((e) => (e._tag === "UnitCommitted" ? [`${e.stage}/${e.partition ?? ""}`] : []))
  assert.strictEqual(new Set(units).size, units.length)
  assert.deepStrictEqual(
    events.map((e) => e.seq),
    events.map((_, i) => i + 1)
  )
}
/** Runs until the crash, then goes on with another engine; answers the end, or undefined when the run ended before the n-th append. */
const crashAt = (layer: Layer.Layer<Stores>, at: number, when: "before" | "after", sent: Set<string>) =>
  Effect.gen(function* () {
    const pipeline = reference(sent)
    const reached = yield* Deferred.make<void>()
    const context = yield* Layer.build(layer)
    const same = Layer.succeedContext(context)
    const a = yield* anEngine({ layer: crashing(same, at, when, reached) }, { owner: owner("a") })
    const first = yield* start(a.engine, pipeline)
    const crashed = yield* Effect.raceFirst(Effect.as(Deferred.await(reached), true), Effect.as(first.result, false))
    yield* a.crash
    if (!crashed) return { state: yield* first.result, crashed }
    yield* Context.get(context, Leases).release(["pipeline/p"], owner("a"), first.id)
    const row = yield* Context.get(context, StateQueries).run(first.id)
    const b = yield* anEngine({ layer: same }, { owner: owner("b") })
    if (row?.endedAt === undefined) yield* (yield* resume(b.engine, first.id, pipeline)).result
    const events = yield* Context.get(context, Journal).read(first.id)
    committedOnce(events)
    return { state: replay(recordedPlan(events)!, events), crashed }
  }).pipe(Effect.scoped)

/** A crash before append n + 1 leaves the same record as one after append n, so the latter are only sampled. */
export const everyCrash = (fresh: () => Layer.Layer<Stores>, steps: { readonly before: number; readonly after: number }) =>
  Effect.gen(function* () {
    const clean = yield* crashAt(fresh(), Infinity, "before", new Set())
    const expected = versions(clean.state)
    assert.strictEqual(clean.state.status, "partial")
    let trials = 0
    for (const when of ["before", "after"] as const)
      for (let at = 1; ; at += steps[when]) {
        const sent = new Set<string>()
        const { crashed, state } = yield* crashAt(fresh(), at, when, sent)
        if (!crashed) break
        trials++
        assert.deepStrictEqual(versions(state), expected, `crash ${when} append ${at}`)
        assert.strictEqual(sent.size, 1, "the side effect had one idempotency key")
      }
    return trials
  })
