/** Kills a process at its durable calls, one after the other, starts the next one as people do, and compares the ends. */
import { hostname } from "node:os"
import { assert } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, type Scope } from "effect"
import { recordedPlan, replay } from "../../src/domain/evolve.ts"
import type { Owner, StoredEvent } from "../../src/domain/RunEvent.ts"
import type { RunState } from "../../src/domain/RunState.ts"
import type { Engine } from "../../src/execution/Engine.ts"
import { MemoryStores, type Stores } from "../../src/execution/memory.ts"
import { Journal } from "../../src/execution/ports/Journal.ts"
import { Leases } from "../../src/execution/ports/Leases.ts"
import { memoryLeases } from "../../src/execution/ports/memoryLeases.ts"
import { StateQueries } from "../../src/execution/ports/StateQueries.ts"
import { type Death, immortal, Mortality } from "./mortality.ts"
import { OutsideWorld, reference } from "./reference.ts"
import { anEngine, resume, start } from "./support.ts"

/** A number that no process has: larger than any system gives out. */
const deadPid = 2 ** 22 + 1
export const mortals = (i: number): Owner => ({ id: `process-${i}`, pid: deadPid, host: hostname() })

/** Stores that outlive a process, opened anew by every process. */
export interface Place {
  readonly layer: Layer.Layer<Stores>
  /** What must hold of the place as a whole once a run in it has ended. */
  readonly inOrder: Effect.Effect<void>
}
/** An empty place, gone with the scope. */
export type FreshPlace = Effect.Effect<Place, never, Scope.Scope>

/** Stores in memory, in which the leases of the dead are free. */
export const memoryPlaceOf = (stores: MemoryStores): Place => {
  const leases = memoryLeases(({ pid }) => pid !== deadPid)
  return { layer: Layer.merge(stores.layer, Layer.succeed(Leases, leases)), inOrder: Effect.void }
}
export const memoryPlace: FreshPlace = Effect.sync(() => memoryPlaceOf(new MemoryStores()))

/** An ordinary start: goes on with what was left behind, else starts; the same command twice is one run. */
export const goOn = (engine: typeof Engine.Service, world: OutsideWorld) =>
  Effect.gen(function* () {
    const pipeline = reference(world)
    const [orphan] = yield* engine.orphans
    const handle =
      orphan === undefined
        ? yield* start(engine, pipeline, { commandId: "the-command" })
        : yield* resume(engine, orphan.id, pipeline)
    return yield* handle.result
  })
/** Lives until its death or until the run has ended; answers where it died. */
export const live = (place: Place, world: OutsideWorld, owner: Owner, death: Death) =>
  Effect.gen(function* () {
    const life = new Mortality(death)
    const { crash, engine } = yield* anEngine({ layer: Layer.fresh(life.over(place.layer)) }, { owner })
    const work = yield* Effect.forkChild(goOn(engine, world), { startImmediately: true })
    const end = yield* Effect.raceFirst(Effect.as(Deferred.await(life.reached), undefined), Fiber.await(work))
    yield* life.bury
    yield* crash
    yield* Fiber.interrupt(work)
    if (end !== undefined && Exit.isFailure(end)) return yield* Effect.failCause(end.cause)
    return life.at
  }).pipe(Effect.scoped)

const outputsOf = (state: RunState) =>
  [...state.stages.values()].map((s) => [
    s.planned.stage,
    s.status,
    s.reason,
    s.coverage?.done,
    Object.entries(s.outputs).map(([name, o]) => [name, o.version])
  ])
