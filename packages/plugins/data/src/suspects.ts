/** Which symbols may be refused for later knowledge: each gets a partition of its own, so that a refusal costs nobody else. */
import type { DatasetRef } from "@tetra/core"
import type { KnowledgeRule } from "./knowledge.ts"
import type { Bars } from "./types.ts"

/** Symbols with a bar that was known only after the next one opened, or after the end of `asOf`. Wider than the guard: quarantined bars count. */
export const suspectsOf = async (bars: DatasetRef<typeof Bars>, { asOf, later }: KnowledgeRule): Promise<ReadonlySet<string>> => {
  const found = new Set<string>()
  if (later === "allow") return found
  const end = asOf === undefined ? undefined : BigInt(asOf + 1) * 86_400_000_000n
  let before: { readonly symbol: string; readonly availableAt: bigint } | undefined
  for await (const { columns, rows } of bars.scan({
    columns: ["symbol", "date", "ts", "available_at"],
    where: { interval: "1d" }
  }))
    for (let i = 0; i < rows; i++) {
      const symbol = columns.symbol.values[columns.symbol.codes[i]!] ?? ""
      const availableAt = columns.available_at[i]!
      if (before?.symbol === symbol && before.availableAt > columns.ts[i]!) found.add(symbol)
      if (end !== undefined && columns.date[i]! <= asOf! && availableAt > end) found.add(symbol)
      before = { symbol, availableAt }
    }
  return found
}
