import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { type BuiltPlan, embeddedProject, explainPlan, type PlanFacts, planRun, type RunRequest } from "@tetra/core/engine"

const Word = defineValue("test/Word@1", Schema.String)
const [first, second] = [defineAsset("first", Word), defineAsset("second", Word)]
const load = defineStage({
  id: "a/load",
  config: Schema.Struct({ n: Schema.Int }),
  outputs: { out: first },
  run: () => ({ out: "" })
})
const clean = defineStage({ id: "a/clean", inputs: { first }, outputs: { out: second }, run: () => ({ out: "" }) })
const extra = defineStage({ id: "a/extra", inputs: { second }, run: () => undefined })
const report = defineStage({ id: "b/report", inputs: { second }, run: () => undefined })
const a = definePipeline({
  name: "a_pipeline",
  parameters: Schema.Struct({
    n: option(Schema.Int, { help: "N", default: 1 }),
    extra: option(Schema.Boolean, { help: "Extra", default: true })
  }),
  stages: ({ params, use }) => ({
    load: use(load, { config: { n: params.n } }),
    clean: use(clean),
    extra: use(extra, { enabled: params.extra })
  })
})
const b = definePipeline({ name: "b_pipeline", stages: ({ use }) => ({ report: use(report) }) })
const project = embeddedProject({
  cwd: "/",
  plugins: [definePlugin({ name: "ab", version: "1.0.0", api: "1", pipelines: { a, b } })]
})
const plan = (request: Partial<RunRequest>) => Effect.flatMap(project, (p) => planRun(p, { params: {}, ...request }))

/** What a store would hold after the plan had run: every unit that is asked for is noted under its key, as if it had been committed. */
const ranOnce = (built: BuiltPlan) =>
  Effect.gen(function* () {
    const kept = new Map<string, Readonly<Record<string, string>>>()
    const committing: PlanFacts = {
      latestAsset: () => Effect.succeed(undefined),
      cachedUnit: (key, stage) => {
        const outputs = Object.fromEntries(Object.keys(stage.outputs).map((port) => [port, `version of ${stage.name}.${port}`]))
        kept.set(key, outputs)
        return Effect.succeed({ run: "r1", outputs })
      }
    }
    yield* explainPlan(built, committing)
    const facts: PlanFacts = {
      latestAsset: () => Effect.succeed(undefined),
      cachedUnit: (key) => Effect.succeed(kept.has(key) ? { run: "r1", outputs: kept.get(key)! } : undefined)
    }
    return facts
  })
const told = (built: BuiltPlan, facts: PlanFacts) =>
  Effect.map(explainPlan(built, facts), (all) =>
    all.map(({ reasons, stage, will }) => `${stage}: ${will}: ${reasons.join("; ")}`)
  )
const nothing: PlanFacts = { latestAsset: () => Effect.succeed(undefined), cachedUnit: () => Effect.succeed(undefined) }

describe("explainPlan", () => {
  it.effect("says that all run the first time, and why", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* told(yield* plan({ params: { extra: false } }), nothing), [
        "a_pipeline.load: run: no earlier run had the same code, configuration and inputs",
        "a_pipeline.clean: run: a_pipeline.load runs before it, and may give something new",
        "a_pipeline.extra: skip: switched off by a parameter",
        "b_pipeline.report: run: a_pipeline.clean runs before it, and may give something new"
      ])
    })
  )
  it.effect("finds the same inputs the second time, and a change of the configuration", () =>
    Effect.gen(function* () {
      const built = yield* plan({})
      const facts = yield* ranOnce(built)
      assert.deepStrictEqual(
        new Set((yield* told(built, facts)).map((line) => line.split(": ").slice(1).join(": "))),
        new Set(["reuse: same code, configuration and inputs as in run r1"])
      )
      const changed = yield* told(yield* plan({ params: { n: 2 } }), facts)
      assert.deepStrictEqual(
        changed.map((line) => line.split(": ")[1]),
        ["run", "run", "run", "run"]
      )
      const forced = yield* told(yield* plan({ force: true }), facts)
      assert.strictEqual(forced[0], "a_pipeline.load: run: --force: nothing is reused")
    })
  )
  it.effect("skips what reads an asset that was never published", () =>
    Effect.gen(function* () {
      const built = yield* plan({ pipelines: ["b"] })
      assert.deepStrictEqual(yield* told(built, nothing), [
        'b_pipeline.report: skip: its input "second" is not there: "second" was never published; run its pipeline first'
      ])
      const there: PlanFacts = { ...nothing, latestAsset: () => Effect.succeed({ version: "v", run: "r0" }) }
      assert.deepStrictEqual(yield* told(built, there), [
        "b_pipeline.report: run: no earlier run had the same code, configuration and inputs"
      ])
    })
  )
})
