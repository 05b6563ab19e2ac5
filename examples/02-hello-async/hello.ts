import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { Schema } from "effect"

const Greetings = defineAsset(
  "greetings",
  defineValue("hello/Greetings@1", Schema.Array(Schema.Struct({ to: Schema.String, text: Schema.String })))
)

const greet = defineStage({
  id: "hello/greet",
  summary: "Greets everybody, one after the other.",
  config: Schema.Struct({ names: Schema.Array(Schema.NonEmptyString) }),
  outputs: { greetings: Greetings },
  async run({ config, log, progress, sleep, signal }) {
    const greetings = []
    for (const [i, to] of config.names.entries()) {
      signal.throwIfAborted() // hand `signal` to fetch and the like: it fires on Ctrl-C and on a timeout
      await sleep("10 millis")
      greetings.push({ to, text: `Hello, ${to}` })
      progress(i + 1, config.names.length, "people")
    }
    log.info("greeted", { people: greetings.length })
    return { greetings }
  }
})

export const hello = definePipeline({
  name: "hello_pipeline",
  parameters: Schema.Struct({
    names: option(Schema.Array(Schema.NonEmptyString), { help: "Whom to greet", default: ["world"] })
  }),
  stages: ({ use, params }) => ({ greet: use(greet, { config: { names: params.names } }) })
})

export default definePlugin({ name: "hello", version: "1.0.0", api: "^1.0", pipelines: { hello } })
