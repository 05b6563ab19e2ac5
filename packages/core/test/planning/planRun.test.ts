import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result, Schema } from "effect"
import {
  batch,
  Col,
  defineAsset,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  extendPipeline,
  option,
  optional
} from "@tetra/core"
import { embeddedProject, planRun, type RunRequest } from "@tetra/core/engine"

const Prices = defineTable("test/Prices@1", { symbol: Col.text, close: Col.float }, { key: ["symbol"] })
const MarketData = defineAsset("market_data", Prices)
const Score = defineAsset("score", defineValue("test/Score@1", Schema.Struct({ score: Schema.Finite })))
const rows = () => ({ table: batch({ symbol: { codes: new Int32Array(0), values: [] }, close: new Float64Array(0) }) })

const fetchPrices = defineStage({
  id: "data/fetch",
  config: Schema.Struct({ symbols: Schema.Array(Schema.String), token: Schema.Redacted(Schema.String), days: Schema.Int }),
  inputs: { before: optional(MarketData) },
  outputs: { table: Prices },
  policy: { retry: { maxAttempts: 5, unless: ["DatasetError"] }, resources: { cpu: 4, memory: "2GB" } },
  run: rows
})
const upsert = defineStage({ id: "data/upsert", inputs: { table: Prices }, outputs: { table: MarketData }, run: rows })
const data = definePipeline({
  name: "data_pipeline",
  parameters: Schema.Struct({
    symbols: option(Schema.Array(Schema.NonEmptyString), { help: "Symbols to load", default: ["SPY"] }),
    mode: option(Schema.Literals(["daily", "backfill"]), { help: "How to load", default: "daily" }),
    days: option(Schema.Int.check(Schema.isGreaterThan(0)), { help: "Days of history", default: 5 }),
    startDate: option(Schema.String, { help: "First day" }),
    logicalDate: option(Schema.String, { help: "The day that it is about" }),
    token: option(Schema.Redacted(Schema.String), { help: "Key of the provider", default: Redacted.make("") })
  }),
  modes: { quick: { days: 1 } },
  stages: ({ params, use }) => {
    const fetched = use(fetchPrices, { config: { symbols: params.symbols, token: params.token, days: params.days } })
    return { fetch: fetched, upsert: use(upsert, { inputs: { table: fetched.table } }) }
  }
})
const score = defineStage({
  id: "metrics/score",
  inputs: { prices: MarketData },
  outputs: { score: Score },
  run: () => ({ score: { score: 1 } })
})
const metrics = definePipeline({
  name: "metrics_pipeline",
  parameters: Schema.Struct({
    minBars: option(Schema.Int, { help: "Shortest history", default: 10 }),
    scenario: option(Schema.String, { help: "Which", default: "base" })
  }),
  stages: ({ use }) => ({ score: use(score) })
})
const dataPlugin = definePlugin({ name: "@test/data", version: "1.0.0", api: "^1.0", pipelines: { data } })
const metricsPlugin = definePlugin({
  name: "@test/metrics",
  version: "1.0.0",
  api: "1",
  pipelines: { metrics: () => Promise.resolve(metrics) }
})
const clean = defineStage({ id: "acme/clean", inputs: { table: Prices }, outputs: { table: Prices }, run: rows })
const check = defineStage({ id: "acme/check", inputs: { table: Prices }, outputs: { table: Prices }, run: rows })
const acme = definePlugin({
  name: "@acme/rules",
  version: "2.0.0",
  api: "^1.0",
  extensions: [extendPipeline<typeof data>("data_pipeline")({ after: { fetch: clean }, wrap: { upsert: (next) => next() } })]
})
const beta = definePlugin({
  name: "@beta/rules",
  version: "2.0.0",
  api: "^1.0",
  extensions: [extendPipeline<typeof data>("data_pipeline")({ after: { fetch: check }, before: { upsert: clean } })]
})

const capacity = { cpu: 2, memoryMB: 1024 }
type Config = NonNullable<Parameters<typeof embeddedProject>[0]["config"]>
const project = (config: Config = {}, plugins = [dataPlugin, metricsPlugin]) =>
  embeddedProject({ cwd: "/project", plugins, config })
const plan = (request: Partial<RunRequest>, config: Config = {}, plugins = [dataPlugin, metricsPlugin]) =>
  Effect.flatMap(project(config, plugins), (p) => planRun(p, { params: {}, ...request }, capacity))
const refused = (request: Partial<RunRequest>, config: Config = {}) =>
  Effect.map(Effect.result(plan(request, config)), (r) => (Result.isFailure(r) ? r.failure.message : "was planned"))
