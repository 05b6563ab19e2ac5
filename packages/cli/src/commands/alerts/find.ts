/** Alerts by their id, or by its beginning. */
import type { Ledger, StoreError } from "@tetra/core/engine"
import { type Incident, incidents, openIncidents } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { Refusal } from "../../failure.ts"

/** Newest alerts among which the beginning of an id is looked for. */
const looked = 1_000
const listed = "`tetra alerts` lists the open ones"

export const findAlert = (id: string | undefined): Effect.Effect<Incident, StoreError | Refusal, Ledger> =>
  Effect.gen(function* () {
    if (id === undefined) return yield* Effect.fail(new Refusal("which alert?", { hint: listed }))
    const whole = yield* incidents.get(id)
    if (whole !== undefined) return whole
    const open = (yield* openIncidents).filter(({ key }) => key.startsWith(id))
    const all =
      open.length > 0
        ? open
        : (yield* incidents.list({ newestFirst: true, limit: looked })).filter(({ key }) => key.startsWith(id))
    const [first] = all
    if (first !== undefined && (all.length === 1 || open.length === 0)) return first
    const hint = first === undefined ? listed : `say which: ${all.map(({ key }) => key).join(", ")}`
    return yield* Effect.fail(
      new Refusal(first === undefined ? `there is no alert "${id}"` : `"${id}" may mean ${all.length} alerts`, { hint })
    )
  })
