/** A plugin that misbehaves in one hook, which `HOSTILE` names, and otherwise does what it should. */
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, extendPipeline } from "@tetra/core"
import { Context, Effect, Layer, Schema } from "effect"

const how = process.env["HOSTILE"] ?? ""
const angry = (hook: string) => {
  if (how === hook) throw new Error(`angry in ${hook}`)
}
angry("import")
if (how === "import exits") process.exit(0)
if (how === "import goes away") process.chdir("/")
if (how === "import prints") for (let i = 0; i < 20_000; i++) console.log(`line ${i} of a flood`)
if (how === "import is circular") await import(new URL("circular.mjs", import.meta.url).href)

class Guest extends Context.Service<Guest, { readonly n: number }>()("hostile/Guest") {}
const N = defineValue("hostile/N@1", Schema.Finite)
const never = new Promise<never>(() => {})

const works = defineStage({
  id: "hostile/works",
  outputs: { n: defineAsset("hostile_n", N) },
  uses: { guest: Guest },
  partitions: {
    key: Schema.String,
    keys: async () => {
      angry("keys")
      return how === "keys hang" ? await never : ["a", "b"]
    }
  },
  fallbacks: {
    other: async () => {
      angry("fallback")
      return how === "fallback hangs" ? await never : { n: 0 }
    }
  },
  policy: { timeout: "2 seconds", onFailure: how.startsWith("fallback") ? { fallback: "other" } : "fail" },
  async run({ log, once, uses }) {
    angry("run")
    if (how.startsWith("fallback")) throw new Error("angry in run, before the fallback")
    if (how === "run exits") process.exit(0)
    if (how === "run hangs") await never
    if (how === "run pollutes") Object.assign(Object.prototype, { extra: 1 })
    if (how === "run breaks arrays") Object.assign(Array.prototype, { map: () => [] })
    if (how === "run patches the console") console.log = () => undefined
    if (how === "run floods the log") for (let i = 0; i < 200_000; i++) log.info(`line ${i}`)
    if (how === "run prints") for (let i = 0; i < 20_000; i++) console.log(`line ${i} of a flood`)
    if (how === "run rejects later") void Promise.reject(new Error("angry later"))
    if (how === "once")
      await once("k", () => {
        throw new Error("angry in once")
      })
    return { n: uses.guest.n }
  }
})
const pipeline = definePipeline({
  name: "hostile_pipeline",
  stages: ({ use }) => {
    angry("stages")
    return { works: use(works) }
  }
})
const wrapped = extendPipeline("good_pipeline")({
  wrap: {
    work: (next) => {
      if (how === "wrap hangs") return Effect.never
      angry("wrap")
      return next()
    }
  }
})
const services = () => {
  angry("services")
  if (how === "services die") return Layer.effect(Guest, Effect.die(new Error("angry in the layer")))
  if (how === "services hang") return Layer.effect(Guest, Effect.never)
  return Layer.succeed(Guest, { n: 1 })
}
const lazily = async () => {
  angry("lazy part")
  return wrapped
}
export default definePlugin({
  name: "hostile",
  version: "1.0.0",
  api: how === "version" ? "^7.0" : "^1.0",
  pipelines: how === "duplicate" ? { pipeline, again: pipeline } : { pipeline },
  services,
  extensions: how.startsWith("wrap") || how === "lazy part" ? [lazily] : []
})
