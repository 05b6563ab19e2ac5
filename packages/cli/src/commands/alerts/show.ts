/** `tetra alerts show ID`: one alert, and every message about it. */
import process from "node:process"
import { type Delivery, deliveries, type Incident } from "@tetra/daemon/alerting"
import { Effect } from "effect"
import { aboutOf } from "../../alerts/keptAlerts.ts"
import { type ExitCode, exitCodes } from "../../exitCodes.ts"
import { dateTime } from "../../output/plain/amounts.ts"
import { lookOf } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"
import { tableLines } from "../../output/table.ts"
import type { Call } from "../../program.ts"
import { lookInStore } from "../../project/asking.ts"
import { flag } from "../../project/open.ts"
import { print, printJson } from "../../project/store.ts"
import { findAlert } from "./find.ts"
import { stateOf } from "./list.ts"

const messagesOf = ({ body, key }: Incident) => deliveries.list({ prefix: `${body.thread ?? key}|`, limit: 500 })
const facts = ({ body, key }: Incident, now: number): ReadonlyArray<readonly [string, string]> => [
  ["alert", key],
  ["rule", oneLine(body.rule)],
  ["severity", body.severity],
  ["about", aboutOf(body)],
  ["state", oneLine(stateOf(body, now))],
  ["seen", oneLine(body.text)],
  ["since", dateTime(body.since)],
  ...(body.resolvedAt === undefined ? [] : [["over", `${dateTime(body.resolvedAt)}: ${oneLine(body.reason ?? "")}`] as const]),
  ...(body.flaps === 0 ? [] : [["came back", `${body.flaps} times within minutes`] as const]),
  ...(body.ack === undefined
    ? []
    : [["in hand", oneLine(`${body.ack.by} until ${dateTime(body.ack.until)}: ${body.ack.note}`)] as const]),
  ...(body.runbook === undefined ? [] : [["runbook", oneLine(body.runbook)] as const])
]
export const handle = async (call: Call, [id]: ReadonlyArray<string>): Promise<ExitCode> => {
  const now = Date.now()
  const found = Effect.flatMap(findAlert(id), (incident) =>
    Effect.map(messagesOf(incident), (messages) => ({ incident, messages }))
  )
  const { incident, messages } = await lookInStore(call, found)
  if (flag(call, "json")) {
    const { body, key } = incident
    printJson({ id: key, ...body, messages: messages.map((one) => ({ id: one.key, ...one.body })) })
    return exitCodes.completed
  }
  const columns = [
    { title: "message", of: ({ body }: Delivery) => `${body.channel} ${body.message.kind} ${body.message.n}` },
    { title: "state", of: ({ body }: Delivery) => body.state },
    { title: "tries", of: ({ body }: Delivery) => String(body.attempt), right: true },
    { title: "sent", of: ({ body }: Delivery) => (body.sentAt === undefined ? "" : dateTime(body.sentAt)) },
    { title: "note", of: ({ body }: Delivery) => oneLine(body.error ?? body.receipt ?? ""), gives: true }
  ]
  print([
    ...facts(incident, now).map(([name, value]) => `${name.padEnd(10)} ${value}`),
    ...(messages.length === 0 ? [] : ["", ...tableLines(messages, columns, lookOf(process.stdout, process.env))])
  ])
  return exitCodes.completed
}
