/** Returns of trials summed over the symbols of a part of the history: what the backtests leave for the matrix of returns. */
import { batch, type Batch, Col, type DatasetError, type DatasetRef, defineTable, text } from "@tetra/core"
import { Effect, Stream } from "effect"
import { meanOfSum } from "../sweep/perform.ts"
import type { SweepAnswer } from "../sweep/SweepTeam.ts"
import type { NumberedTrial } from "./trials.ts"

/**
 * Per part and day, how many symbols have a bar, and a column per trial (`trial_0`, by number) with the sum of their returns in units of 2^-32: whole
 * numbers, so that parts add up exactly in any order. A trial that did not run on the part is missing.
 */
export const ReturnSums = defineTable(
  "tetra/ReturnSums@1",
  { part: Col.text, date: Col.day, symbols: Col.int },
  { key: ["part", "date"], more: Col.float }
)

export const nameOf = ({ number }: NumberedTrial): string => `trial_${number}`

export const sumsBatch = (
  part: string,
  trials: ReadonlyArray<NumberedTrial>,
  { dates, count, sums }: Pick<SweepAnswer, "dates" | "count" | "sums">
): Batch<(typeof ReturnSums)["columns"]> => {
  const days = dates.length
  return batch(
    { part: text(Array.from(dates, () => part)), date: dates, symbols: count },
    Object.fromEntries(trials.map((trial, j) => [nameOf(trial), sums.subarray(j * days, (j + 1) * days)]))
  )
}

/** Per trial, the mean return over the symbols of all parts that have the day; 0 on a day that no part has. */
export const meansOf = (
  table: DatasetRef<typeof ReturnSums>,
  trials: ReadonlyArray<NumberedTrial>,
  dates: Int32Array
): Effect.Effect<ReadonlyArray<Float64Array>, DatasetError> =>
  Effect.gen(function* () {
    const places = new Map(Array.from(dates, (day, t) => [day, t]))
    const sums = trials.map(() => new Float64Array(dates.length))
    const counts = trials.map(() => new Int32Array(dates.length))
    yield* Stream.runForEach(table.scan({ columns: ["date", "symbols"], more: "all" }), ({ columns, more }) =>
      Effect.sync(() => {
        const at = columns.date.map((day) => places.get(day) ?? -1)
        for (const [j, trial] of trials.entries()) {
          const own = more?.[nameOf(trial)]
          if (own !== undefined) addPart({ sum: sums[j]!, count: counts[j]! }, { sum: own, count: columns.symbols }, at)
        }
      })
    )
    for (const [j, sum] of sums.entries()) {
      for (let t = 0; t < sum.length; t++) sum[t] = counts[j]![t] === 0 ? 0 : meanOfSum(sum[t]!, counts[j]![t]!)
    }
    return sums
  })

interface Sums {
  readonly sum: Float64Array
  readonly count: Int32Array
}

const addPart = (to: Sums, part: Sums, places: Int32Array): void => {
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!
    const sum = part.sum[i]!
    if (place < 0 || sum !== sum) continue
    to.sum[place]! += sum
    to.count[place]! += part.count[i]!
  }
}
