/** A plugin whose stages behave, and misbehave, in a fiber, a thread and a process alike. */
import { spawn } from "node:child_process"
import { Context, Effect, Layer, Option, Redacted, Schema } from "effect"
import {
  batch,
  Col,
  defineAsset,
  defineExtensionPoint,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  option,
  text
} from "../../src/index.ts"

const Rows = defineTable("iso/Rows@1", { name: Col.text, n: Col.int, x: Col.float }, { key: ["name", "n"] })
const Sum = defineValue("iso/Sum@1", Schema.Struct({ sum: Schema.Finite, at: Schema.Date, scale: Schema.Finite }))
const Source = defineAsset("iso_source", Rows)
const Result = defineAsset("iso_result", Rows)
const Total = defineAsset("iso_total", Sum)

export interface Scale {
  readonly name: string
  readonly factor: number
}
export const Scales = defineExtensionPoint<Scale>()("iso.scale", { key: (scale) => scale.name })
/** A service that is built from the secret configuration of its plugin. */
class Client extends Context.Service<Client, { readonly letters: number }>()("iso/Client") {}
export class TooHot extends Schema.TaggedError<TooHot>()("TooHot", { degrees: Schema.Finite }) {
  override get message() {
    return `${this.degrees} degrees are too hot`
  }
}

const source = defineStage({
  id: "iso/source",
  outputs: { rows: Source },
  run: () => ({ rows: batch({ name: text(["a", "b", "a"]), n: Int32Array.of(1, 2, 3), x: Float64Array.of(0.5, 1.5, NaN) }) })
})
const compute = defineStage({
  id: "iso/compute",
  config: Schema.Struct({ times: Schema.Int, secret: Schema.Redacted(Schema.String), since: Schema.Date }),
  inputs: { rows: Source },
  outputs: { rows: Result, total: Total },
  uses: { scales: Scales, client: Client },
  *run({ config, inputs, random, uses, out, log, count, gauge, progress, artifact, once, sleep }) {
    const { columns, rows } = yield* inputs.rows.read()
    const answer = yield* once("order", () => Effect.succeed("placed"))
    log.info(`ordered: ${answer}, secret is known`, { secret: config.secret })
    let sum = 0
    for (let i = 0; i < config.times; i++) {
      const x = Float64Array.from(columns.x, (value) => value + random())
      sum += x.at(0) ?? 0
      yield* out.rows.append(batch({ name: columns.name, n: Int32Array.from(columns.n, (n) => n + i * rows), x }))
      progress(i + 1, config.times, "rounds")
    }
    yield* sleep(1)
    count("rounds", config.times)
    // Only how long they are: a secret may not be told, and has to arrive.
    count("letters", Redacted.value(config.secret).length)
    count("key", uses.client.letters)
    gauge("sum", sum)
    yield* artifact("sum.txt", String(sum))
    return { rows: out.rows.done(), total: { sum, at: config.since, scale: uses.scales.get("double")!.factor } }
  }
})
/** What each key does; "fine" comes after every misbehaviour, so the worker it gets must be a good one. */
const misbehave = defineStage({
  id: "iso/misbehave",
  config: Schema.Struct({ hows: Schema.Array(Schema.String) }),
  outputs: { said: defineValue("iso/Said@1", Schema.String) },
  errors: [TooHot],
  partitions: { key: Schema.String, keys: ({ config }) => config.hows, minCoverage: 0, concurrency: 1 },
  async run({ key, log }) {
    if (key === "throws") throw new RangeError("out of range")
    if (key === "fails") throw new TooHot({ degrees: 41 })
    if (key === "exits") process.exit(7)
    if (key === "rejects") void Promise.reject(new Error("nobody waits for this"))
    if (key === "floods") for (let i = 0; i < 1_000_000; i++) log.info(`line ${i}`)
    if (key === "prints without end") for (let i = 0; i < 300_000; i++) console.log("printed again")
    if (key === "loops") for (;;);
    if (key === "listens") for (let i = 0; i < 1000; i++) process.on("beforeExit", () => undefined)
    if (key === "starts others") {
      log.info(`started ${spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" }).pid}`)
      for (;;);
    }
    if (key === "native") process.dlopen({ exports: {} }, "/nowhere/some.node")
    if (key === "works") for (let i = 0, sum = 0; i < 200_000_000; i++) sum += i
    if (key === "leaks") setInterval(() => console.log("leaked"), 1)
    if (key === "heap") for (const all: Array<unknown> = []; ;) all.push(Array<number>(100_000).fill(0.5))
    if (key === "arrays") for (const all: Array<Float64Array> = []; ;) all.push(new Float64Array(1_000_000).fill(1))
    await new Promise((resolve) => setTimeout(resolve, 5))
    return { said: key }
  }
})
const loop = defineStage({
  id: "iso/loop",
  outputs: { said: defineValue("iso/Said@1", Schema.String) },
  run({ log }) {
    log.info(`looping in ${process.pid}`)
    for (;;);
  }
})
/** Saves after every round and dies in the middle of its first attempt. */
const counting = defineStage({
  id: "iso/counting",
  outputs: { rows: defineAsset("iso_counted", Rows) },
  checkpoint: Schema.Struct({ next: Schema.Int }),
  *run({ checkpoint, out, unit, count }) {
    const from = Option.match(checkpoint.resumed, { onNone: () => 0, onSome: ({ next }) => next })
    count("from", from)
    for (let n = from; n < 4; n++) {
      yield* out.rows.append(batch({ name: text(["r"]), n: Int32Array.of(n), x: Float64Array.of(n) }))
      yield* checkpoint.save({ next: n + 1 })
      if (n === 1 && unit.attempt === 1) process.exit(3)
    }
    return { rows: out.rows.done() }
  }
})