const paramsOf = (request: Partial<RunRequest>, config: Config = {}) =>
  Effect.map(
    plan(request, config),
    (built) => built.plan.pipelines.find((p) => p.name === "data_pipeline")!.params as Record<string, unknown>
  )

describe("planRun", () => {
  it.effect("puts every stage after its upstreams, and joins pipelines by their assets", () =>
    Effect.gen(function* () {
      const { nodes, plan: made } = yield* plan({})
      assert.deepStrictEqual(
        made.stages.map((s) => s.name),
        ["data_pipeline.fetch", "data_pipeline.upsert", "metrics_pipeline.score"]
      )
      assert.deepStrictEqual(made.stages[2].inputs, {
        prices: { from: "stage", stage: "data_pipeline.upsert", port: "table", accepts: { kind: "complete" } }
      })
      assert.deepStrictEqual(made.stages[2].after, ["data_pipeline.upsert"])
      assert.deepStrictEqual(made.stages[1].outputs, { table: { kind: "table", type: "test/Prices@1", asset: "market_data" } })
      assert.deepStrictEqual((nodes.get("data_pipeline.fetch")!["~node"].config as { symbols: unknown }).symbols, ["SPY"])
    })
  )
  it.effect("reads what its own pipeline publishes later as it was before this run", () =>
    Effect.gen(function* () {
      const { plan: made } = yield* plan({ pipelines: ["data"] })
      assert.deepStrictEqual(made.stages[0].inputs, {
        before: {
          from: "asset",
          asset: "market_data",
          type: "test/Prices@1",
          accepts: { kind: "optional", inner: { kind: "complete" } }
        }
      })
    })
  )
  it.effect("reads the published asset when its producer is not in the request", () =>
    Effect.gen(function* () {
      const { plan: made } = yield* plan({ pipelines: ["metrics_pipeline"] })
      assert.deepStrictEqual(
        made.stages.map((s) => s.inputs),
        [{ prices: { from: "asset", asset: "market_data", type: "test/Prices@1", accepts: { kind: "complete" } } }]
      )
    })
  )
  it.effect("gives the same hash for the same input, and another one for another parameter, seed or plugin version", () =>
    Effect.gen(function* () {
      const hash = (request: Partial<RunRequest>, config: Config = {}, plugins = [dataPlugin, metricsPlugin]) =>
        Effect.map(plan(request, config, plugins), (b) => b.plan.hash)
      const first = yield* hash({})
      assert.match(first, /^[0-9a-f]{32}$/)
      assert.strictEqual(yield* hash({ force: true }), first)
      assert.strictEqual(yield* hash({ lane: "backfill", priority: 5 }), first)
      assert.strictEqual(yield* hash({}, { resource_management: { parallelism: { data_pipeline: 7 } } }), first)
      const others = [
        yield* hash({ params: { days: 6 } }),
        yield* hash({ seed: 2 }),
        yield* hash({}, {}, [{ ...dataPlugin, version: "1.0.1" }, metricsPlugin])
      ]
      assert.strictEqual(new Set([first, ...others]).size, 4)
    })
  )
})

