/** What people are told. Pure. */
import { fillTemplate, type TemplateValues } from "@tetra/core/engine"
import type { IncidentBody, KeptMessage } from "./records.ts"
import { type Alerting, isWorse } from "./Rule.ts"

export interface Told {
  readonly key: string
  readonly body: IncidentBody
}
/** The most severe first, then the oldest. */
export const inOrder = (a: Told, b: Told): number =>
  isWorse(a.body.severity, b.body.severity) ? -1 : isWorse(b.body.severity, a.body.severity) ? 1 : a.body.since - b.body.since

const mostLines = 20
const minutes = (ms: number): number => ms / 60_000
const aboutText = ({ subject: { part, pipeline } }: IncidentBody): string => pipeline ?? part ?? "the system"
const lineText = ({ resolvedAt, rule, severity, state, text, ...body }: IncidentBody): string => {
  const over = state === "resolved" ? ` (over since ${new Date(resolvedAt ?? 0).toISOString()})` : ""
  return `${severity.toUpperCase()} ${rule}: ${aboutText({ ...body, rule, severity, state, text })}: ${text}${over}`
}
const valuesOf = (
  alerting: Alerting,
  kind: KeptMessage["kind"],
  first: IncidentBody,
  { count, now }: { readonly count: number; readonly now: number }
): TemplateValues => ({
  "rule.name": first.rule,
  "rule.severity": first.severity,
  "rule.runbook": first.runbook ?? "",
  kind,
  severity: first.severity.toUpperCase(),
  pipeline: first.subject.pipeline ?? first.subject.part ?? "system",
  environment: alerting.environment ?? alerting.project,
  project: alerting.project,
  run: first.subject.run ?? "",
  value: first.text,
  since: new Date(first.since).toISOString(),
  count,
  duration_minutes: minutes((first.resolvedAt ?? now) - first.since)
})
/** Line breaks would become headers of a mail. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n\u2028\u2029]+/gu, " ").trim()

const openings: Readonly<Record<KeptMessage["kind"], string>> = {
  trigger: "",
  update: "UPDATE: ",
  ack: "ACK: ",
  resolve: "RESOLVED: ",
  test: "[TEST] "
}
/** A message about incidents that belong together. `note` is what is new. */
export const messageOf = (
  alerting: Alerting,
  members: ReadonlyArray<Told>,
  what: Pick<KeptMessage, "kind" | "thread" | "n"> & { readonly now: number; readonly note?: string | undefined }
): KeptMessage => {
  const sorted = members.toSorted(inOrder)
  const first = sorted[0]!.body
  const { kind, n, note, now, thread } = what
  const values = valuesOf(alerting, kind, first, { count: sorted.length, now })
  const more = sorted.length > 1 ? ` and ${sorted.length - 1} more` : ""
  const lines = sorted.slice(0, mostLines).map(({ body }) => lineText(body))
  const hidden = sorted.length > mostLines ? [`and ${sorted.length - mostLines} more: tetra alerts`] : []
  const runbook = first.runbook === undefined ? [] : [`runbook: ${first.runbook}`]
  const end = kind === "resolve" || kind === "test" ? [] : [`tetra alerts ack ${thread}`]
  const own = alerting.text === undefined ? [...lines, ...hidden] : [fillTemplate(alerting.text, values), ...hidden]
  return {
    kind,
    thread,
    n,
    subject: oneLine(`${openings[kind]}${fillTemplate(alerting.subject, values)}${more}`),
    text: [...(note === undefined ? [] : [note]), ...own, ...runbook, ...end].join("\n"),
    severity: first.severity,
    project: alerting.project,
    ...(alerting.environment === undefined ? {} : { environment: alerting.environment }),
    alerts: sorted.slice(0, 100).map(({ body }) => ({
      rule: body.rule,
      severity: body.severity,
      text: body.text,
      since: body.since,
      ...(body.subject.pipeline === undefined ? {} : { pipeline: body.subject.pipeline }),
      ...(body.subject.run === undefined ? {} : { run: body.subject.run }),
      ...(body.runbook === undefined ? {} : { runbook: body.runbook })
    })),
    at: now
  }
}
