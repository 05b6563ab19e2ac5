/** A local plugin whose stage computes for ever: in the engine's thread, or in a thread or a process of its own. */
import { defineAsset, definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { Schema } from "effect"

const Never = defineAsset("never", defineValue("loops/Never@1", Schema.Int))
const loop = defineStage({
  id: "loops/loop",
  outputs: { never: Never },
  run({ log }) {
    log.info(`looping in ${process.pid}`)
    for (;;);
  }
})
const loops = definePipeline({
  name: "loops_pipeline",
  parameters: Schema.Struct({
    isolation: option(Schema.Literals(["fiber", "thread", "process"]), { help: "Where it runs", default: "thread" }),
    limit: option(Schema.String, { help: "Its timeout", default: "1 hour" })
  }),
  stages: ({ use, params }) => ({
    loop: use(loop, { policy: { isolation: params.isolation, timeout: params.limit as "1 hour" } })
  })
})
export default definePlugin({ name: "loops", version: "1.0.0", api: "^1.0", pipelines: { loops } })
