/** What flows between the pipelines of this example: the one module that both sides import. */
import { Col, defineAsset, defineTable, defineValue } from "@tetra/core"
import { Schema } from "effect"

export const Orders = defineAsset(
  "orders",
  defineTable("shop/Orders@1", { id: Col.int, day: Col.day, amount: Col.float }, { key: ["id"], time: "day" })
)
export const Discounts = defineAsset("discounts", defineValue("shop/Discounts@1", Schema.Struct({ percent: Schema.Finite })))
export const Revenue = defineAsset(
  "revenue",
  defineValue("shop/Revenue@1", Schema.Struct({ orders: Schema.Int, revenue: Schema.Finite, note: Schema.String }))
)
