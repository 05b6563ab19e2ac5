import { batch, Col, defineAsset, definePipeline, definePlugin, defineStage, defineTable, option, text } from "@tetra/core"
import { Option, Schema } from "effect"

export const Readings = defineTable(
  "spikes/Readings@1",
  { sensor: Col.text, day: Col.day, value: Col.float },
  { key: ["sensor", "day"], time: "day" }
)
export const Spikes = defineTable(
  "spikes/Spikes@1",
  { sensor: Col.text, day: Col.day, times: Col.float },
  { key: ["sensor", "day"], time: "day" }
)

/** Arithmetic is a plain function: tested without a stage. Missing (NaN) until there is something to compare with. */
export const timesTheMeanBefore = (values: Float64Array): Float64Array => {
  let sum = 0
  return values.map((value, i) => {
    const times = i === 0 ? NaN : value / (sum / i)
    sum += value
    return times
  })
}

/** Days on which a sensor shows `factor` times the mean of all days before. */
export const findSpikes = defineStage({
  id: "spikes/find",
  config: Schema.Struct({ factor: Schema.Finite, pause: Schema.Finite }),
  inputs: { readings: defineAsset("readings", Readings) },
  outputs: { spikes: defineAsset("spikes", Spikes) },
  checkpoint: Schema.Struct({ done: Schema.Int }),
  async run({ checkpoint, config, inputs, log, out, sleep }) {
    const { columns } = await inputs.readings.read({ columns: ["sensor"] })
    const sensors = [...columns.sensor.values].sort()
    const { done } = Option.getOrElse(checkpoint.resumed, () => ({ done: 0 }))
    for (const [i, sensor] of [...sensors.entries()].slice(done)) {
      if (i > 0) await sleep(1000 * config.pause) // its owner wants to be asked slowly
      const { columns } = await inputs.readings.read({ columns: ["day", "value"], where: { sensor } })
      const times = timesTheMeanBefore(columns.value)
      const at = [...times.keys()].filter((row) => times[row]! >= config.factor)
      await out.spikes.append(
        batch({
          sensor: text(Array<string>(at.length).fill(sensor)),
          day: Int32Array.from(at, (row) => columns.day[row]!),
          times: Float64Array.from(at, (row) => times[row]!)
        })
      )
      await checkpoint.save({ done: i + 1 })
      log.info("searched", { sensor, spikes: at.length })
    }
    return { spikes: out.spikes.done() }
  }
})

export const spikes = definePipeline({
  name: "spikes_pipeline",
  parameters: Schema.Struct({
    factor: option(Schema.Finite, { help: "How many times the mean a spike is", default: 3 }),
    pause: option(Schema.Finite, { help: "How long to wait between two sensors", unit: "seconds", default: 0 })
  }),
  stages: ({ use, params }) => ({ find: use(findSpikes, { config: { factor: params.factor, pause: params.pause } }) })
})

export default definePlugin({ name: "@acme/tetra-spikes", version: "1.0.0", api: "^1.0", pipelines: { spikes } })
