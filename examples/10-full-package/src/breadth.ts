import { defineAsset, defineStage, defineValue } from "@tetra/core"
import { MarketData } from "@tetra/plugin-data/types"
import { Effect, Schema } from "effect"

export const Breadth = defineValue(
  "acme/Breadth@1",
  Schema.Array(Schema.Struct({ day: Schema.Int, rising: Schema.Int, falling: Schema.Int }))
)
export const MarketBreadth = defineAsset("market_breadth", Breadth)

/** For each day, how many symbols closed above and below their close of the day before. Oldest first; `day` counts from 1970-01-01. */
export const breadth = defineStage({
  id: "acme/breadth",
  version: 1,
  summary: "Counts rising and falling symbols per day.",
  inputs: { bars: MarketData },
  outputs: { breadth: MarketBreadth },
  *run({ inputs, progress, log }) {
    const { columns, rows } = yield* inputs.bars.read({ columns: ["symbol", "date", "close"] })
    const days = new Map<number, { rising: number; falling: number }>()
    for (let i = 1; i < rows; i++) {
      if (i % 50_000 === 0) {
        progress(i, rows, "bars")
        yield* Effect.yieldNow
      }
      if (columns.symbol.codes[i] !== columns.symbol.codes[i - 1]) continue // the first bar of a symbol has no day before
      const day = columns.date[i]!
      const counts = days.get(day) ?? { rising: 0, falling: 0 }
      if (columns.close[i]! > columns.close[i - 1]!) counts.rising++
      if (columns.close[i]! < columns.close[i - 1]!) counts.falling++
      days.set(day, counts)
    }
    log.info("breadth", { days: days.size })
    return { breadth: [...days].sort(([a], [b]) => a - b).map(([day, counts]) => ({ day, ...counts })) }
  }
})
