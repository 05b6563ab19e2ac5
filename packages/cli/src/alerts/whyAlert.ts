/** Why an alert fired, who was told, and how it ended. */
import { because, type Ledger, type StoreError, type WhyNode } from "@tetra/core/engine"
import { type Delivery, deliveries, type Incident, incidents } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { dateTime } from "../output/plain/amounts.ts"
import { aboutOf } from "./keptAlerts.ts"

/** Newest alerts among which the beginning of an id is looked for. */
const looked = 1_000
const outcomes: Readonly<Record<Delivery["body"]["state"], string>> = {
  queued: "waits to be sent",
  sending: "is under way",
  sent: "was sent",
  suppressed: "was left out",
  dead: "was not delivered"
}
const messageNode = ({ at, body }: Delivery): WhyNode => {
  const { attempt, channel, error, message, sentAt, state } = body
  const tries = attempt > 1 ? ` at try ${attempt}` : ""
  const detail = error === undefined ? "" : `: ${error}`
  const kind = state === "dead" ? "warning" : "note"
  return because(kind, `${channel}: ${message.kind} ${outcomes[state]}${tries}${detail}`, { at: sentAt ?? at })
}
const treeOf = ({ body, key }: Incident, messages: ReadonlyArray<Delivery>): WhyNode => {
  const { ack, flaps, muted, reason, resolvedAt, rule, severity, since, subject, text } = body
  const facts = [
    because("warning", text, { at: since }),
    ...(subject.run === undefined ? [] : [because("note", `about run ${subject.run}: tetra why ${subject.run}`)]),
    ...(flaps === 0 ? [] : [because("note", `it came back ${flaps} times within minutes`)]),
    ...(muted === undefined ? [] : [because("note", `nothing is sent now: ${muted}`)]),
    ...(ack === undefined
      ? []
      : [
          because("note", `${ack.by} has it in hand until ${dateTime(ack.until)}${ack.note === "" ? "" : `: ${ack.note}`}`, {
            at: ack.at
          })
        ]),
    ...messages.map(messageNode),
    ...(resolvedAt === undefined ? [] : [because("note", `over: ${reason ?? ""}`, { at: resolvedAt })])
  ]
  return because("warning", `alert ${key} (${severity}): ${rule}: ${aboutOf(body)}`, { at: since, children: facts })
}
/** By its id or the beginning of it, the newest; undefined when there is none. */
export const whyAlert = (id: string): Effect.Effect<WhyNode | undefined, StoreError, Ledger> =>
  Effect.gen(function* () {
    const all = yield* incidents.list({ newestFirst: true, limit: looked })
    const found = (yield* incidents.get(id)) ?? all.find(({ key }) => key.startsWith(id))
    if (found === undefined) return undefined
    return treeOf(found, yield* deliveries.list({ prefix: `${found.body.thread ?? found.key}|` }))
  })
