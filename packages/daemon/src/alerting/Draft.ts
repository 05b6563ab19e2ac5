import type { Write } from "@tetra/core/engine"
import type { Collection, Fresh, Kept } from "../Collection.ts"

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** The entries of a collection while they are changed: what is written at the end is what differs from what was read. */
export class Draft<A> {
  private readonly changed = new Map<string, Fresh<A> | undefined>()
  private readonly collection: Collection<A>
  private readonly before: ReadonlyMap<string, Kept<A>>
  constructor(collection: Collection<A>, before: ReadonlyMap<string, Kept<A>>) {
    this.collection = collection
    this.before = before
  }
  get(key: string): Fresh<A> | undefined {
    return this.changed.has(key) ? this.changed.get(key) : this.before.get(key)
  }
  put(entry: Fresh<A>): void {
    const old = this.get(entry.key)
    if (old !== undefined && old.due === entry.due && isSame(old.body, entry.body)) return
    this.changed.set(entry.key, entry)
  }
  /** Changes an entry that is there. */
  edit(key: string, change: (body: A) => A, due?: (body: A) => number | undefined): void {
    const old = this.get(key)
    if (old === undefined) return
    const body = change(old.body)
    this.put({ key, at: old.at, body, due: due === undefined ? old.due : due(body) })
  }
  drop(key: string): void {
    if (this.get(key) !== undefined) this.changed.set(key, undefined)
  }
  all(): ReadonlyArray<Fresh<A>> {
    const kept = [...this.before.values()].filter(({ key }) => !this.changed.has(key))
    return [...kept, ...[...this.changed.values()].filter((entry) => entry !== undefined)]
  }
  /** Each on condition that nobody else has changed it. */
  writes(): ReadonlyArray<Write> {
    return [...this.changed].flatMap(([key, entry]) => {
      const version = this.before.get(key)?.version
      if (entry !== undefined) return [this.collection.put(entry, version ?? 0)]
      return version === undefined ? [] : [this.collection.drop(key, version)]
    })
  }
  /** As it is when the writes are done. */
  after(): ReadonlyMap<string, Kept<A>> {
    const result = new Map(this.before)
    for (const [key, entry] of this.changed) {
      if (entry === undefined) result.delete(key)
      else result.set(key, { ...entry, due: entry.due, version: (this.before.get(key)?.version ?? 0) + 1 })
    }
    return result
  }
}