const committedOnce = (events: ReadonlyArray<StoredEvent>) => {
  const units = events.flatMap((e) => (e._tag === "UnitCommitted" ? [`${e.stage}/${e.partition ?? ""}`] : []))
  assert.strictEqual(units.length, 11, "seven partitions and four further units")
  assert.strictEqual(new Set(units).size, units.length, "a unit was committed twice")
  assert.deepStrictEqual(
    events.map((e) => e.seq),
    events.map((_, i) => i + 1)
  )
}
/** What there is of the only run: its fold, and what the tables say. */
const record = Effect.gen(function* () {
  const queries = yield* StateQueries
  const rows = yield* queries.runs()
  assert.strictEqual(rows.length, 1, "one command is one run")
  const row = rows.at(0)
  const events = yield* (yield* Journal).read(row?.id ?? "")
  committedOnce(events)
  return {
    outputs: outputsOf(replay(recordedPlan(events)!, events)),
    row: [row?.status, row?.reason],
    pipelines: (yield* queries.pipelineStates).map((p) => [p.pipeline, p.lastStatus, p.current]),
    records: (yield* queries.pipelineRuns()).map((p) => [p.pipeline, p.status, p.records]),
    assets: (yield* queries.assets).map((a) => `${a.asset} ${a.version}`).toSorted()
  }
})
/** The next run of the pipeline finds it free, and the place as if nobody had died: all that was committed is reused. */
const nextRun = (place: Place) =>
  Effect.gen(function* () {
    const { engine } = yield* anEngine({ layer: Layer.fresh(place.layer) })
    const world = new OutsideWorld()
    const state = yield* (yield* start(engine, reference(world))).result
    assert.strictEqual(state.status, "partial", state.reason)
    assert.strictEqual(world.orders.size + world.letters.size, 0, "nothing was done again")
  }).pipe(Effect.scoped)
/** Brings the run of a place to its end, whatever happened there before, and checks all that must hold then; answers its record. */
export const lastLife = (place: Place, world: OutsideWorld) =>
  Effect.gen(function* () {
    yield* live(place, world, { id: "last", pid: process.pid, host: hostname() }, immortal)
    const context = yield* Layer.build(Layer.fresh(place.layer))
    const ended = yield* Effect.provideContext(record, context)
    yield* nextRun(place)
    yield* place.inOrder
    return ended
  }).pipe(Effect.scoped)
/** One run over several lives; answers its record and where each of the first ended. */
const trial = (fresh: FreshPlace, deaths: ReadonlyArray<Death>) =>
  Effect.gen(function* () {
    const place = yield* fresh
    const world = new OutsideWorld()
    const died: Array<string> = []
    for (const [i, death] of deaths.entries()) {
      const at = yield* live(place, world, mortals(i), death)
      if (at !== undefined) died.push(at)
    }
    return { ended: yield* lastLife(place, world), died, world }
  }).pipe(Effect.scoped)

/** One call in so many is tried: 1 is every one. */
export interface Steps {
  readonly before: number
  readonly after: number
}
/**
 * Dies before and after every durable call of a run (`first` empty), or of the processes that go on with it after the deaths `first`. Answers
 * the calls at which it died.
 */
export const everyCrash = (
  fresh: FreshPlace,
  steps: Steps,
  first: ReadonlyArray<Death> = []
): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.gen(function* () {
    const clean = yield* trial(fresh, [])
    assert.deepStrictEqual(clean.ended.row[0], "partial")
    const calls: Array<string> = []
    for (const when of ["before", "after"] as const)
      for (let nth = 1; ; nth += steps[when]) {
        const deaths = [...first, { when, nth }]
        const { died, ended, world } = yield* trial(fresh, deaths)
        if (died.length < deaths.length) break
        const where = died.join("; then ")
        calls.push(died.at(-1)!)
        assert.deepStrictEqual(ended, clean.ended, where)
        assert.strictEqual(world.orders.size, 1, `one idempotency key for \`once\`: ${where}`)
        assert.strictEqual(world.letters.size, 1, `one idempotency key for what is outside: ${where}`)
        assert.isAtMost(Math.max(...world.orders.values(), ...world.letters.values()), deaths.length + 1, where)
      }
    return calls
  })
/** The names of such calls, without when and how often. */
export const kindsOf = (calls: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(calls.flatMap((call) => call.split(/[ ,]/u)[1] ?? []))
