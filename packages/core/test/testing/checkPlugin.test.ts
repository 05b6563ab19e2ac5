import { definePipeline, definePlugin, defineStage, defineValue, option } from "@tetra/core"
import { checkPlugin } from "@tetra/core/testing"
import { Schema } from "effect"
import { expect, it } from "vitest"

const Number = defineValue("check/Number@1", Schema.Struct({ n: Schema.Finite }))
const size = defineStage({
  id: "check/size",
  config: Schema.Struct({ size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 })), name: Schema.String }),
  check: ({ config: { name } }) => (name === "a" ? [] : [{ path: ["name"], message: `there is no "${name}"` }]),
  outputs: { number: Number },
  run: ({ config }) => ({ number: { n: config.size } })
})
const reader = defineStage({ id: "check/reader", inputs: { number: Number }, run: () => undefined })
const pluginOf = (defaults: { readonly size: number; readonly name: string; readonly wired: boolean }) => {
  const pipeline = definePipeline({
    name: "check_pipeline",
    parameters: Schema.Struct({
      size: option(Schema.Int, { help: "", default: defaults.size }),
      name: option(Schema.String, { help: "", default: defaults.name })
    }),
    stages: ({ use, params }) => {
      const made = use(size, { config: params })
      const inputs = defaults.wired ? { number: made.number } : ({} as { readonly number: typeof made.number })
      return { size: made, reader: use(reader, { inputs }) }
    }
  })
  return definePlugin({ name: "check", version: "1.0.0", api: "^1.0", pipelines: { pipeline } })
}
const wrong = async (defaults: Parameters<typeof pluginOf>[0]) =>
  (await checkPlugin(pluginOf(defaults))).filter(({ ok }) => !ok).map(({ check, detail }) => `${check}: ${detail}`)

it("finds what a run with the defaults of a plugin would be refused for", async () => {
  expect(await wrong({ size: 3, name: "a", wired: true })).toEqual([])
  expect(await wrong({ size: 30, name: "a", wired: false })).toEqual([
    "pipeline.size: the default configuration is valid: its configuration: size: expected a value between 1 and 10",
    'pipeline.reader: the default configuration is valid: nothing is wired into the input "number" of check_pipeline.reader'
  ])
  expect(await wrong({ size: 3, name: "b", wired: true })).toEqual([
    'pipeline.size: the default configuration is valid: its configuration: there is no "b"'
  ])
})
