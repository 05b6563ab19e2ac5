import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { Schema } from "effect"

const Primes = defineValue("primes/Primes@1", Schema.Struct({ below: Schema.Int, primes: Schema.Int }))

/** Computes without a pause: in a thread of its own it can be stopped all the same, and takes nobody's time. */
const count = defineStage({
  id: "primes/count",
  config: Schema.Struct({ below: Schema.Int }),
  outputs: { primes: defineAsset("primes", Primes) },
  policy: { isolation: "thread", timeout: "3 seconds", retry: { maxAttempts: 1 } },
  run({ config: { below } }) {
    if (below < 0) for (;;); // a mistake that happens: nothing but the end of the thread ends it
    const composite = new Uint8Array(below)
    let primes = 0
    for (let n = 2; n < below; n++) {
      if (composite[n] === 1) continue
      primes++
      for (let m = n * n; m < below; m += n) composite[m] = 1
    }
    return { primes: { below, primes } }
  }
})

/** In a process of its own, with a limit on all of its memory: a crash, even of native code, costs this attempt alone. */
const risky = defineStage({
  id: "primes/risky",
  config: Schema.Struct({ crash: Schema.Boolean }),
  outputs: { checked: defineAsset("checked", defineValue("primes/Checked@1", Schema.Struct({ pid: Schema.Int }))) },
  policy: { isolation: "process", resources: { memory: "256MB" }, retry: { maxAttempts: 1 }, cache: "never" },
  async run({ config }) {
    if (config.crash) process.abort()
    return { checked: { pid: process.pid } }
  }
})

const primes = definePipeline({
  name: "primes_pipeline",
  parameters: Schema.Struct({
    below: option(Schema.Int, { help: "Where to stop; below 0 it never does", default: 1_000_000 }),
    crash: option(Schema.Boolean, { help: "Let the process crash", default: false })
  }),
  stages: ({ use, params }) => ({
    count: use(count, { config: { below: params.below } }),
    risky: use(risky, { config: { crash: params.crash } })
  })
})

export default definePlugin({ name: "primes", version: "1.0.0", api: "^1.0", pipelines: { primes } })
