import {
  batch,
  Col,
  defineAsset,
  definePipeline,
  definePlugin,
  defineStage,
  defineTable,
  defineValue,
  option,
  partial,
  text
} from "@tetra/core"
import { Schema } from "effect"

/** A table is columns: typed arrays, not rows. `day` counts days from 1970-01-01; NaN is a missing cell. */
const Readings = defineTable(
  "weather/Readings@1",
  { city: Col.text, day: Col.day, celsius: Col.float },
  { key: ["city", "day"], time: "day" }
)
const Means = defineTable("weather/Means@1", { city: Col.text, celsius: Col.float }, { key: ["city"] })

/** Made-up weather: a year of days for each city. */
const measure = defineStage({
  id: "weather/measure",
  config: Schema.Struct({ cities: Schema.Array(Schema.NonEmptyString) }),
  outputs: { readings: defineAsset("readings", Readings) },
  async run({ config, out, random }) {
    for (const city of config.cities) {
      const day = Int32Array.from({ length: 365 }, (_, i) => 20_454 + i)
      const celsius = Float64Array.from(day, (_, i) => 12 - 10 * Math.cos((i / 365) * 2 * Math.PI) + 4 * (random() - 0.5))
      if (city === "Atlantis") celsius.fill(NaN)
      // One batch at a time: what is appended is on disk, not in memory.
      await out.readings.append(batch({ city: text(Array<string>(365).fill(city)), day, celsius }))
    }
    return { readings: out.readings.done() }
  }
})

/** One unit of work for each city: with tries, a checkpoint and a cache entry of its own, and several at once. */
const average = defineStage({
  id: "weather/average",
  inputs: { readings: Readings },
  outputs: { means: defineAsset("city_means", Means) },
  partitions: {
    key: Schema.String,
    keys: async ({ inputs }) => {
      const { columns } = await inputs.readings.read({ columns: ["city"] })
      return [...columns.city.values].sort()
    },
    minCoverage: 0.5 // half of the cities are enough: the run is then partial, and says which are missing
  },
  policy: { retry: { maxAttempts: 1 } },
  async run({ key: city, inputs }) {
    const { columns } = await inputs.readings.read({ columns: ["celsius"], where: { city } })
    const known = columns.celsius.filter((value) => !Number.isNaN(value))
    if (known.length === 0) throw new Error(`${city} has no readings. Check the name.`)
    return { means: batch({ city: text([city]), celsius: Float64Array.of(known.reduce((a, b) => a + b) / known.length) }) }
  }
})

const Summary = defineValue(
  "weather/Summary@1",
  Schema.Struct({ cities: Schema.Int, warmest: Schema.String, missing: Schema.Array(Schema.String) })
)
/** `partial` says that a set with gaps is welcome here; without it, this stage would be skipped when a city is missing. */
const summary = defineStage({
  id: "weather/summary",
  inputs: { means: partial(Means) },
  outputs: { summary: defineAsset("weather_summary", Summary) },
  async run({ inputs: { means } }) {
    const { columns, rows } = await means.all.read()
    const warmest = columns.city.values[columns.city.codes[columns.celsius.indexOf(Math.max(...columns.celsius))]!]!
    return { summary: { cities: rows, warmest, missing: means.coverage.missing.map(({ partition }) => partition) } }
  }
})

const weather = definePipeline({
  name: "weather_pipeline",
  parameters: Schema.Struct({
    cities: option(Schema.Array(Schema.NonEmptyString), { help: "Where it is measured", default: ["Bergen", "Cairo", "Lima"] })
  }),
  stages: ({ use, params }) => {
    const measured = use(measure, { config: { cities: params.cities } })
    const averaged = use(average, { inputs: { readings: measured.readings } })
    return { measure: measured, average: averaged, summary: use(summary, { inputs: { means: averaged.means } }) }
  }
})

export default definePlugin({ name: "weather", version: "1.0.0", api: "^1.0", pipelines: { weather } })
