/**
 * The engine itself under a virtual clock, with random pipelines and random misfortune: appends that fail or whose answer is lost, a full disk,
 * attempts that fail, hang or save marks, processes that die, clocks that jump.
 */
import { assert } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Schema } from "effect"
import { TestClock } from "effect/testing"
import { evolve } from "../../src/domain/evolve.ts"
import { initialState, type RunState } from "../../src/domain/RunState.ts"
import { definePipeline, type AnyPipeline } from "../../src/index.ts"
import { MemoryStores, type Stores } from "../../src/execution/memory.ts"
import { Journal, StoreError } from "../../src/execution/ports/Journal.ts"
import { seeded } from "../../src/testing/simulate.ts"
import { memoryPlaceOf, mortals } from "./crashing.ts"
import { immortal, Mortality } from "./mortality.ts"
import { anEngine, Count, defineStage, resume, start, statusesOf } from "./support.ts"

type Random = () => number
const below = (random: Random, n: number): number => Math.floor(random() * n)

/** How a stage of a simulated pipeline behaves; a unit fails its first `fails` attempts, and always when these are all that it has. */
interface Behaviour {
  readonly name: string
  readonly upstream: string | undefined
  readonly keys: ReadonlyArray<string> | undefined
  readonly fails: number
  readonly how: "fails" | "hangs"
  readonly workMs: number
  readonly marks: number
}
const tries = 3
const behavioursOf = (random: Random): ReadonlyArray<Behaviour> =>
  Array.from({ length: 2 + below(random, 4) }, (_, i) => ({
    name: `s${i}`,
    upstream: i > 0 && random() < 0.7 ? `s${below(random, i)}` : undefined,
    keys: random() < 0.4 ? ["a", "b", "c"].slice(0, 1 + below(random, 3)) : undefined,
    fails: random() < 0.5 ? 0 : below(random, tries + 1),
    how: random() < 0.7 ? "fails" : "hangs",
    workMs: below(random, 4_000),
    marks: random() < 0.5 ? 0 : 1 + below(random, 2)
  }))
/** What happens outside: side effects by unit, with the keys that they had. */
type Outside = Map<string, Set<string>>
const stageOf = (one: Behaviour, outside: Outside, failed: Map<string, number>) => ({
  id: `t/${one.name}`,
  outputs: { n: Count },
  checkpoint: Schema.Struct({ at: Schema.Int }),
  policy: { retry: { maxAttempts: tries, initialDelay: "2 seconds" }, timeout: "20 seconds", cache: "never" } as const,
  *run(context: {
    readonly unit: { readonly partition: string | undefined }
    readonly sleep: (ms: number) => Effect.Effect<void>
    readonly checkpoint: { readonly save: (mark: { readonly at: number }) => Effect.Effect<void, unknown> }
    readonly once: (key: string, work: (key: string) => Effect.Effect<void>) => Effect.Effect<void>
  }) {
    const unit = `${one.name}/${context.unit.partition ?? ""}`
    yield* context.once("effect", (key) => Effect.sync(() => void outside.set(unit, (outside.get(unit) ?? new Set()).add(key))))
    for (let at = 0; at < one.marks; at++) yield* context.checkpoint.save({ at })
    yield* context.sleep(one.workMs)
    const before = failed.get(unit) ?? 0
    if (one.fails === tries || before < one.fails) {
      failed.set(unit, before + 1)
      if (one.how === "hangs") yield* Effect.never
      throw new Error("boom")
    }
    return { n: { n: 1 } }
  }
})
const pipelineOf = (behaviours: ReadonlyArray<Behaviour>, outside: Outside): AnyPipeline => {
  const failed = new Map<string, number>()
  return definePipeline({
    name: "p",
    stages: ({ use }) => {
      const nodes: Record<string, ReturnType<typeof use>> = {}
      for (const one of behaviours) {
        const common = stageOf(one, outside, failed)
        const inputs = one.upstream === undefined ? {} : { n: Count }
        const stage =
          one.keys === undefined
            ? defineStage({ ...common, inputs } as never)
            : defineStage({
                ...common,
                inputs,
                partitions: { key: Schema.String, keys: () => one.keys, minCoverage: 1 }
              } as never)
        const from =
          one.upstream === undefined ? {} : { inputs: { n: (nodes[one.upstream] as unknown as { readonly n: unknown }).n } }
        nodes[one.name] = use(stage as never, from as never)
      }
      return nodes as never
    }
  })
}
/** What must become of it, whatever happens to the processes: nothing that they suffer counts against a stage. */
const expectedOf = (behaviours: ReadonlyArray<Behaviour>) => {
  const ends: Record<string, string> = {}
  for (const one of behaviours)
    ends[one.name] =
      one.upstream !== undefined && ends[one.upstream] !== "completed" ? "skipped" : one.fails >= tries ? "failed" : "completed"
  return ends
}
/** Every append is checked as it becomes durable: it must follow from what stands there. */
const watched = (stores: MemoryStores, layer: Layer.Layer<Stores>, random: Random, trouble: number): Layer.Layer<Stores> => {
  const folded = new Map<string, { state: RunState | undefined; at: number }>()
  const check = (run: string): void => {
    const { events, row } = stores.state.runs.get(run)!
    const known = folded.get(run) ?? { state: undefined, at: 0 }
    const fixed = events.find((event) => event._tag === "PlanFixed")
    if (fixed?._tag !== "PlanFixed") throw new Error(`run ${run} has no plan`)
    for (const event of events.slice(known.at)) known.state = evolve(known.state ?? initialState(fixed.plan), event)
    known.at = events.length
    folded.set(run, known)
    assert.strictEqual(row.seq, events.length)
  }
  const refuse = (reason: "full" | "lost") => Effect.fail(new StoreError({ reason, detail: `the store is ${reason}`, hint: "-" }))
  return Layer.provideMerge(
    Layer.effect(
      Journal,
      Effect.map(Journal, (journal): typeof Journal.Service => ({
        ...journal,
        append: (at, ...given) =>
          Effect.suspend(() => {
            const fate = random() / trouble
            if (fate < 0.2) return refuse(fate < 0.1 ? "full" : "lost")
            const done = Effect.tap(journal.append(at, ...given), () => Effect.sync(() => check(at.run)))
            if (fate < 0.3) return Effect.andThen(done, refuse("lost"))
            return fate < 0.4 ? Effect.delay(done, below(random, 3_000)) : done
          })
      }))
    ),
    layer
  )
}
const ticks = (n: number) =>
  Effect.promise(async () => {
    for (let i = 0; i < n; i++) await new Promise((resume) => setImmediate(resume))
  })
