/** Machine-learning features: what was known at the close of bar t. Labels look ahead by design and live in labels.ts. */
import { byName } from "../indicators/registry.ts"
import type { IndicatorDef } from "../types.ts"
import { dates } from "./calendar.ts"
import { clustering } from "./clustering.ts"
import { fractional } from "./fractional.ts"
import { prices } from "./prices.ts"
import { regime } from "./regime.ts"

export const builtInFeatures: ReadonlyArray<IndicatorDef> = [...prices, ...fractional, ...dates, ...regime, ...clustering]
const features: ReadonlyMap<string, IndicatorDef> = new Map(builtInFeatures.map((def) => [def.name, def]))
/** A feature by name; every indicator is one too, except those that are drawn with hindsight (none of the built-in ones is). */
export const featureByName = (name: string): IndicatorDef | undefined => features.get(name) ?? byName.get(name)
/** Of all of them. */
export const featureNames: ReadonlyArray<string> = [...features.keys(), ...byName.keys()]

const core = [
  "return_1",
  "return_5",
  "return_20",
  "return_60",
  "lag_1",
  "lag_2",
  "lag_3",
  "lag_5",
  "return_z_60",
  "volume_z_60",
  "gap",
  "ma_ratio_20",
  "ma_ratio_50",
  "range_position_20",
  "vol_cc_20_252",
  "vol_parkinson_20_252",
  "volatility_ratio_20_60",
  "rsi_14",
  "natr_14",
  "adx_14",
  "percentb_20_2",
  "weekday",
  "month",
  "month_day"
]
export const featurePresets: Readonly<Record<string, ReadonlyArray<string>>> = {
  core,
  all: [
    ...core,
    "days_to_expiry",
    "regime_stress",
    "cs_rank_return_20",
    "cs_z_return_20",
    "skew_63",
    "fracdiff_fit",
    "fracdiff_0.4",
    "vol_yz_20_252",
    "vol_gk_20_252",
    "mfi_14",
    "cci_20",
    "aroonosc_14",
    "zscore_20",
    "ma_ratio_200"
  ],
  /** These need the events and news of the data pipeline. */
  surroundings: [
    "news_count_5",
    "news_sentiment_5",
    "event_count_5",
    "days_to_earnings",
    "days_from_earnings",
    "days_to_fomc",
    "days_from_fomc",
    "days_to_macro_release"
  ]
}
