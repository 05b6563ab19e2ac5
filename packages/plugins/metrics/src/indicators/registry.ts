/** Every built-in indicator, and the presets that name them. */
import type { IndicatorDef } from "../types.ts"
import { averages } from "./averages.ts"
import { bands } from "./bands.ts"
import { candles } from "./candles.ts"
import { cycles } from "./cycle.ts"
import { withStream } from "./faces.ts"
import { momentum } from "./momentum.ts"
import { moreAverages } from "./moreAverages.ts"
import { moreMomentum } from "./moreMomentum.ts"
import { moreVolume } from "./moreVolume.ts"
import { rolling } from "./rolling.ts"
import { prices, statistical } from "./statistics.ts"
import { trend } from "./trend.ts"
import { volatility } from "./volatility.ts"
import { volume } from "./volume.ts"

export const builtIn: ReadonlyArray<IndicatorDef> = [
  ...averages,
  ...bands,
  ...momentum,
  ...volatility,
  ...volume,
  ...trend,
  ...statistical,
  ...prices,
  ...rolling,
  ...cycles,
  ...moreAverages,
  ...moreMomentum,
  ...moreVolume,
  ...candles
].map(withStream)
export const byName: ReadonlyMap<string, IndicatorDef> = new Map(builtIn.map((def) => [def.name, def]))

/** What `metrics: core` means. */
const core = [
  "sma_20",
  "sma_50",
  "sma_200",
  "ema_12",
  "ema_20",
  "ema_26",
  "rsi_14",
  "macd_12_26_9",
  "bbands_20_2",
  "atr_14",
  "adx_14",
  "stoch_14_3_3",
  "obv",
  "roc_10",
  "mom_10",
  "cci_20",
  "willr_14",
  "mfi_14",
  "vol_cc_20_252",
  "zscore_20",
  "donchian_20"
]
export const presets: Readonly<Record<string, ReadonlyArray<string>>> = {
  core,
  candles: candles.map((def) => def.name),
  all: [...new Set([...core, ...builtIn.filter((def) => def.repaints !== true).map((def) => def.name)])]
}