describe("parameters", () => {
  it.effect("gives the logical date to the pipelines that ask for it, and to no other", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* paramsOf({ logicalDate: "2026-11-22" }))["logicalDate"], "2026-11-22")
      const named = { logicalDate: "2026-11-22", params: { logical_date: "2026-11-20" } }
      assert.strictEqual((yield* paramsOf(named))["logicalDate"], "2026-11-20")
      yield* plan({ pipelines: ["metrics_pipeline"], logicalDate: "2026-11-22" })
      assert.include(yield* refused({ logicalDate: "2026-02-30" }), '"2026-02-30" is no date')
    })
  )
  const written = (days: number): Config => ({ pipelines: { data_pipeline: { config: { days } } } })
  it.effect.each([
    ["its default", {}, {}, 5],
    ["the pipeline's own mode over the default", { mode: "quick" }, {}, 1],
    ["the configuration over the own mode", { mode: "quick" }, written(7), 7],
    [
      "a mode of the project over the configuration",
      { mode: "big" },
      { ...written(7), modes: { big: { data_pipeline: { days: 9 } } } },
      9
    ],
    [
      "a flag over all",
      { mode: "big", params: { days: "11" } },
      { ...written(7), modes: { big: { data_pipeline: { days: 9 } } } },
      11
    ],
    ["the built-in mode `full`", { mode: "full" }, {}, 30],
    ["--days over the mode's", { mode: "full", days: 3 }, {}, 3]
  ] as ReadonlyArray<[string, Partial<RunRequest>, Config, number]>)("takes %s", ([, request, config, days]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* paramsOf(request, config))["days"], days)
    })
  )
  it.effect("coerces texts by the schema and reads kebab-case, snake_case and `pipeline.name`", () =>
    Effect.gen(function* () {
      const params = yield* paramsOf({ params: { symbols: "SPY, QQQ", "start-date": "2020", "data_pipeline.days": "2" } })
      assert.deepStrictEqual([params["symbols"], params["startDate"], params["days"]], [["SPY", "QQQ"], "2020", 2])
      assert.strictEqual((yield* paramsOf({ startDate: "2024-01-02", mode: "backfill" }))["startDate"], "2024-01-02")
      assert.strictEqual((yield* paramsOf({ mode: "backfill" }))["startDate"], "2020-01-01")
    })
  )
  it.effect("keeps secrets out of the plan and hands them to the stage", () =>
    Effect.gen(function* () {
      const config: Config = { pipelines: { data_pipeline: { config: { token: "s3cr3t" } } } }
      const { nodes, plan: made } = yield* plan({}, config)
      assert.notInclude(JSON.stringify(made), "s3cr3t")
      assert.strictEqual((made.stages[0].config as Record<string, unknown>)["token"], "<redacted>")
      assert.strictEqual(
        Redacted.value((nodes.get("data_pipeline.fetch")!["~node"].config as { token: Redacted.Redacted }).token),
        "s3cr3t"
      )
    })
  )
  it.effect.each([
    [{ params: { "min-bar": 3 } }, {}, 'no parameter "min-bar"'.slice(3), 'did you mean "--min-bars"?'],
    [
      { pipelines: ["metrics"], params: { days: 3 } },
      {},
      'metrics_pipeline has no parameter "days"; data_pipeline has',
      "options of metrics_pipeline: --min-bars, --scenario"
    ],
    [{ params: { days: "ten" } }, {}, "--days ten: expected", "Days of history"],
    [
      {},
      { pipelines: { data_pipeline: { config: { dayz: 3 } } } },
      'pipelines.data_pipeline.config.dayz: data_pipeline has no parameter "dayz"',
      'did you mean "days"?'
    ],
    [{ pipelines: ["metrix"] }, {}, 'there is no pipeline "metrix"', "one of: data_pipeline, metrics_pipeline"],
    [{ pipelines: ["metric_pipeline"] }, {}, 'there is no pipeline "metric_pipeline"', 'did you mean "metrics_pipeline"?'],
    [{ mode: "dayly" }, {}, 'there is no mode "dayly"', 'did you mean "daily"? modes: daily, weekly, full, backfill, quick'],
    [{ startDate: "2024-02-30" }, {}, '"2024-02-30" is no date', "write it as 2026-01-31"],
    [{ pipelines: ["metrics"], days: 3 }, {}, 'no selected pipeline has a parameter "days"', "select the data pipeline"]
  ] as ReadonlyArray<[Partial<RunRequest>, Config, string, string]>)(
    "refuses %j with %j: %s",
    ([request, config, message, hint]) =>
      Effect.gen(function* () {
        const said = yield* refused(request, config)
        assert.include(said, message)
        assert.include(said, hint)
      })
  )
})

