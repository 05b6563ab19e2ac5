/** What can be seen only while rows arrive: their order, repeated keys, and days that are not over. */
import { barRows, type BarRows, copyBar } from "../barRows.ts"
import { QualityBit } from "./bits.ts"
import type { Findings } from "./findings.ts"

/** More rows out of order than this share: the source has no order, and none of its rows is suspicious for that. */
const disorderShare = 0.05

/** Rows outside a longest non-decreasing subsequence: the fewest that have to move. */
const misplaced = (ts: BigInt64Array): Uint8Array => {
  const tails: Array<number> = []
  const before = new Int32Array(ts.length).fill(-1)
  for (let i = 0; i < ts.length; i++) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (ts[tails[middle]!]! <= ts[i]!) low = middle + 1
      else high = middle
    }
    if (low > 0) before[i] = tails[low - 1]!
    tails[low] = i
  }
  const out = new Uint8Array(ts.length).fill(1)
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i]!) out[i] = 0
  return out
}
const isAscending = (ts: BigInt64Array): boolean => {
  for (let i = 1; i < ts.length; i++) if (ts[i]! < ts[i - 1]!) return false
  return true
}
const reversed = (bars: BarRows): BarRows => {
  const out = barRows(bars.rows)
  for (let i = bars.rows - 1; i >= 0; i--) copyBar(bars, i, out)
  return out
}
/** Rows by time; those that were out of place are marked. Ascending and descending sources are both in order. */
const inOrder = (bars: BarRows, findings: Findings): BarRows => {
  if (isAscending(bars.ts.subarray(0, bars.rows))) return bars
  const falls = bars.ts[0]! > bars.ts[bars.rows - 1]!
  const rows = falls ? reversed(bars) : bars
  const ts = rows.ts.subarray(0, rows.rows)
  if (isAscending(ts)) return rows
  const moved = misplaced(ts)
  const count = moved.reduce((n, m) => n + m, 0)
  const suspicious = count <= Math.max(1, disorderShare * rows.rows)
  for (let i = 0; i < rows.rows; i++) {
    if (moved[i] === 0) continue
    if (suspicious) rows.quality[i]! |= QualityBit.unsorted
    findings.add("unsorted", suspicious ? "error" : "warn", rows.date[i]!, () =>
      suspicious ? "row is out of order" : "the rows have no order and were sorted"
    )
  }
  const order = Array.from({ length: rows.rows }, (_, i) => i).sort((a, b) =>
    ts[a]! < ts[b]! ? -1 : ts[a]! > ts[b]! ? 1 : a - b
  )
  const out = barRows(rows.rows)
  for (const i of order) copyBar(rows, i, out)
  return out
}
const same = (a: number, b: number) => a === b || (a !== a && b !== b)
/** Whether two rows say the same. */
export const equalBars = (a: BarRows, i: number, b: BarRows, k: number): boolean =>
  same(a.open[i]!, b.open[k]!) &&
  same(a.high[i]!, b.high[k]!) &&
  same(a.low[i]!, b.low[k]!) &&
  same(a.close[i]!, b.close[k]!) &&
  same(a.volume[i]!, b.volume[k]!) &&
  same(a.split_factor[i]!, b.split_factor[k]!) &&
  same(a.div_cash[i]!, b.div_cash[k]!)

/** The last of the rows of one time stays. It is marked when another one says something else. */
const withoutRepeats = (bars: BarRows, findings: Findings): BarRows => {
  const out = barRows(bars.rows)
  for (let i = 0; i < bars.rows; i++) {
    const k = out.rows - 1
    if (k < 0 || out.ts[k] !== bars.ts[i]) {
      copyBar(bars, i, out)
      continue
    }
    const agrees = equalBars(out, k, bars, i)
    const bits = out.quality[k]! | (agrees ? 0 : QualityBit.duplicate_key)
    findings.add("duplicate_key", agrees ? "warn" : "error", bars.date[i]!, () =>
      agrees ? "the row is there twice" : `closes ${out.close[k]!} and ${bars.close[i]!}`
    )
    out.rows = k
    copyBar(bars, i, out)
    out.quality[k]! |= bits
  }
  return out
}
/**
 * Fetched rows of one symbol in order, one for each time. Rows after `through` are of a session that is not over, and are left out; rows
 * after `today` claim to know the future, and are kept and marked.
 */
export const arrived = (
  bars: BarRows,
  limits: { readonly from: number; readonly through: number; readonly today: number },
  findings: Findings
): BarRows => {
  const kept = barRows(bars.rows)
  for (let i = 0; i < bars.rows; i++) {
    const date = bars.date[i]!
    if (date < limits.from || (date > limits.through && date <= limits.today)) continue
    copyBar(bars, i, kept)
    if (date <= limits.through) continue
    kept.quality[kept.rows - 1]! |= QualityBit.future_ts
    findings.add("future_ts", "error", date)
  }
  return kept.rows === 0 ? kept : withoutRepeats(inOrder(kept, findings), findings)
}
