/** A store belongs to one environment: what another one runs into it would be taken for its own. */
import type { Ledger, StoreError } from "@tetra/core/engine"
import { Data, Effect, Schema } from "effect"
import { collection, commit } from "../Collection.ts"

/** The store is of another environment. */
export class OtherEnvironment extends Data.TaggedError("OtherEnvironment")<{
  readonly owner: string
  readonly asked: string | undefined
}> {
  override get message() {
    const { asked, owner } = this
    return asked === undefined
      ? `this store belongs to the environment ${owner}: add --env ${owner}, or set TETRA_ENV`
      : `this store belongs to the environment ${owner}, not to ${asked}: give ${asked} a state.url or a TETRA_HOME of its own`
  }
}
const identity = collection("store_identity", Schema.Struct({ environment: Schema.String }))
const key = "store"

/** The first named environment that runs something here takes the store. Without a name nothing is taken, and nothing of others is used. */
export const claimEnvironment = (
  environment: string | undefined,
  now: number
): Effect.Effect<void, OtherEnvironment | StoreError, Ledger> =>
  Effect.gen(function* () {
    const known = yield* identity.get(key)
    if (known !== undefined && known.body.environment !== environment)
      yield* new OtherEnvironment({ owner: known.body.environment, asked: environment })
    if (known !== undefined || environment === undefined) return
    const taken: Effect.Effect<boolean, StoreError, Ledger> = commit(
      identity.put({ key, at: now, body: { environment } }, 0)
    ).pipe(
      Effect.as(true),
      Effect.catchTag("LedgerConflict", () => Effect.succeed(false))
    )
    if (!(yield* taken)) yield* claimEnvironment(environment, now)
  })
