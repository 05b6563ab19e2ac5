/** A local plugin for tests of the command line: sales by day, and a total that is made from them. */
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
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

const Sales = defineTable("shop/Sales@1", { day: Col.day }, { key: ["day"], time: "day" })
const ShopSales = defineAsset("shop_sales", Sales)
const ShopVisitors = defineAsset("shop_visitors", defineValue("shop/Visitors@1", Schema.Int))
const ShopTotal = defineAsset("shop_total", defineValue("shop/Total@1", Schema.Int))

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000
/** From the environment, so that the same command can go on in a better world: the day that fails, and the day that takes a minute. */
const [broken, slow] = [process.env["SHOP_BROKEN"] ?? "", process.env["SHOP_SLOW"] ?? ""]
/** Lays the days from `start` to `end` over those that are there. */
const load = defineStage({
  id: "shop/load",
  config: Schema.Struct({ start: Schema.String, end: Schema.String }),
  inputs: { before: optional(ShopSales) },
  outputs: { sales: ShopSales },
  policy: { retry: { maxAttempts: 1 }, cache: "never" },
  *run({ config, inputs, sleep }) {
    const days = new Set<number>()
    if (Result.isSuccess(inputs.before)) for (const day of (yield* inputs.before.success.read()).columns.day) days.add(day)
    for (let day = dayOf(config.start); day <= dayOf(config.end); day++) days.add(day)
    if (config.start <= broken && broken <= config.end) throw new Error(`the till was broken on ${broken}`)
    if (config.start <= slow && slow <= config.end) yield* sleep("1 minute")
    return { sales: batch({ day: Int32Array.from([...days].sort((a, b) => a - b)) }) }
  }
})
const total = defineStage({
  id: "shop/total",
  inputs: { sales: ShopSales },
  outputs: { total: ShopTotal },
  run: ({ inputs }) => ({ total: inputs.sales.rows })
})
const dates = Schema.Struct({
  start_date: option(Schema.String, { help: "First day", default: "2026-01-01" }),
  end_date: option(Schema.String, { help: "Last day", default: "2026-01-01" })
})
const sales = definePipeline({
  name: "sales_pipeline",
  parameters: dates,
  modes: { backfill: {} },
  stages: ({ use, params: { end_date, start_date } }) => ({
    load: use(load, { config: { start: start_date, end: end_date } })
  })
})
/** Counts the visitors of its days alone. With `SHOP_TOGETHER` it waits until so many runs of it have begun. */
const visitors = defineStage({
  id: "shop/visitors",
  config: Schema.Struct({ start: Schema.String, end: Schema.String }),
  outputs: { visitors: ShopVisitors },
  policy: { retry: { maxAttempts: 1 }, timeout: "20 seconds", resources: { cpu: 0.1 } },
  *run({ config, sleep }) {
    const door = process.env["SHOP_DOOR"]
    if (door !== undefined) {
      writeFileSync(join(door, config.start), "")
      while (readdirSync(door).length < Number(process.env["SHOP_TOGETHER"])) yield* sleep("20 millis")
    }
    return { visitors: dayOf(config.end) - dayOf(config.start) + 1 }
  }
})
const door = definePipeline({
  name: "door_pipeline",
  parameters: dates,
  modes: { backfill: {} },
  stages: ({ use, params: { end_date, start_date } }) => ({
    count: use(visitors, { config: { start: start_date, end: end_date } })
  })
})
const totals = definePipeline({ name: "totals_pipeline", stages: ({ use }) => ({ total: use(total) }) })
export default definePlugin({ name: "shop", version: "1.0.0", api: "^1.0", pipelines: { sales, totals, door } })
