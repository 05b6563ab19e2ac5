import { Effect } from "effect"
import { type Entry, type Ledger, LedgerConflict, usualLimit, type Write } from "./Ledger.ts"

const compare = (a: Entry, b: Entry): number => a.at - b.at || (a.key < b.key ? -1 : Number(a.key > b.key))

/** A ledger that ends with the process. */
export const memoryLedger = (): typeof Ledger.Service => {
  const collections = new Map<string, Map<string, Entry>>()
  const of = (collection: string): Map<string, Entry> => {
    const known = collections.get(collection) ?? new Map<string, Entry>()
    collections.set(collection, known)
    return known
  }
  const placeOf = (write: Write) => ("put" in write ? write.put : write.drop)
  const versionOf = ({ collection, key }: Pick<Entry, "collection" | "key">) => of(collection).get(key)?.version ?? 0
  return {
    commit: (writes) =>
      Effect.suspend(() => {
        const taken = writes.find((write) => write.expect !== undefined && write.expect !== versionOf(placeOf(write)))
        if (taken !== undefined) {
          const { collection, key } = placeOf(taken)
          return Effect.fail(new LedgerConflict({ collection, key }))
        }
        for (const write of writes) {
          const { collection, key } = placeOf(write)
          if ("put" in write) of(collection).set(key, { ...write.put, version: versionOf(write.put) + 1 })
          else of(collection).delete(key)
        }
        return Effect.void
      }),
    get: (collection, key) => Effect.sync(() => of(collection).get(key)),
    list: (collection, { after, dueBy, from, limit = usualLimit, newestFirst = false, prefix = "", until } = {}) =>
      Effect.sync(() => {
        const found = [...of(collection).values()]
          .filter(({ at, due, key }) => {
            const isWithin = at >= (from ?? at) && (until === undefined || at < until)
            return isWithin && key.startsWith(prefix) && (dueBy === undefined || (due !== undefined && due <= dueBy))
          })
          .toSorted(dueBy === undefined ? compare : (a, b) => (a.due ?? 0) - (b.due ?? 0) || compare(a, b))
        const inOrder = newestFirst ? found.toReversed() : found
        const isPast = (entry: Entry): boolean => {
          const order = after === undefined ? 1 : compare(entry, { ...entry, ...after })
          return newestFirst && after !== undefined ? order < 0 : order > 0
        }
        return inOrder.filter(isPast).slice(0, limit)
      }),
    prune: (collection, at, most) =>
      Effect.sync(() => {
        const old = [...of(collection).values()]
          .filter((entry) => entry.at < at)
          .toSorted(compare)
          .slice(0, most)
        for (const { key } of old) of(collection).delete(key)
        return old.length
      })
  }
}
