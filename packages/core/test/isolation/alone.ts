/** A plugin that a program passes along: one stage says which module it is in, the other does not. */
import { isMainThread, threadId } from "node:worker_threads"
import { Schema } from "effect"
import { definePipeline, definePlugin, defineStage, defineValue } from "../../src/index.ts"

const outputs = { said: defineValue("alone/Said@1", Schema.String) }
const ask = defineStage({
  id: "alone/ask",
  outputs: { id: defineValue("alone/Id@1", Schema.Int) },
  run: () => ({ id: threadId })
})
const inputs = { id: ask.outputs.id }

export const here = defineStage({
  id: "alone/here",
  inputs,
  outputs,
  module: import.meta.url,
  policy: { isolation: "thread" },
  run({ inputs: { id }, log }) {
    log.info(`here in a thread: ${!isMainThread && id !== threadId}`)
    return { said: "here" }
  }
})
const there = defineStage({
  id: "alone/there",
  inputs,
  outputs,
  policy: { isolation: "thread" },
  run({ inputs: { id }, log }) {
    log.info(`there in a thread: ${id !== threadId}`)
    return { said: "there" }
  }
})
const alone = definePipeline({
  name: "alone",
  stages: ({ use }) => {
    const asked = use(ask)
    return { ask: asked, here: use(here, { inputs: { id: asked.id } }), there: use(there, { inputs: { id: asked.id } }) }
  }
})
export default definePlugin({ name: "alone", version: "1.0.0", api: "^1.0", pipelines: { alone } })
