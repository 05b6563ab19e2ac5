/** Defects planted into synthetic bars on request, with a list of what was planted where: the quality rules are measured by it. */
import { barRows, type BarRows, copyBar, stampDaily } from "../../barRows.ts"
import type { Calendar } from "../../calendar/Calendar.ts"
import type { BarRule } from "../../quality/bits.ts"
import type { AssetPath } from "./series.ts"
import { hashOf } from "./random.ts"

/** One planted defect: the rule that should find it, and the day it is on (of a missing session: the day that is missing). */
export interface PlantedDefect {
  readonly symbol: string
  readonly rule: BarRule
  readonly date: number
}
const blockSessions = 252
const slotSessions = 21
const staleSessions = 7
/** The order is part of the format: each block of a year has one slot of a month for each kind. */
const kinds = [
  "missing_session",
  "jump",
  "unadjusted_split",
  "duplicate_key",
  "ohlc_order",
  "zero_volume",
  "stale",
  "range_outlier",
  "extra_session",
  "unsorted",
  "revision",
  "volume_spike"
] as const
type Kind = (typeof kinds)[number]
interface Planted {
  readonly kind: Kind
  readonly session: number
}
const quiet = (path: AssetPath, i: number) => path.ratio[i] === 1 && path.dividend[i] === 0 && path.jump[i] === 0
/** The session of a slot where a defect stands alone: no action around it, and an ordinary move. */
const placeIn = (path: AssetPath, days: Int32Array, kind: Kind, first: number): number | undefined => {
  let best: number | undefined
  for (let i = first + 3; i < first + 12; i++) {
    if (![-1, 0, 1].every((k) => quiet(path, i + k))) continue
    if (kind === "extra_session" && days[i + 1]! - days[i]! < 2) continue
    if (best === undefined || Math.abs(path.total[i]!) < Math.abs(path.total[best]!)) best = i
  }
  return best
}
/** Where the defects of a symbol are, by session index. Only whole blocks have any, so a longer path keeps those of a shorter one. */
const plan = (seed: number, symbol: string, path: AssetPath, days: Int32Array): ReadonlyArray<Planted> => {
  const out: Array<Planted> = []
  for (let block = 1; (block + 1) * blockSessions < days.length; block++) {
    const turn = hashOf(seed, symbol, "defects", block) % kinds.length
    kinds.forEach((kind, k) => {
      const session = placeIn(path, days, kind, block * blockSessions + ((k + turn) % kinds.length) * slotSessions)
      if (session !== undefined) out.push({ kind, session })
    })
  }
  return out
}
const scalePrices = (bars: BarRows, i: number, factor: number) => {
  for (const column of [bars.open, bars.high, bars.low, bars.close]) column[i] = Math.round(column[i]! * factor * 1e4) / 1e4
}
/** Late corrections arrive after so many days. */
const correctedAfterDays = 5

interface Planting {
  readonly seed: number
  readonly symbol: string
  readonly calendar: Calendar
  readonly path: AssetPath
  /** Sessions of the path, and the index of the first that `bars` holds. */
  readonly days: Int32Array
  readonly first: number
  /** Day number of the viewer: corrections after it are not known. */
  readonly asOf: number
}
/** Changes a bar in place; kinds that add, move or remove rows are left to `rearranged`. */
const spoil = (bars: BarRows, i: number, kind: Kind, of: Planting): void => {
  if (kind === "jump") {
    bars.close[i] = Math.round(bars.close[i]! * 1.55e4) / 1e4
    bars.high[i] = Math.max(bars.high[i]!, bars.close[i])
  } else if (kind === "ohlc_order") {
    bars.low[i] = Math.round(bars.high[i]! * 1.01e4) / 1e4
  } else if (kind === "zero_volume") bars.volume[i] = 0
  else if (kind === "volume_spike") bars.volume[i]! *= 80
  else if (kind === "range_outlier") bars.high[i] = Math.round(bars.high[i]! * 1.9e4) / 1e4
  else if (kind === "revision" && bars.date[i]! + correctedAfterDays > of.asOf) bars.close[i] = bars.low[i]!
  else if (kind === "stale" && i > 0) {
    for (let k = i; k < Math.min(bars.rows, i + staleSessions); k++) {
      bars.close[k] = bars.close[i - 1]!
      bars.high[k] = Math.max(bars.high[k]!, bars.open[k]!, bars.close[k]!)
      bars.low[k] = Math.min(bars.low[k]!, bars.open[k]!, bars.close[k]!)
    }
  }
}
/** The rows in the order in which a careless source sends them. */
const rearranged = (bars: BarRows, byRow: ReadonlyMap<number, Kind>, of: Planting): BarRows => {
  const out = barRows(bars.rows + byRow.size)
  let late: number | undefined
  for (let i = 0; i < bars.rows; i++) {
    const kind = byRow.get(i)
    if (kind === "missing_session") continue
    if (kind === "unsorted") {
      late = i
      continue
    }
    copyBar(bars, i, out)
    if (kind === "duplicate_key") {
      copyBar(bars, i, out)
      scalePrices(out, out.rows - 1, 1.01)
    }
    if (kind === "extra_session") {
      copyBar(bars, i, out)
      out.date[out.rows - 1]! += 1
      stampDaily(out, out.rows - 1, of.calendar)
    }
    if (late !== undefined && i >= late + 2) {
      copyBar(bars, late, out)
      late = undefined
    }
  }
  if (late !== undefined) copyBar(bars, late, out)
  return out
}

/** The bars with their defects. A missed split halves all later prices without saying so, and the next one doubles them again. */
export const withDefects = (bars: BarRows, of: Planting): BarRows => {
  const byRow = new Map<number, Kind>()
  const missed: Array<number> = []
  for (const { kind, session } of plan(of.seed, of.symbol, of.path, of.days)) {
    const row = session - of.first
    if (kind === "unadjusted_split") missed.push(row)
    else if (row >= 0 && row < bars.rows) byRow.set(row, kind)
  }
  for (const [i, kind] of byRow) spoil(bars, i, kind, of)
  for (let i = 0; i < bars.rows; i++) if (missed.filter((row) => row <= i).length % 2 === 1) scalePrices(bars, i, 0.5)
  return rearranged(bars, byRow, of)
}
/** The ground truth: what `withDefects` plants in sessions from `from` to `to`. */
export const plantedDefects = (of: Omit<Planting, "first" | "asOf">, from: number, to: number): ReadonlyArray<PlantedDefect> =>
  plan(of.seed, of.symbol, of.path, of.days)
    .map(({ kind, session }) => ({ symbol: of.symbol, rule: kind, date: of.days[session]! + (kind === "extra_session" ? 1 : 0) }))
    .filter(({ date }) => date >= from && date <= to)
