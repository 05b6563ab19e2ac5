import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option, optional } from "@tetra/core"
import { embeddedProject, planRun } from "@tetra/core/engine"
import { type AdmissionFacts, admit, type Need, needsOf } from "../../src/planning/admission.ts"

const Number_ = defineValue("test/Number@1", Schema.Finite)
const Prices = defineAsset("prices", Number_)
const News = defineAsset("news", Number_)
const Scores = defineAsset("scores", Number_)
const prices = defineStage({ id: "t/prices", outputs: { it: Prices }, run: () => ({ it: 1 }) })
const news = defineStage({ id: "t/news", outputs: { it: News }, run: () => ({ it: 1 }) })
const score = defineStage({
  id: "t/score",
  inputs: { prices: Prices, news: optional(News) },
  outputs: { it: Scores },
  run: () => ({ it: 1 })
})
const page = defineStage({ id: "t/page", inputs: { scores: Scores }, outputs: { it: Number_ }, run: () => ({ it: 1 }) })
const data = definePipeline({ name: "data_pipeline", stages: ({ use }) => ({ prices: use(prices), news: use(news) }) })
const metrics = definePipeline({
  name: "metrics_pipeline",
  parameters: Schema.Struct({ score: option(Schema.Boolean, { help: "Score", default: true }) }),
  stages: ({ params, use }) => ({ score: use(score, { enabled: params.score }) })
})
const report = definePipeline({ name: "report_pipeline", stages: ({ use }) => ({ page: use(page) }) })
const plugin = definePlugin({ name: "t", version: "1.0.0", api: "^1.0", pipelines: { data, metrics, report } })
type Config = NonNullable<Parameters<typeof embeddedProject>[0]["config"]>

/** What a run of these pipelines needs, as `asset of pipeline`. */
const needs = (pipelines: ReadonlyArray<string>, config: Config = {}, params = {}) =>
  Effect.gen(function* () {
    const project = yield* embeddedProject({ cwd: ".", plugins: [plugin], config })
    const { plan } = yield* planRun(project, { pipelines, params })
    return needsOf(project, plan)
  })
const named = ({ direct }: { readonly direct: ReadonlyArray<Need> }) =>
  direct.map(({ asset, limitHours, pipeline }) => `${asset ?? "the end"} of ${pipeline} within ${limitHours} h`)

describe("what a run needs from outside of its plan", () => {
  it.effect("is every asset that its stages cannot do without, within a day or the age that its pipeline allows", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(named(yield* needs(["metrics"])), ["prices of data_pipeline within 24 h"])
      const config = { pipelines: { data_pipeline: { plugin: "t", max_data_age_hours: 6 } } }
      assert.deepStrictEqual(named(yield* needs(["metrics"], config)), ["prices of data_pipeline within 6 h"])
    })
  )
  it.effect("is nothing where the pipeline that gives it is in the plan, or the stage that reads it is switched off", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(named(yield* needs(["data", "metrics", "report"])), [])
      assert.deepStrictEqual(named(yield* needs(["metrics"], {}, { score: false })), [])
    })
  )
  it.effect("is also what the configuration requires, and the end of a pipeline that is only waited for", () =>
    Effect.gen(function* () {
      const wired = (of: object): Config => ({ pipeline_dependencies: { metrics_pipeline: of } })
      assert.deepStrictEqual(named(yield* needs(["metrics"], wired({ requires: ["news"] }))), [
        "prices of data_pipeline within 24 h",
        "news of data_pipeline within 24 h"
      ])
      const waits: Config = { pipeline_dependencies: { report_pipeline: { depends_on: ["data_pipeline"] } } }
      assert.deepStrictEqual(named(yield* needs(["report"], waits)), [
        "scores of metrics_pipeline within 24 h",
        "the end of data_pipeline within 24 h"
      ])
    })
  )
})

const hour = 3_600_000
const now = 1_000 * hour
const success = (hoursAgo: number) => ({ lastSuccessAt: now - hoursAgo * hour, lastRun: "r1", lastStatus: "completed" as const })
const version = (hoursAgo: number, oldest: string) => ({ version: "v", run: "r1", asOf: now - hoursAgo * hour, oldest })
const factsOf = (of: {
  readonly pipelines?: AdmissionFacts["pipelines"] extends ReadonlyMap<string, infer A> ? Readonly<Record<string, A>> : never
  readonly assets?: Readonly<Record<string, ReturnType<typeof version>>>
}): AdmissionFacts => ({
  pipelines: new Map(Object.entries(of.pipelines ?? {})),
  assets: new Map(Object.entries(of.assets ?? {}))
})

describe("admission", () => {
  it.effect("lets a run start when everything that it needs is fresh, up to the very hour", () =>
    Effect.gen(function* () {
      const of = yield* needs(["metrics"])
      const answer = (hoursAgo: number) =>
        admit(of, factsOf({ pipelines: { data_pipeline: success(0) }, assets: { prices: version(hoursAgo, "prices") } }), now)
      assert.deepStrictEqual([answer(24).verdict, answer(24.001).verdict], ["run", "refused"])
      assert.deepInclude(answer(2.04).reasons[0], {
        kind: "fresh",
        ageHours: 2,
        run: "r1",
        text: "prices of data_pipeline is 2 h old (24 h are allowed)"
      })
    })
  )
  it.effect("refuses with the age, the limit, and the asset that the age comes from", () =>
    Effect.gen(function* () {
      const facts = factsOf({ pipelines: { metrics_pipeline: success(1) }, assets: { scores: version(51.2, "prices") } })
      const { reasons, verdict } = admit(yield* needs(["report"]), facts, now)
      assert.strictEqual(verdict, "refused")
      assert.deepInclude(reasons[0], { kind: "stale", asset: "scores", ageHours: 51.2, limitHours: 24, oldest: "prices" })
      assert.strictEqual(
        reasons[0]?.text,
        "scores of metrics_pipeline is 51.2 h old (made from prices of then), and 24 h are allowed"
      )
    })
  )
  it.effect("refuses what never completed and what was never published", () =>
    Effect.gen(function* () {
      const of = yield* needs(["metrics"])
      const failed = { lastSuccessAt: undefined, lastRun: "r7", lastStatus: "failed" as const }
      const texts = [{}, { data_pipeline: failed }, { data_pipeline: success(1) }].map((pipelines) =>
        admit(of, factsOf({ pipelines }), now)
          .reasons.map(({ kind, text }) => `${kind}: ${text}`)
          .join()
      )
      assert.deepStrictEqual(texts, [
        "no_success: data_pipeline has never completed here",
        "no_success: data_pipeline has never completed here: its last run r7 failed",
        "missing: data_pipeline has not published prices"
      ])
    })
  )
  it.effect("names what has to run first, all the way up and in that order", () =>
    Effect.gen(function* () {
      const of = yield* needs(["report"])
      assert.deepStrictEqual(admit(of, factsOf({}), now).mend, ["data_pipeline", "metrics_pipeline"])
      const fresh = factsOf({ pipelines: { data_pipeline: success(1) }, assets: { prices: version(1, "prices") } })
      assert.deepStrictEqual(admit(of, fresh, now).mend, ["metrics_pipeline"])
    })
  )
})
