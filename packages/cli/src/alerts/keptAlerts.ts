/** The alerts of rules as the dashboard shows them. */
import type { Ledger, StoreError } from "@tetra/core/engine"
import { type Incident, openIncidents } from "@tetra/daemon/alerting"
import type { Alert } from "@tetra/tui"
import { Effect } from "effect"

export const aboutOf = ({ subject }: Incident["body"]): string => subject.pipeline ?? subject.part ?? "system"
const shown = ({ body, key }: Incident, now: number): Alert => {
  const { ack, muted, rule, severity, since, text } = body
  const alert = { id: key, rule, severity, since, text: `${aboutOf(body)}: ${text}` }
  if (ack !== undefined && now < ack.until) return { ...alert, state: "acknowledged", by: ack.by }
  return muted === undefined ? { ...alert, state: "firing" } : { ...alert, state: "silenced", by: muted }
}
/** Those that are open. */
export const keptAlerts = (now: number): Effect.Effect<ReadonlyArray<Alert>, StoreError, Ledger> =>
  Effect.map(openIncidents, (all) => all.map((one) => shown(one, now)))
