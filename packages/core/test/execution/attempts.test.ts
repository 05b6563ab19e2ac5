import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import { testStage } from "../../src/testing.ts"
import { batch, Col, defineAsset, defineTable, text } from "../../src/index.ts"
import { asset, Count, definePipeline, defineStage, pipelineOf, runOnce, statusesOf } from "./support.ts"

const reasonOf = (result: {
  readonly state: { readonly stages: ReadonlyMap<string, { readonly reason: string | undefined }> }
}) => result.state.stages.get("p.it")?.reason

describe("an attempt", () => {
  it.live("fails only itself when a stage throws, dies, rejects or answers nonsense", () =>
    Effect.gen(function* () {
      const boom = defineStage({
        id: "t/throws",
        run: () => {
          throw new RangeError("boom")
        }
      })
      const dies = defineStage({ id: "t/dies", run: () => Effect.die(new Error("broken")) })
      const rejects = defineStage({ id: "t/rejects", run: () => Promise.reject(new Error("no")) })
      const wrong = defineStage({ id: "t/wrong", outputs: { n: Count }, run: () => ({ n: { n: 1.5 } }) })
      const none = defineStage({ id: "t/none", outputs: { n: Count }, run: (() => undefined) as never })
      const fine = defineStage({ id: "t/fine", outputs: { n: Count }, run: () => ({ n: { n: 1 } }) })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => ({
          boom: use(boom),
          dies: use(dies),
          rejects: use(rejects),
          wrong: use(wrong),
          none: use(none),
          fine: use(fine)
        })
      })
      const { state } = yield* runOnce(pipeline)
      assert.deepStrictEqual(statusesOf(state), {
        boom: "failed",
        dies: "failed",
        rejects: "failed",
        wrong: "failed",
        none: "failed",
        fine: "completed"
      })
      const reasons = Object.fromEntries([...state.stages.values()].map((s) => [s.planned.stage, s.reason]))
      assert.strictEqual(reasons["boom"], "RangeError: boom")
      assert.strictEqual(reasons["dies"], "Defect: broken")
      assert.match(reasons["wrong"] ?? "", /^BadOutput: output "n": .*int.*\n.*\["n"\]/)
      assert.match(reasons["none"] ?? "", /^BadOutput: output "n"/)
    })
  )
  it.live("refuses a batch of the wrong shape with the column", () =>
    Effect.gen(function* () {
      const Rows = defineTable("t/Rows@1", { symbol: Col.text, close: Col.float }, { key: ["symbol"] })
      const bad = defineStage({
        id: "t/bad",
        outputs: { rows: Rows },
        run: () => ({ rows: { rows: 2, columns: { symbol: text(["A", "B"]), close: new Float64Array(1) } } })
      })
      const result = yield* runOnce(pipelineOf(bad))
      assert.strictEqual(reasonOf(result), 'DatasetError: rows: shape: column "close" has 1 cells, the batch has 2 rows')
    })
  )
  it.live("retries as its policy says, and counts in the record", () =>
    Effect.gen(function* () {
      let tries = 0
      const flaky = defineStage({
        id: "t/flaky",
        policy: { retry: { maxAttempts: 3 } },
        run: () => {
          if (++tries < 3) throw new Error(`try ${tries}`)
        }
      })
      const { state, events } = yield* runOnce(pipelineOf(flaky))
      assert.strictEqual(state.status, "completed")
      const failed = events.flatMap((e) => (e._tag === "AttemptFailed" ? [[e.attempt, e.failure.message, e.final]] : []))
      assert.deepStrictEqual(failed, [
        [1, "Error: try 1", false],
        [2, "Error: try 2", false]
      ])
      assert.deepStrictEqual(
        events.flatMap((e) => (e._tag === "RetryScheduled" ? [e.attempt] : [])),
        [2, 3]
      )
    })
  )
  it.live("does not retry what the policy excludes", () =>
    Effect.gen(function* () {
      class TooShort extends Schema.TaggedError<TooShort>()("TooShort", { rows: Schema.Int }) {}
      let tries = 0
      const stage = defineStage({
        id: "t/short",
        errors: [TooShort],
        policy: { retry: { maxAttempts: 5, unless: ["TooShort"] } },
        *run() {
          tries++
          return yield* new TooShort({ rows: 3 })
        }
      })
      const { state } = yield* runOnce(pipelineOf(stage))
      assert.strictEqual(state.status, "failed")
      assert.strictEqual(tries, 1)
    })
  )
  it.live("does a side effect once over all attempts, with one idempotency key", () =>
    Effect.gen(function* () {
      const keys: Array<string> = []
      const pay = defineStage({
        id: "t/pay",
        policy: { retry: { maxAttempts: 3 } },
        outputs: { n: Count },
        async run({ once, unit }) {
          const n = await once("order-1", async (key) => {
            keys.push(key)
            return 7
          })
          if (unit.attempt < 3) throw new Error("later step failed")
          return { n: { n } }
        }
      })
      const { state, events } = yield* runOnce(pipelineOf(pay))
      assert.strictEqual(state.status, "completed")
      assert.strictEqual(keys.length, 1)
      assert.strictEqual(events.filter((e) => e._tag === "SideEffectDone").length, 1)
    })
  )
  it.live("goes on from its checkpoint after a failure, with the rows it had written", () =>
    Effect.gen(function* () {
      const Rows = defineTable("t/Rows@1", { n: Col.int }, { key: ["n"] })
      const began: Array<number> = []
      const long = defineStage({
        id: "t/long",
        outputs: { rows: defineAsset("rows", Rows) },
        checkpoint: Schema.Struct({ next: Schema.Int }),
        policy: { retry: { maxAttempts: 2 } },
        async run({ checkpoint, out, unit }) {
          const first = checkpoint.resumed._tag === "Some" ? checkpoint.resumed.value.next : 0
          began.push(first)
          for (let i = first; i < 4; i++) {
            await out.rows.append(batch({ n: Int32Array.of(i) }))
            await checkpoint.save({ next: i + 1 })
            if (i === 1 && unit.attempt === 1) throw new Error("cut")
          }
          return { rows: out.rows.done() }
        }
      })
      const { state } = yield* runOnce(pipelineOf(long))
      assert.strictEqual(state.status, "completed")
      assert.deepStrictEqual(began, [0, 2])
      const output = state.stages.get("p.it")?.outputs["rows"]
      assert.strictEqual(output?.kind === "table" ? output.rows : 0, 4)
    })
  )
  it.live("stops at its timeout, and gives a promise that does not listen the grace only", () =>
    Effect.gen(function* () {
      let aborted = false
      const deaf = defineStage({
        id: "t/deaf",
        policy: { timeout: "20 millis", grace: "30 millis" },
        run: ({ signal }) => {
          signal.addEventListener("abort", () => {
            aborted = true
          })
          return new Promise<void>(() => {})
        }
      })
      const result = yield* runOnce(pipelineOf(deaf))
      assert.strictEqual(reasonOf(result), "StageTimeout: no answer after 20ms")
      assert.isTrue(aborted)
    })
  )
  it("hears of an interruption at once, whether or not it has a timeout", async () => {
    for (const policy of [{}, { timeout: "1 hour" }] as const) {
      const controller = new AbortController()
      const heard: Array<string> = []
      const listens = defineStage({
        id: "t/listens",
        policy,
        run: ({ signal }) => {
          const ended = new Promise<void>((resolve) => {
            signal.addEventListener("abort", () => (heard.push(String(signal.reason)), resolve()))
          })
          setImmediate(() => controller.abort())
          return Promise.race([ended, new Promise<void>((resolve) => setTimeout(resolve, 5_000).unref())])
        }
      })
      const tried = await testStage(listens, { signal: controller.signal })
      assert.deepStrictEqual([tried.error?._tag, heard], ["Interrupted", ["Error: the stage was interrupted"]])
    }
  })
  it.live("cannot do anything once it is over", () =>
    Effect.gen(function* () {
      let late: Promise<unknown> = Promise.resolve()
      const stray = defineStage({
        id: "t/stray",
        async run(tools) {
          late = new Promise((resolve) => setTimeout(resolve, 5))
            .then(() => {
              tools.log.info("too late")
              return tools.artifact("late.txt", "x")
            })
            .then(
              () => "written",
              (e: Error) => e.message
            )
        }
      })
      const { log } = yield* runOnce(pipelineOf(stray))
      assert.strictEqual(yield* Effect.promise(() => late), "the attempt is over")
      assert.deepStrictEqual(log, [])
    })
  )
  it.live("keeps a flood of log lines as a sample, with a line that says so", () =>
    Effect.gen(function* () {
      const loud = defineStage({
        id: "t/loud",
        run: ({ log }) => {
          for (let i = 0; i < 30_000; i++) log.info(`line ${i}`)
        }
      })
      const { log, state } = yield* runOnce(pipelineOf(loud))
      assert.strictEqual(state.status, "completed")
      assert.isBelow(log.length, 15_000)
      assert.match(log.at(-1)?.message ?? "", /log lines were left out/)
    })
  )
  it.live("never lets a secret into an event or a log line", () =>
    Effect.gen(function* () {
      const leaky = defineStage({
        id: "t/leaky",
        config: Schema.Struct({ token: Schema.Redacted(Schema.String) }),
        run({ config, log }) {
          log.info(`token ${Redacted.value(config.token)}`, { token: config.token, open: Redacted.value(config.token) })
          throw new Error(`refused for ${Redacted.value(config.token)}`)
        }
      })
      const pipeline = definePipeline({
        name: "p",
        stages: ({ use }) => ({ it: use(leaky, { config: { token: Redacted.make("hunter2-hunter2") } }) })
      })
      const { events, log, state } = yield* runOnce(pipeline)
      assert.strictEqual(state.status, "failed")
      assert.notInclude(JSON.stringify(events), "hunter2")
      assert.notInclude(JSON.stringify(log), "hunter2")
      assert.include(JSON.stringify(log), "token <redacted>")
    })
  )
  it.live("counts, measures and draws the same random numbers on every attempt", () =>
    Effect.gen(function* () {
      const drawn: Array<number> = []
      const stage = defineStage({
        id: "t/count",
        outputs: { n: asset("n") },
        policy: { retry: { maxAttempts: 2 } },
        run: ({ count, gauge, random, unit }) => {
          count("rows", 2)
          count("rows")
          gauge("size", 9)
          drawn.push(random())
          if (unit.attempt === 1) throw new Error("again")
          return { n: { n: 1 } }
        }
      })
      const { events } = yield* runOnce(pipelineOf(stage))
      const committed = events.find((e) => e._tag === "UnitCommitted")
      assert.deepStrictEqual(committed?._tag === "UnitCommitted" ? committed.counters : {}, { rows: 3, size: 9 })
      assert.strictEqual(drawn[0], drawn[1])
    })
  )
})
