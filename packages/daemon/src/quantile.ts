/** Nearest rank, of values in ascending order: always one that was seen. `q` from 0 to 1; undefined without values. */
export const quantile = (sorted: ReadonlyArray<number>, q: number): number | undefined =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]
