/** A local plugin whose stage computes for ever, in a thread or a process of its own. */
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
    isolation: option(Schema.Literals(["thread", "process"]), { help: "Where it runs", default: "thread" })
  }),
  stages: ({ use, params }) => ({ loop: use(loop, { policy: { isolation: params.isolation } }) })
})
export default definePlugin({ name: "loops", version: "1.0.0", api: "^1.0", pipelines: { loops } })
