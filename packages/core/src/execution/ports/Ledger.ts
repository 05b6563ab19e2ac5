import { Context, Data, type Effect } from "effect"
import type { Json } from "../../domain/Names.ts"
import type { StoreError } from "./Journal.ts"

/** Something that is kept beside the runs: what a schedule decided, an incident, a delivery, a token. Its collection says what its body is. */
export interface Entry {
  readonly collection: string
  /** What tells the entries of a collection apart. */
  readonly key: string
  readonly body: Json
  /** When it came about, epoch milliseconds: entries are listed by it. */
  readonly at: number
  /** When somebody has to look at it again, epoch milliseconds. */
  readonly due: number | undefined
  /** 1 when it was written first, one more with every change. */
  readonly version: number
}
/** `expect`: the version that is there, 0 when there must be none. Without it whatever is there is replaced. */
export type Write =
  | {
      readonly put: Omit<Entry, "version">
      readonly expect?: number
    }
  | { readonly drop: Pick<Entry, "collection" | "key">; readonly expect?: number }

/** Somebody else was first: an entry is not at the version that the writer expects. Nothing was written. */
export class LedgerConflict extends Data.TaggedError("LedgerConflict")<{ readonly collection: string; readonly key: string }> {
  override get message() {
    return `${this.collection}/${this.key} was changed by somebody else meanwhile`
  }
}
export interface ListOptions {
  /** Only entries whose key begins so. */
  readonly prefix?: string
  /** Only what came about at `from` or later, and before `until`. */
  readonly from?: number
  readonly until?: number
  /** Only what is due at this instant or before. Then the answer is in the order of `due`. */
  readonly dueBy?: number
  /** Goes on behind this entry of the answer before. */
  readonly after?: Pick<Entry, "at" | "key">
  /** Default 500. */
  readonly limit?: number
  /** By the time at which they came about, then by key. Default oldest first. */
  readonly newestFirst?: boolean
}

/** Small records of the operation, kept beside the runs, in one store with them. */
export class Ledger extends Context.Service<
  Ledger,
  {
    /** All of them or none, durable when it answers. Each key at most once. */
    readonly commit: (writes: ReadonlyArray<Write>) => Effect.Effect<void, LedgerConflict | StoreError>
    readonly get: (collection: string, key: string) => Effect.Effect<Entry | undefined, StoreError>
    readonly list: (collection: string, options?: ListOptions) => Effect.Effect<ReadonlyArray<Entry>, StoreError>
    /** Drops what came about before `at`, at most `most` of it, and answers how many that were. */
    readonly prune: (collection: string, at: number, most: number) => Effect.Effect<number, StoreError>
  }
>()("tetra/Ledger") {}
/** Entries of one answer when nothing else is asked for. */
export const usualLimit = 500
