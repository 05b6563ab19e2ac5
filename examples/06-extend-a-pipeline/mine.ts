import { batch, definePlugin, defineStage, extendPipeline, option, text } from "@tetra/core"
import { Effect, Schema } from "effect"
import { Sales, type shop } from "./shop.ts"

/** A step of ours. Its port has the name and the type of what flows there, so what comes later reads what it makes. */
const inEuro = defineStage({
  id: "mine/in-euro",
  summary: "Converts amounts to EUR.",
  config: Schema.Struct({ usd: option(Schema.Finite, { help: "EUR for one USD", default: 0.9 }) }),
  inputs: { table: Sales },
  outputs: { table: Sales },
  async run({ config, inputs }) {
    const { columns, rows } = await inputs.table.read()
    const { codes, values } = columns.currency
    const amount = columns.amount.map((value, i) => (values[codes[i]!] === "USD" ? value * config.usd : value))
    return { table: batch({ id: columns.id, currency: text(Array<string>(rows).fill("EUR")), amount }) }
  }
})

/** Only the type of the other pipeline is needed: a stage that it does not have does not compile. */
const extension = extendPipeline<typeof shop>("shop_pipeline")({
  after: { load: inEuro },
  // Around a stage: before, afterwards, instead. `next()` runs it.
  wrap: { total: (next, { log }) => Effect.tap(next(), ({ total }) => Effect.sync(() => log.info("in EUR", { ...total }))) }
})

export default definePlugin({ name: "mine", version: "1.0.0", api: "^1.0", extensions: [extension] })
