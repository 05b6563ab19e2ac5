/** A local plugin whose stages wait for a file beside the configuration: `open-first`, `open-second`; `broken-second` makes the second one fail. */
import { appendFileSync, existsSync } from "node:fs"
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { Schema } from "effect"

const Step = defineValue("gates/Step@1", Schema.Struct({ name: Schema.String }))
const First = defineAsset("first_step", Step)
const Second = defineAsset("second_step", Step)

const config = Schema.Struct({ label: Schema.String })
/** Every attempt leaves its name in the file `trace`. */
const waits = (name: string) =>
  async function ({ sleep }: { readonly sleep: (time: number) => PromiseLike<void> }) {
    appendFileSync("trace", `${name}\n`)
    while (!existsSync(`open-${name}`)) await sleep(5)
    if (existsSync(`broken-${name}`)) throw new Error(`${name} is broken`)
    return { step: { name } }
  }
const first = defineStage({
  id: "gates/first",
  config,
  outputs: { step: First },
  policy: { retry: { maxAttempts: 1 } },
  run: waits("first")
})
const second = defineStage({
  id: "gates/second",
  config,
  inputs: { first: First },
  outputs: { step: Second },
  policy: { retry: { maxAttempts: 1 } },
  run: waits("second")
})
const gates = definePipeline({
  name: "gates_pipeline",
  parameters: Schema.Struct({ label: option(Schema.String, { help: "Tells runs apart", default: "" }) }),
  stages: ({ use, params }) => ({ first: use(first, { config: params }), second: use(second, { config: params }) })
})
export default definePlugin({ name: "gates", version: "1.0.0", api: "^1.0", pipelines: { gates } })
