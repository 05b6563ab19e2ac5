import { definePipeline, definePlugin, defineStage } from "@tetra/core"
import { Discounts } from "./types.ts"

const read = defineStage({ id: "discounts/read", outputs: { discounts: Discounts }, run: () => ({ discounts: { percent: 20 } }) })
const discounts = definePipeline({ name: "discounts_pipeline", stages: ({ use }) => ({ read: use(read) }) })

export default definePlugin({ name: "discounts", version: "1.0.0", api: "^1.0", pipelines: { discounts } })