const simulated = (seed: number) =>
  Effect.gen(function* () {
    const random = seeded(seed)
    const behaviours = behavioursOf(random)
    const outside: Outside = new Map()
    const pipeline = pipelineOf(behaviours, outside)
    const stores = new MemoryStores()
    const place = memoryPlaceOf(stores)
    const layer = watched(stores, place.layer, random, random() < 0.5 ? 0.001 : 1)
    const deaths = below(random, 4)
    for (let life = 0; life < 60; life++) {
      const death =
        life < deaths ? ({ when: random() < 0.5 ? "before" : "after", nth: 1 + below(random, 25) } as const) : immortal
      const mortality = new Mortality(death)
      const end = yield* Effect.gen(function* () {
        const { crash, engine } = yield* anEngine({ layer: Layer.fresh(mortality.over(layer)) }, { owner: mortals(life) })
        const work = yield* Effect.forkChild(
          Effect.gen(function* () {
            const [orphan] = yield* engine.orphans
            const handle =
              orphan === undefined
                ? yield* start(engine, pipeline, { commandId: `${seed}`, config: {} })
                : yield* resume(engine, orphan.id, pipeline, { config: {} })
            return yield* handle.result
          }),
          { startImmediately: true }
        )
        for (let step = 0; step < 4_000; step++) {
          yield* ticks(1)
          if (work.pollUnsafe() !== undefined || Deferred.isDoneUnsafe(mortality.reached)) break
          // Now and then the clock jumps: a laptop that slept, a correction by the hour.
          yield* TestClock.adjust(random() < 0.02 ? 3_600_000 : 1 + below(random, 800))
        }
        const exit = work.pollUnsafe()
        yield* mortality.bury
        // What it waits for on its way out is virtual time, too.
        const closing = yield* Effect.forkChild(Effect.andThen(crash, Fiber.interrupt(work)), { startImmediately: true })
        for (let step = 0; step < 100 && closing.pollUnsafe() === undefined; step++) {
          yield* ticks(1)
          yield* TestClock.adjust(500)
        }
        return exit
      }).pipe(Effect.scoped)
      if (end !== undefined && Exit.isSuccess(end)) {
        assert.deepStrictEqual(statusesOf(end.value), expectedOf(behaviours))
        for (const [unit, keys] of outside) assert.strictEqual(keys.size, 1, `one idempotency key of ${unit}`)
        return
      }
    }
    assert.fail("the run does not end")
  })

/** The seeds 1 to `count`; with `TETRA_TEST_SEED=n` in the environment that one alone. Under a test clock. */
export const simulateAll = (count: number): Effect.Effect<void> => {
  const only = process.env["TETRA_TEST_SEED"]
  const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)]
  return Effect.forEach(
    seeds,
    (seed) =>
      Effect.catchCause(simulated(seed), (cause) =>
        Effect.die(new Error(`seed ${seed} (repeat with TETRA_TEST_SEED=${seed}): ${String(cause)}`))
      ),
    { discard: true }
  )
}
