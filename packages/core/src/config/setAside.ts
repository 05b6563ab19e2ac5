/** A document without the values that do not fit the schema, so that all else can be checked in the same go. */
import { hasValue, withoutValue, withValue } from "./valuesAt.ts"

type Path = ReadonlyArray<string>
/** What is left of a document. */
export interface Rest {
  readonly data: unknown
  /** What was left out, as the file counts it. */
  readonly removed: ReadonlyArray<Path>
  /** Where another value stands in, as the file counts it. */
  readonly replaced: ReadonlyArray<Path>
}
export interface Misfit {
  readonly path: Path
  readonly message: string
}

/**
 * Without what does not fit in `rest.data`. Where one of several words is wanted, the first stands in: a rule with a misspelt severity is checked
 * further. What is missing takes the block or the list entry around it along.
 */
export const setAside = ({ data, removed, replaced }: Rest, misfits: ReadonlyArray<Misfit>): Rest => {
  const standIns = misfits.flatMap(({ message, path }) => {
    const word = path.join() === "version" ? 1 : /^expected "([^"]*)" \|/.exec(message)?.[1]
    return word === undefined || !hasValue(data, path) ? [] : [{ path, word }]
  })
  const targets = misfits
    .map(({ path }) => path)
    .filter((path) => !standIns.some((one) => one.path === path))
    .map((path) => (hasValue(data, path) ? path : path.slice(0, -1)))
  const isInner = (path: Path) => targets.some((other) => other.length < path.length && startsWith(path, other))
  const outer = new Map(targets.filter((path) => !isInner(path)).map((path) => [path.join("."), path]))
  // From the end, so that the places of a list that are still to come do not move.
  const ordered = [...outer.values()].toSorted((a, b) => comparePaths(b, a))
  const filled = standIns.reduce<unknown>((all, { path, word }) => withValue(all, path, word), data)
  return {
    data: ordered.reduce<unknown>((all, path) => withoutValue(all, path), filled),
    removed: [...removed, ...ordered.map((path) => original(path, removed))],
    replaced: [...replaced, ...standIns.map(({ path }) => original(path, removed))]
  }
}

/** A path in what is left, as the file counts it: list entries before it may be gone. */
export const original = (path: Path, removed: ReadonlyArray<Path>): Path =>
  path.reduce<Path>((outer, key) => {
    const gone = removed
      .filter((one) => one.length === outer.length + 1 && startsWith(one, outer) && isPlace(one.at(-1)!))
      .map((one) => Number(one.at(-1)))
      .toSorted((a, b) => a - b)
    return [...outer, isPlace(key) ? String(gone.reduce((at, place) => (place <= at ? at + 1 : at), Number(key))) : key]
  }, [])

export const startsWith = (path: Path, beginning: Path): boolean => beginning.every((key, i) => path[i] === key)
const isPlace = (key: string) => /^\d+$/.test(key)
const comparePaths = (a: Path, b: Path): number => {
  const i = a.findIndex((key, at) => key !== b[at])
  if (i === -1 || b[i] === undefined) return a.length - b.length
  return isPlace(a[i]!) && isPlace(b[i]) ? Number(a[i]) - Number(b[i]) : a[i]! < b[i] ? -1 : 1
}