describe("policy", () => {
  const policyOf = (config: Config, request: Partial<RunRequest> = {}) =>
    Effect.map(plan(request, config), (b) => b.plan.stages[0].policy)
  it.effect("merges stage < retry < pipelines.P.retry < retry_count < pipelines.P.stages.S < flag", () =>
    Effect.gen(function* () {
      const attempts = (config: Config, request: Partial<RunRequest> = {}) =>
        Effect.map(policyOf(config, request), (p) => p.retry.maxAttempts)
      const global: Config = { retry: { max_retries: 3, initial_delay: 60, backoff_factor: 3, max_delay: 600, jitter: false } }
      const pipeline: Config = { ...global, pipelines: { data_pipeline: { retry: { max_retries: 7 } } } }
      const recovery: Config = { ...pipeline, recovery_procedures: { data_pipeline: { failure_actions: [{ retry_count: 3 }] } } }
      const stage: Config = { ...recovery, pipelines: { data_pipeline: { stages: { fetch: { retry: { max_retries: 9 } } } } } }
      assert.strictEqual(yield* attempts({}), 5)
      assert.strictEqual(yield* attempts(global), 3) // tries in all
      assert.strictEqual(yield* attempts(pipeline), 7)
      assert.strictEqual(yield* attempts(recovery), 4) // repeats after the first
      assert.strictEqual(yield* attempts(stage), 9)
      assert.strictEqual(yield* attempts(stage, { params: { max_retries: "2" } }), 2)
      assert.strictEqual(yield* attempts(stage, { params: { "data_pipeline.retry_count": "2" } }), 3)
      assert.deepStrictEqual((yield* policyOf(global)).retry, {
        maxAttempts: 3,
        initialDelayMs: 60_000,
        factor: 3,
        maxDelayMs: 600_000,
        jitter: false,
        only: undefined,
        unless: ["DatasetError"]
      })
    })
  )
  it.effect("takes fallback and partial recovery from the configuration", () =>
    Effect.gen(function* () {
      const built = yield* plan(
        {},
        {
          recovery_procedures: {
            data_pipeline: { failure_actions: [{ fallback: "use_previous_scenarios" }, { partial_recovery: true }] }
          }
        }
      )
      assert.deepStrictEqual(built.plan.stages[0].policy.onFailure, {
        fallback: "use_previous_scenarios",
        maxAgeMs: 14 * 86_400_000,
        together: "set"
      })
      assert.strictEqual(built.plan.stages[0].minCoverage, 0.5)
      assert.strictEqual(built.plan.stages[2].policy.onFailure, "fail")
    })
  )
  it.effect("clamps resources to the machine with one warning from what to what", () =>
    Effect.gen(function* () {
      const built = yield* plan(
        {},
        {
          resource_management: {
            cpu: { data_pipeline: 16, metrics_pipeline: 1 },
            memory: { data_pipeline: "8GB" },
            parallelism: { data_pipeline: 4 }
          }
        }
      )
      assert.strictEqual(built.warnings.length, 1)
      assert.include(built.warnings[0].message, "cpu of data_pipeline from 16 to 2, memory of data_pipeline from 8GB to 1GB")
      assert.include(built.warnings[0].message, "cpu of data_pipeline.fetch from 4 to 2")
      assert.deepStrictEqual(
        built.plan.stages.map((s) => s.policy.resources.cpu),
        [2, 1, 1]
      )
      assert.deepStrictEqual(
        built.plan.pipelines.map(({ budget, parallelism }) => ({ budget, parallelism })),
        [
          { budget: { cpu: 2, memoryMB: 1024, units: 4 }, parallelism: 4 },
          { budget: { cpu: 1 }, parallelism: undefined }
        ]
      )
    })
  )
})

describe("resource_management.strict", () => {
  it.effect("refuses what the machine does not have, each with its place", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(
        plan({}, { resource_management: { strict: true, cpu: { data_pipeline: 16 }, memory: { data_pipeline: "8GB" } } })
      )
      assert.deepStrictEqual(
        refused.diagnostics.map(({ message, path }) => [path, message]),
        [
          ["resource_management.cpu.data_pipeline", "cpu of data_pipeline is 16, and there is 2"],
          ["resource_management.memory.data_pipeline", "memory of data_pipeline is 8GB, and there is 1GB"],
          ["pipelines.data_pipeline.stages.fetch", "cpu of data_pipeline.fetch is 4, and there is 2"],
          ["pipelines.data_pipeline.stages.fetch", "memory of data_pipeline.fetch is 2GB, and there is 1GB"]
        ]
      )
    })
  )
})

describe("extensions", () => {
  it.effect("insert, in plugin order, steps through which ports of equal name flow, and record whose they are", () =>
    Effect.gen(function* () {
      const { nodes, plan: made } = yield* plan({ pipelines: ["data"] }, {}, [dataPlugin, metricsPlugin, acme, beta])
      assert.deepStrictEqual(
        made.stages.map((s) => [s.stage, s.plugin, Object.values(s.inputs).map((i) => (i.from === "stage" ? i.stage : i.from))]),
        [
          ["fetch", "@test/data", ["asset"]],
          ["fetch+acme/clean", "@acme/rules", ["data_pipeline.fetch"]],
          ["fetch+acme/check", "@beta/rules", ["data_pipeline.fetch+acme/clean"]],
          ["acme/clean+upsert", "@beta/rules", ["data_pipeline.fetch+acme/check"]],
          ["upsert", "@test/data", ["data_pipeline.acme/clean+upsert"]]
        ]
      )
      assert.strictEqual(nodes.get("data_pipeline.upsert")!["~node"].wraps.length, 1)
    })
  )
})

describe("dependencies", () => {
  it.effect("depends_on makes the first stages wait for the last ones of the other pipeline", () =>
    Effect.gen(function* () {
      const { plan: made } = yield* plan(
        {},
        { pipeline_dependencies: { data_pipeline: { depends_on: [] }, metrics_pipeline: { depends_on: ["data_pipeline"] } } }
      )
      assert.deepStrictEqual(
        made.pipelines.map((p) => [p.name, p.after]),
        [
          ["data_pipeline", []],
          ["metrics_pipeline", ["data_pipeline"]]
        ]
      )
      assert.deepStrictEqual(made.stages[2].after, ["data_pipeline.upsert"])
    })
  )
})
