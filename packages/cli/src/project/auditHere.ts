import { userInfo } from "node:os"
import type { Ledger, StoreError } from "@tetra/core/engine"
import { audit } from "@tetra/daemon/audit"
import { Effect } from "effect"

/** Writes down what a person did to the store from a terminal. `params`: nothing secret. */
export const auditHere = (
  action: string,
  target: string,
  params: Readonly<Record<string, unknown>> = {}
): Effect.Effect<void, StoreError, Ledger> =>
  Effect.asVoid(
    audit({ actor: userInfo().username, via: "cli", action, target, params, result: "ok", request_id: "" }, Date.now())
  )
