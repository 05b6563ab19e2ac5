/** What walk-forward and the bootstrap found, as the report shows it. */
import type { DatasetError, DatasetRef } from "@tetra/core"
import { Effect } from "effect"
import { spelled } from "../report/buildReport.ts"
import { type FoldText, type IntervalText, maybe, rounded, type WalkForwardText } from "../report/ReportModel.ts"
import { samplesOf } from "../report/sampling.ts"
import type { Folds, Intervals, OutOfSample, WalkForward } from "../types.ts"

const CURVE_POINTS = 300
const MOST_ROWS = 20_000_000

/** Places of the rows of each strategy, in their order. */
const placesOf = (
  rows: number,
  { values, codes }: { readonly values: ReadonlyArray<string>; readonly codes: ArrayLike<number> }
): ReadonlyMap<string, ReadonlyArray<number>> =>
  Map.groupBy(
    Array.from({ length: rows }, (_, i) => i),
    (i) => values[codes[i]!]!
  )

const foldsOf = (table: DatasetRef<typeof Folds>): Effect.Effect<ReadonlyMap<string, ReadonlyArray<FoldText>>, DatasetError> =>
  Effect.map(table.read({ maxRows: MOST_ROWS }), ({ rows, columns: c }) => {
    const folds = [...placesOf(rows, c.strategy)].map(
      ([name, places]) =>
        [
          name,
          places
            .toSorted((a, b) => c.fold[a]! - c.fold[b]!)
            .map((i) => ({
              trainFirst: c.train_first[i]!,
              trainLast: c.train_last[i]!,
              testFirst: c.test_first[i]!,
              testLast: c.test_last[i]!,
              parameters: spelled(c.parameters.values[c.parameters.codes[i]!]!),
              objectiveTrain: maybe(c.objective_train[i]),
              objectiveTest: maybe(c.objective_test[i]),
              annualTrain: maybe(c.annual_train[i]),
              annualTest: maybe(c.annual_test[i])
            }))
        ] as const
    )
    return new Map(folds)
  })

const curvesOf = (
  table: DatasetRef<typeof OutOfSample>
): Effect.Effect<ReadonlyMap<string, WalkForwardText["curve"]>, DatasetError> =>
  Effect.map(table.read({ columns: ["strategy", "date", "equity"], maxRows: MOST_ROWS }), ({ rows, columns: c }) => {
    const curves = [...placesOf(rows, c.strategy)].map(([name, places]) => {
      const kept = samplesOf(places.length, CURVE_POINTS).map((k) => places[k]!)
      return [name, { days: kept.map((i) => c.date[i]!), equity: kept.map((i) => rounded(c.equity[i]!)) }] as const
    })
    return new Map(curves)
  })

export interface WalkForwardTables {
  readonly walked: DatasetRef<typeof WalkForward>
  readonly folds: DatasetRef<typeof Folds>
  readonly curves: DatasetRef<typeof OutOfSample>
}

/** By strategy; empty without walk-forward. */
export const walkForwardTexts = (
  tables: WalkForwardTables
): Effect.Effect<Readonly<Record<string, WalkForwardText>>, DatasetError> =>
  Effect.gen(function* () {
    const folds = yield* foldsOf(tables.folds)
    const curves = yield* curvesOf(tables.curves)
    const { rows, columns: c } = yield* tables.walked.read({ maxRows: MOST_ROWS })
    return Object.fromEntries(
      Array.from({ length: rows }, (_, i) => {
        const name = c.strategy.values[c.strategy.codes[i]!]!
        return [
          name,
          {
            folds: folds.get(name) ?? [],
            curve: curves.get(name) ?? { days: [], equity: [] },
            objective: maybe(c.objective[i]),
            annualReturn: maybe(c.annual_return[i]),
            maxDrawdown: maybe(c.max_drawdown[i]),
            efficiency: maybe(c.efficiency[i]),
            unchanged: maybe(c.unchanged[i]),
            distance: maybe(c.distance[i])
          }
        ] as const
      })
    )
  })

/** By strategy; empty without a bootstrap. */
export const intervalTexts = (
  table: DatasetRef<typeof Intervals>
): Effect.Effect<Readonly<Record<string, ReadonlyArray<IntervalText>>>, DatasetError> =>
  Effect.map(table.read({ maxRows: MOST_ROWS }), ({ rows, columns: c }) =>
    Object.fromEntries(
      [...placesOf(rows, c.strategy)].map(([name, places]) => [
        name,
        places.map((i) => ({
          statistic: c.statistic.values[c.statistic.codes[i]!]!,
          confidence: c.confidence[i]!,
          estimate: maybe(c.estimate[i]),
          low: maybe(c.low[i]),
          high: maybe(c.high[i]),
          bcaLow: maybe(c.bca_low[i]),
          bcaHigh: maybe(c.bca_high[i])
        }))
      ])
    )
  )
