/** Adjusted p-values for a list of tests. A p-value of NaN (a test that could not be made) stays NaN and counts for nothing. */

const ascending = (p: ReadonlyArray<number>): ReadonlyArray<number> =>
  p
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(p[i]))
    .toSorted((a, b) => p[a]! - p[b]!)

/** Holm (1979): compared with a level, they keep the chance of a single false discovery below it, whatever the tests' dependence. */
export const holm = (p: ReadonlyArray<number>): ReadonlyArray<number> => {
  const adjusted = p.map(() => NaN)
  const order = ascending(p)
  let highest = 0
  for (const [place, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (order.length - place) * p[i]!))
    adjusted[i] = highest
  }
  return adjusted
}

/** Benjamini & Hochberg (1995): compared with a level, they keep the expected share of false discoveries below it, for independent tests. */
export const benjaminiHochberg = (p: ReadonlyArray<number>): ReadonlyArray<number> => {
  const adjusted = p.map(() => NaN)
  const order = ascending(p)
  let lowest = 1
  for (let place = order.length - 1; place >= 0; place--) {
    lowest = Math.min(lowest, (order.length / (place + 1)) * p[order[place]!]!)
    adjusted[order[place]!] = lowest
  }
  return adjusted
}
