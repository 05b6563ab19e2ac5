/** The upsert of the bars of one symbol: what is stored, with what was fetched. Pure. */
import { barRows, type BarRows, copyBar } from "../barRows.ts"
import { equalBars } from "../quality/arrival.ts"
import { QualityBit } from "../quality/bits.ts"
import { type Findings, severityOf } from "../quality/findings.ts"

const changed = (stored: BarRows, i: number, fetched: BarRows, k: number): string =>
  (["open", "high", "low", "close", "volume", "split_factor", "div_cash"] as const)
    .filter((name) => stored[name][i] !== fetched[name][k])
    .map((name) => `${name} ${stored[name][i]!} to ${fetched[name][k]!}`)
    .join(", ")

/** Both sorted by time, one row a time. A fetched row replaces a stored one; when it says something else, that is a revision. */
export const mergeBars = (stored: BarRows, fetched: BarRows, findings: Findings): BarRows => {
  const out = barRows(stored.rows + fetched.rows)
  let i = 0
  for (let k = 0; k < fetched.rows; k++) {
    while (i < stored.rows && stored.ts[i]! < fetched.ts[k]!) copyBar(stored, i++, out)
    copyBar(fetched, k, out)
    if (i >= stored.rows || stored.ts[i] !== fetched.ts[k]) continue
    const last = out.rows - 1
    const was = stored.quality[i]! & QualityBit.revision
    if (equalBars(stored, i, fetched, k)) out.quality[last]! |= was
    else {
      const row = i
      out.quality[last]! |= QualityBit.revision
      findings.add("revision", severityOf.revision, fetched.date[k]!, () => changed(stored, row, fetched, k))
    }
    i++
  }
  while (i < stored.rows) copyBar(stored, i++, out)
  return out
}
