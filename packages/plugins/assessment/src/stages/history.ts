/** The real history of the chosen symbols, ready to run trials on. */
import type { Contributions, DatasetError, DatasetRef } from "@tetra/core"
import type { Bars } from "@tetra/plugin-data/types"
import type { IndicatorDef } from "@tetra/plugin-metrics/types"
import { Effect } from "effect"
import { type Bench, benchOf } from "../backtest/backtest.ts"
import { resolverOf } from "../backtest/indicators.ts"
import type { Series } from "../backtest/Series.ts"
import { chosen, rulesOf, type Settings, UnknownName } from "../settings.ts"
import { baseSeriesOf, isLongEnough, symbolsOf } from "./market.ts"
import { quotedIn } from "./holdings.ts"
import { lookupOf } from "./plan.ts"

/** One bench per symbol that has enough bars, in order of symbol. */
export const historyBenches = (
  bars: DatasetRef<typeof Bars>,
  settings: Settings,
  indicators: Contributions<IndicatorDef>
): Effect.Effect<ReadonlyArray<Bench>, DatasetError | UnknownName> =>
  Effect.map(historySeries(bars, settings), (series) => {
    const resolve = resolverOf(lookupOf(indicators))
    return series.map((one) => benchOf(one, rulesOf(settings), { resolve }))
  })

/** The history of each chosen symbol that has enough bars, in order of symbol. */
export const historySeries = (
  bars: DatasetRef<typeof Bars>,
  settings: Settings
): Effect.Effect<ReadonlyArray<Series>, DatasetError | UnknownName> =>
  Effect.gen(function* () {
    const known = yield* symbolsOf(bars)
    const symbols = yield* Effect.try({ try: () => chosen("symbols", settings.symbols, known), catch: asUnknownName })
    yield* Effect.try({ try: () => quotedIn(settings, known), catch: asUnknownName })
    const series = yield* baseSeriesOf(bars, symbols, settings)
    return series.filter(isLongEnough)
  })

export const asUnknownName = (error: unknown): UnknownName =>
  error instanceof UnknownName ? error : new UnknownName({ parameter: "configuration", name: String(error), known: [] })
