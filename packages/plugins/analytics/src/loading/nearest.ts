/** Edit distance with insertions, deletions and replacements (Levenshtein 1966). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
/** The name closest to what was written, when it is close enough to be meant. */
export const nearest = (written: string, names: ReadonlyArray<string>): string | undefined => {
  const scored = names
    .map((name) => ({ name, far: distance(written.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far)
  return scored[0] !== undefined && scored[0].far <= Math.max(2, Math.floor(written.length / 3)) ? scored[0].name : undefined
}
