import { Journal } from "@tetra/core/engine"
import type { RunDetail } from "@tetra/tui"
import { Effect } from "effect"
import { advance, emptyModel } from "../output/model.ts"

/** A run with what its stages did, from its events. */
export const detailOf = (row: RunDetail["row"]): Effect.Effect<RunDetail, unknown, Journal> =>
  Effect.gen(function* () {
    const model = (yield* (yield* Journal).read(row.id)).reduce(advance, emptyModel)
    return {
      row,
      stages: new Map(
        [...model.stages].map(([name, { durationMs, reused, rows, status }]) => [name, { durationMs, reused, rows, status }])
      )
    }
  })
