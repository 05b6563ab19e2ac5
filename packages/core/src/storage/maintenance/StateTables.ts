import type { Effect } from "effect"
import type { Owner } from "../../domain/RunEvent.ts"
import type { StoreError } from "../../execution/ports/Journal.ts"
import type { Entry as LedgerEntry } from "../../execution/ports/Ledger.ts"
import type { Holder } from "../../execution/ports/Leases.ts"
import type { Ground } from "../Ground.ts"
import type { Row } from "../rows.ts"

/** What of a run no event tells: the right to act for it moves before `OwnerChanged` is appended. */
export interface RunRecord {
  readonly id: string
  readonly seq: number
  readonly epoch: number
  readonly commandId: string | null
  readonly owner: Owner
}
/**
 * `event`: a row of the log (run_id, run_seq, kind, v, epoch, payload as text, at in epoch milliseconds, digest; the first one of a run also has the
 * text of who owns it). `reset`: a pipeline was forgotten here. `evicted`: cached results were thrown away here. `kept`: an entry of the ledger, behind everything else.
 */
export type Entry =
  | { readonly is: "event"; readonly row: Row }
  | { readonly is: "evicted"; readonly keys: ReadonlyArray<string>; readonly at: number }
  | { readonly is: "reset"; readonly pipeline: string; readonly at: number }
  | { readonly is: "kept"; readonly kept: LedgerEntry }

/** Is given everything, some at a time. */
export type Visits<A> = (visit: (page: ReadonlyArray<A>) => Effect.Effect<void, StoreError>) => Effect.Effect<void, StoreError>
/** The truth of a store, in the order in which it was written: all its tables follow from it. Never in memory as a whole. */
export interface Log {
  /** How many entries there are, where that is known beforehand. */
  readonly length: number | undefined
  readonly entries: Visits<Entry>
  /** To be asked for after the entries. */
  readonly runs: Visits<RunRecord>
}
export interface Contents {
  readonly runs: number
  readonly events: number
}
/** Hears how far a long work is: `done` of `total` (where that is known) `what`. */
export type Tell = (what: string, done: number, total: number | undefined) => void

/** A whole store, for whoever checks, mends or moves it. */
export interface StateTables {
  /** How it is called in messages. */
  readonly label: string
  /** Who holds a lease now: a run is under way. */
  readonly holder: Effect.Effect<{ readonly key: string; readonly holder: Holder } | undefined, StoreError>
  /** `look` sees the store as it was in one moment, however long it takes. */
  readonly read: <A>(look: (ground: Ground) => Effect.Effect<A, StoreError>) => Effect.Effect<A, StoreError>
  /** All of `work` or nothing of it; nobody else writes meanwhile. */
  readonly write: <A>(work: (ground: Ground) => Effect.Effect<A, StoreError>) => Effect.Effect<A, StoreError>
}
