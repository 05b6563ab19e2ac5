/** The bits of the `quality` column: what the rules found about one bar. */

/**
 * One bit per rule that can mark a bar. `missing_session` marks the bar after a gap; `duplicate_key` marks the row that was kept of several
 * that contradict each other.
 */
export const QualityBit = {
  ohlc_order: 1 << 0,
  duplicate_key: 1 << 1,
  unsorted: 1 << 2,
  future_ts: 1 << 3,
  unadjusted_split: 1 << 4,
  missing_session: 1 << 8,
  extra_session: 1 << 9,
  jump: 1 << 10,
  stale: 1 << 11,
  range_outlier: 1 << 12,
  zero_volume: 1 << 16,
  volume_spike: 1 << 17,
  revision: 1 << 18
} as const
/** Names of the quality rules that mark single bars. */
export type BarRule = keyof typeof QualityBit

/** Bits of the rules of severity `error`: a row with one of them is quarantined, that is kept and left out of views. */
export const QuarantineMask =
  QualityBit.ohlc_order | QualityBit.duplicate_key | QualityBit.unsorted | QualityBit.future_ts | QualityBit.unadjusted_split

/** Whether a bar is left out of views. */
export const isQuarantined = (quality: number): boolean => (quality & QuarantineMask) !== 0

/** The names of the rules that a `quality` value carries, in bit order. */
export const rulesOf = (quality: number): ReadonlyArray<BarRule> =>
  (Object.keys(QualityBit) as Array<BarRule>).filter((rule) => (quality & QualityBit[rule]) !== 0)
