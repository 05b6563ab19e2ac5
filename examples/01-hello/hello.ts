import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { Schema } from "effect"

/** What is made: a value, checked by its schema, which others find under the name "greeting". */
const Greeting = defineAsset("greeting", defineValue("hello/Greeting@1", Schema.Struct({ text: Schema.String })))

const greet = defineStage({
  id: "hello/greet",
  summary: "Greets somebody.",
  config: Schema.Struct({ name: Schema.NonEmptyString }),
  outputs: { greeting: Greeting },
  *run({ config, log, sleep }) {
    yield* sleep("10 millis") // whatever waits is yielded, so that Ctrl-C and timeouts reach it
    log.info("greeting", { name: config.name })
    return { greeting: { text: `Hello, ${config.name}` } }
  }
})

const hello = definePipeline({
  name: "hello_pipeline",
  summary: "Greets somebody.",
  parameters: Schema.Struct({ name: option(Schema.NonEmptyString, { help: "Whom to greet", default: "world" }) }),
  stages: ({ use, params }) => ({ greet: use(greet, { config: { name: params.name } }) })
})

export default definePlugin({ name: "hello", version: "1.0.0", api: "^1.0", pipelines: { hello } })
