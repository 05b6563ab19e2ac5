import type { PluginNames } from "./names.ts"

/** A plugin in one file. */
export const localFile = ({
  slug,
  snake
}: PluginNames): string => `import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { Schema } from "effect"

/** What others find under the name "${snake}_greeting". Raise @1 when a field changes its meaning or goes. */
const Greeting = defineAsset(
  "${snake}_greeting",
  defineValue("${slug}/Greeting@1", Schema.Struct({ text: Schema.String, letters: Schema.Int }))
)

const greet = defineStage({
  id: "${slug}/greet",
  version: 1, // raise it when the same inputs would give another answer
  summary: "Greets somebody.",
  config: Schema.Struct({ name: Schema.NonEmptyString }),
  outputs: { greeting: Greeting },
  async run({ config, log }) {
    const text = \`Hello, \${config.name}\`
    log.info("greeted", { name: config.name })
    return { greeting: { text, letters: config.name.length } }
  }
})

const pipeline = definePipeline({
  name: "${snake}_pipeline",
  summary: "Greets somebody.",
  parameters: Schema.Struct({
    // Each parameter is a flag of \`tetra run\`, too: --name Bob
    name: option(Schema.NonEmptyString, { help: "Who is greeted", default: "world" })
  }),
  stages: ({ use, params }) => ({ greet: use(greet, { config: { name: params.name } }) })
})

export default definePlugin({ name: "${slug}", version: "0.1.0", api: "^1.0", pipelines: { pipeline } })
`
