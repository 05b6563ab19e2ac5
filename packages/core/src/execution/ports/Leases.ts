import { Context, type Effect } from "effect"
import type { Owner } from "../../domain/RunEvent.ts"
import type { StoreError } from "./Journal.ts"

export interface Holder {
  readonly owner: Owner
  readonly run: string | undefined
  /** Epoch milliseconds. */
  readonly since: number
  readonly expiresAt: number
}
/** Named locks with an owner and an end: one run of a pipeline at a time (`pipeline/<name>`). */
export class Leases extends Context.Service<
  Leases,
  {
    /** A lease ends this long after it was taken or renewed, in milliseconds. Its owner renews it at a sixth of that. */
    readonly leaseMs: number
    /** All or none of `keys`. A lease whose owner process is gone from this host counts as expired. */
    readonly acquire: (
      keys: ReadonlyArray<string>,
      owner: Owner,
      run: string,
      now: number
    ) => Effect.Effect<
      { readonly _tag: "Acquired" } | { readonly _tag: "Busy"; readonly key: string; readonly holder: Holder },
      StoreError
    >
    /**
     * Prolongs every lease that this owner still holds for this run, and answers their keys. One that ran out and that nobody else took is
     * held again; one that is missing from the answer belongs to somebody else now: the run must not go on.
     */
    readonly renew: (owner: Owner, run: string, now: number) => Effect.Effect<ReadonlyArray<string>, StoreError>
    /** Who has it now; undefined when it is free, has run out, or its owner's process is gone from this host. */
    readonly holder: (key: string, now: number) => Effect.Effect<Holder | undefined, StoreError>
    /** Gives back those of `keys` that this owner holds for this run; what another run of the same owner holds stays. */
    readonly release: (keys: ReadonlyArray<string>, owner: Owner, run: string) => Effect.Effect<void, StoreError>
  }
>()("tetra/Leases") {}
