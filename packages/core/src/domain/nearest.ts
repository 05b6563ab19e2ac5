/**
 * The valid name that was probably meant, or `undefined` when none is close. Close means: equal but for case and separators, `name` is its
 * beginning, or at most two edits away (a quarter of the length for longer names) and less than half of the longer one is edited. An
 * exchange of neighbours is one edit.
 */
export const nearest = (name: string, names: Iterable<string>): string | undefined => {
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "")
  let best: string | undefined
  let least = Math.max(2, Math.floor(name.length / 4)) + 1
  for (const candidate of names) {
    const same = bare(candidate) === bare(name) && bare(name) !== ""
    const cut = name.length >= 4 && candidate.startsWith(name)
    const edits = same ? 0 : cut ? 2 : Math.abs(candidate.length - name.length) >= least ? least : editsBetween(name, candidate)
    const isAlike = same || cut || 2 * edits < Math.max(name.length, candidate.length)
    if (edits < least && isAlike) [best, least] = [candidate, edits]
  }
  return best
}

/** Optimal string alignment distance: insertions, deletions, substitutions and exchanges of neighbours. */
const editsBetween = (a: string, b: string): number => {
  let before: ReadonlyArray<number> = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, before[j - 2]! + 1)
      next.push(edits)
    }
    ;[before, row] = [row, next]
  }
  return row[b.length]!
}

/** What is said when `name` is missing and one of `given`, which are `what`, is probably it: `; "mad" is no output: did you mean "made"?`. Else nothing. */
export const misspelt = (name: string, given: Iterable<string>, what: string): string => {
  const meant = [...given].find((one) => nearest(one, [name]) !== undefined)
  return meant === undefined ? "" : `; "${meant}" is ${what}: did you mean "${name}"?`
}
/** What to do where `meant` was probably meant; nothing when nothing was. */
export const meantHint = (meant: string | undefined): string | undefined =>
  meant === undefined ? undefined : `did you mean "${meant}"?`
/** What to do about an unknown name: the nearest one, else the list of all. */
export const hintFor = (name: string, names: Iterable<string>, none: string): string => {
  const all = [...names]
  return meantHint(nearest(name, all)) ?? (all.length === 0 ? none : `one of: ${all.join(", ")}`)
}
