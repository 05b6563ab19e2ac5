/** What tells the places of one store from those of another. */
import { randomBytes } from "node:crypto"
import type { Ledger, StoreError } from "@tetra/core/engine"
import { Effect, Schema } from "effect"
import { collection, commit } from "../Collection.ts"

/** Another one after the store was restored or moved, when places mean something else. */
export const streamEpoch = collection("event_stream", Schema.Struct({ epoch: Schema.String }))
const key = "epoch"
/** Made when it is asked for first. */
export const readEpoch: Effect.Effect<string, StoreError, Ledger> = Effect.gen(function* () {
  const known = yield* streamEpoch.get(key)
  if (known !== undefined) return known.body.epoch
  const epoch = randomBytes(4).toString("hex")
  return yield* commit(streamEpoch.put({ key, at: Date.now(), body: { epoch } }, 0)).pipe(
    Effect.as(epoch),
    Effect.catchTag("LedgerConflict", () => readEpoch)
  )
})
/** Places that clients keep are of another store from now on. */
export const forgetEpoch: Effect.Effect<void, StoreError, Ledger> = commit(streamEpoch.drop(key)).pipe(
  Effect.catchTag("LedgerConflict", () => Effect.void)
)
