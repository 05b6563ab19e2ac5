/** What a market rule may ask about a row. */
export const marketVariables = [
  "symbol",
  "event_type",
  "value",
  "previous",
  "change_pct",
  "z_score",
  "volume_ratio",
  "session_date",
  "available_at"
] as const
export type MarketVariable = (typeof marketVariables)[number]