const isolation = option(Schema.Literals(["fiber", "thread", "process"]), { help: "Where it runs", default: "thread" })
const computing = definePipeline({
  name: "computing",
  parameters: Schema.Struct({ isolation, secret: option(Schema.Redacted(Schema.String), { help: "A secret" }) }),
  stages: ({ params, use }) => {
    const made = use(source)
    const config = { times: 3, secret: params.secret ?? Redacted.make(""), since: new Date("2020-02-29T12:00:00Z") }
    const computed = use(compute, { config, inputs: { rows: made.rows }, policy: { isolation: params.isolation } })
    const retry = { maxAttempts: 2, initialDelay: 1, jitter: false }
    return {
      source: made,
      compute: computed,
      counting: use(counting, { enabled: params.isolation !== "fiber", policy: { isolation: params.isolation, retry } })
    }
  }
})
/** The first failure is the end: what is asked is how it ends. */
const once = { retry: { maxAttempts: 1 } }
const misbehaving = definePipeline({
  name: "misbehaving",
  parameters: Schema.Struct({
    isolation,
    hows: option(Schema.Array(Schema.String), { help: "What to do", default: [] }),
    timeout: option(Schema.Int, { help: "Milliseconds", default: 60_000 })
  }),
  stages: ({ params, use }) => ({
    misbehave: use(misbehave, {
      config: { hows: params.hows },
      policy: { isolation: params.isolation, resources: { memory: "16MB" }, timeout: params.timeout, ...once }
    })
  })
})
const looping = definePipeline({
  name: "looping",
  parameters: Schema.Struct({ isolation, timeout: option(Schema.Int, { help: "Milliseconds, 0 for none", default: 0 }) }),
  stages: ({ params, use }) => ({
    loop: use(loop, {
      policy: { isolation: params.isolation, ...once, ...(params.timeout > 0 ? { timeout: params.timeout } : {}) }
    }),
    anew: use(
      defineStage({ id: "iso/anew", outputs: { said: defineValue("iso/Said@1", Schema.String) }, run: () => ({ said: "" }) }),
      {
        policy: { isolation: params.isolation }
      }
    )
  })
})
export default definePlugin({
  name: "iso",
  version: "1.0.0",
  api: "^1.0",
  pipelines: { computing, misbehaving: async () => misbehaving, looping },
  config: Schema.Struct({ key: Schema.Redacted(Schema.String) }),
  services: ({ key }) => {
    const made = Effect.as(Effect.log("the client is there"), { letters: Redacted.value(key).length })
    const gone = Effect.logWarning("the client is gone", { key: Redacted.value(key), at: new Date(0) })
    return Layer.effect(
      Client,
      Effect.acquireRelease(made, () => gone)
    )
  },
  points: [Scales],
  contributes: [Scales.contribute({ name: "double", factor: 2 })]
})
