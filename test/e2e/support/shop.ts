/** A local plugin for tests of the command line: sales by day, and a total that is made from them. */
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
  optional
} from "@tetra/core"
import { Result, Schema } from "effect"

const Sales = defineTable("shop/Sales@1", { day: Col.int }, { key: ["day"] })
const ShopSales = defineAsset("shop_sales", Sales)
const ShopTotal = defineAsset("shop_total", defineValue("shop/Total@1", Schema.Int))

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000
/** Lays the days from `start` to `end` over those that are there. A day that is named `broken` fails, one that is named `slow` takes its time. */
const load = defineStage({
  id: "shop/load",
  config: Schema.Struct({ start: Schema.String, end: Schema.String, broken: Schema.String, slow: Schema.String }),
  inputs: { before: optional(ShopSales) },
  outputs: { sales: ShopSales },
  policy: { retry: { maxAttempts: 1 }, cache: "never" },
  *run({ config, inputs, sleep }) {
    const days = new Set<number>()
    if (Result.isSuccess(inputs.before)) for (const day of (yield* inputs.before.success.read()).columns.day) days.add(day)
    for (let day = dayOf(config.start); day <= dayOf(config.end); day++) days.add(day)
    if (config.start <= config.broken && config.broken <= config.end) throw new Error(`the till was broken on ${config.broken}`)
    if (config.start <= config.slow && config.slow <= config.end) yield* sleep("1 minute")
    return { sales: batch({ day: Int32Array.from([...days].sort((a, b) => a - b)) }) }
  }
})
const total = defineStage({
  id: "shop/total",
  inputs: { sales: ShopSales },
  outputs: { total: ShopTotal },
  run: ({ inputs }) => ({ total: inputs.sales.rows })
})
const sales = definePipeline({
  name: "sales_pipeline",
  parameters: Schema.Struct({
    start_date: option(Schema.String, { help: "First day", default: "2026-01-01" }),
    end_date: option(Schema.String, { help: "Last day", default: "2026-01-01" }),
    broken: option(Schema.String, { help: "The day that fails", default: "" }),
    slow: option(Schema.String, { help: "The day that takes a minute", default: "" })
  }),
  modes: { backfill: {} },
  stages: ({ use, params: { broken, end_date, slow, start_date } }) => ({
    load: use(load, { config: { start: start_date, end: end_date, broken, slow } })
  })
})
const totals = definePipeline({ name: "totals_pipeline", stages: ({ use }) => ({ total: use(total) }) })
export default definePlugin({ name: "shop", version: "1.0.0", api: "^1.0", pipelines: { sales, totals } })
