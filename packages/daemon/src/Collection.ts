import type { Json } from "@tetra/core"
import { type Entry, Ledger, LedgerConflict, type ListOptions, type StoreError, type Write } from "@tetra/core/engine"
import { Effect, Schema } from "effect"

/** An entry with its body decoded. */
export interface Kept<A> extends Omit<Entry, "body" | "collection"> {
  readonly body: A
}
/** What is written: `due` when somebody has to look at it again, epoch milliseconds like `at`. */
export type Fresh<A> = Pick<Kept<A>, "key" | "body" | "at"> & { readonly due?: number | undefined }

/** One kind of entry in the ledger. Writes are values, so that several collections change in one transaction (`commit`). */
export interface Collection<A> {
  readonly name: string
  /** `expect`: the version that is there, 0 when there must be none. */
  readonly put: (entry: Fresh<A>, expect?: number) => Write
  readonly drop: (key: string, expect?: number) => Write
  readonly get: (key: string) => Effect.Effect<Kept<A> | undefined, StoreError, Ledger>
  /** `known`, by key: entries that have not changed since are answered as they are there. */
  readonly list: (
    options?: ListOptions,
    known?: ReadonlyMap<string, Kept<A>>
  ) => Effect.Effect<ReadonlyArray<Kept<A>>, StoreError, Ledger>
  /** Drops what came about before `at`, at most `most` of it, and answers how many that were. */
  readonly prune: (at: number, most: number) => Effect.Effect<number, StoreError, Ledger>
}

/** The entries called `name`, with bodies as `schema` says. Nobody else writes them: a body that does not fit is a defect. */
export const collection = <A, I extends Json>(name: string, schema: Schema.Codec<A, I>): Collection<A> => {
  const encode = Schema.encodeSync(schema)
  const decode = Schema.decodeUnknownSync(schema)
  const kept = ({ at, body, due, key, version }: Entry): Kept<A> => ({ key, body: decode(body), at, due, version })
  const expecting = (expect: number | undefined) => (expect === undefined ? {} : { expect })
  return {
    name,
    put: ({ at, body, due, key }, expect) => ({
      put: { collection: name, key, body: encode(body), at, due },
      ...expecting(expect)
    }),
    drop: (key, expect) => ({ drop: { collection: name, key }, ...expecting(expect) }),
    get: (key) =>
      Effect.flatMap(Ledger, (ledger) =>
        Effect.map(ledger.get(name, key), (entry) => (entry === undefined ? undefined : kept(entry)))
      ),
    list: (options, known) =>
      Effect.flatMap(Ledger, (ledger) =>
        Effect.map(ledger.list(name, options), (entries) =>
          entries.map((entry) => {
            const old = known?.get(entry.key)
            // What was dropped and written again has begun to count anew.
            return old?.version === entry.version && old.at === entry.at && old.due === entry.due ? old : kept(entry)
          })
        )
      ),
    prune: (at, most) => Effect.flatMap(Ledger, (ledger) => ledger.prune(name, at, most))
  }
}
/** All of the writes or none. Fails with `LedgerConflict` when an entry is not at the version that its write expects. */
export const commit = (...writes: ReadonlyArray<Write>): Effect.Effect<void, LedgerConflict | StoreError, Ledger> =>
  Effect.flatMap(Ledger, (ledger) => ledger.commit(writes))
