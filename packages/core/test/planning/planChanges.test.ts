import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { planHere } from "../../src/execution/planHere.ts"
import { planChanges } from "../../src/planning/planChanges.ts"
import { definePipeline, defineStage, option, type AnyPipeline } from "../../src/index.ts"

/** A pipeline whose stage `load` is of this version and reads these parameters. */
const pipelineOf = (version = 1, more = false): AnyPipeline => {
  const load = defineStage({ id: "t/load", version, config: Schema.Struct({ days: Schema.Int }), run: () => undefined })
  const check = defineStage({ id: "t/check", run: () => undefined })
  return definePipeline({
    name: "p",
    parameters: Schema.Struct({ days: option(Schema.Int, { help: "Days", default: 3 }) }),
    stages: ({ params, use }) => ({
      load: use(load, { config: { days: params.days } }),
      ...(more ? { check: use(check) } : {})
    })
  }) as AnyPipeline
}
const changes = (
  before: Parameters<typeof planHere>,
  after: Parameters<typeof planHere>
): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.gen(function* () {
    return planChanges((yield* planHere(...before)).built.plan, (yield* planHere(...after)).built.plan)
  })

describe("planChanges", () => {
  it.effect("says nothing of the same plan", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* changes([pipelineOf()], [pipelineOf()]), [])
    })
  )
  it.effect("names the parameter, not what follows from it", () =>
    Effect.gen(function* () {
      const told = yield* changes([pipelineOf()], [pipelineOf(), { params: { days: 5 } }])
      assert.deepStrictEqual(told, ["p.days is 5, was 3"])
    })
  )
  it.effect("names seeds, stages and their versions and policies", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* changes([pipelineOf()], [pipelineOf(), { seed: 7 }]), ["the seed is 7, was 1"])
      assert.deepStrictEqual(yield* changes([pipelineOf()], [pipelineOf(2)]), ["stage p.load is of version 2, was 1"])
      assert.deepStrictEqual(yield* changes([pipelineOf()], [pipelineOf(1, true)]), ["stage p.check is new"])
      const patient = yield* changes([pipelineOf()], [pipelineOf(), { config: { retry: { max_retries: 9 } } }])
      assert.deepStrictEqual(patient, ["the policy of stage p.load (retry)"])
    })
  )
  it.effect("names the version of a plugin", () =>
    Effect.gen(function* () {
      const { plan } = (yield* planHere(pipelineOf())).built
      const newer = { ...plan, pipelines: plan.pipelines.map((one) => ({ ...one, pluginVersion: "2.0.0" })) }
      assert.deepStrictEqual(planChanges(plan, newer), ["plugin local is 2.0.0, was 0.0.0"])
    })
  )
})
