/** What becomes of a delivery. Pure. */
import { NotDelivered } from "@tetra/core"
import { fingerprint } from "../alerting/fingerprint.ts"
import type { Delivery, DeliveryBody } from "../alerting/records.ts"

const firstDelayMs = 1_000
const mostDelayMs = 5 * 60_000
const hourMs = 3_600_000
/** How long a message is worth sending. */
const worthMs = (severity: DeliveryBody["message"]["severity"]): number => (severity === "low" ? 6 : 24) * hourMs

/** The delay before the next try: doubled each time, one fifth more or less by its key, so that a test and a restart give the same. */
export const delayMs = (key: string, attempt: number): number => {
  const jitter = 0.8 + 0.4 * (Number.parseInt(fingerprint([key, attempt]).slice(0, 8), 16) / 0xffff_ffff)
  return Math.round(Math.min(firstDelayMs * 2 ** Math.min(attempt - 1, 20), mostDelayMs) * jitter)
}
/** `n` was tried, and failed with `error`: when it is tried again, or why it is not. `error` holds no secrets. */
export const afterFailure = (
  { at, body, key }: Pick<Delivery, "at" | "body" | "key">,
  failure: unknown,
  { error, now }: { readonly error: string; readonly now: number }
): { readonly body: DeliveryBody; readonly due: number | undefined } => {
  const { retryAfterMs, retryable } = failure instanceof NotDelivered ? failure : { retryAfterMs: undefined, retryable: true }
  const worth = worthMs(body.message.severity)
  // Whoever says "at once" again and again is not asked again and again at once.
  const due = now + Math.max(retryAfterMs ?? 0, delayMs(key, body.attempt))
  if (!retryable) return { body: { ...body, state: "dead", error }, due: undefined }
  if (due - at > worth)
    return { body: { ...body, state: "dead", error: `given up after ${worth / hourMs} h: ${error}` }, due: undefined }
  return { body: { ...body, state: "queued", error }, due }
}
/** Why a delivery is not sent at all; undefined when it is. `earlier`: what was sent before it on the same thread and channel. */
export const suppressedBecause = (
  { body }: Pick<Delivery, "body">,
  earlier: ReadonlyArray<Pick<Delivery, "body">>,
  channel: { readonly off: string | undefined; readonly takesAcks: boolean } | undefined
): string | undefined => {
  if (channel === undefined) return "no plugin brings this channel any more"
  if (channel.off !== undefined) return channel.off
  const { kind } = body.message
  if (kind === "ack" && !channel.takesAcks) return "this channel is not told who has it in hand"
  const isAnswer = kind === "ack" || kind === "resolve"
  return isAnswer && !earlier.some((one) => one.body.state === "sent") ? "its beginning was never sent" : undefined
}
/** One message for many that wait for one channel. */
export const digestOf = (all: ReadonlyArray<Pick<Delivery, "body" | "key">>): DeliveryBody["message"] => {
  const [first] = all
  const lines = all.map(({ body }) => body.message.subject)
  const shown = lines.slice(0, 50)
  const hidden = lines.length > shown.length ? [`and ${lines.length - shown.length} more: tetra alerts`] : []
  const { message } = first!.body
  return {
    ...message,
    kind: "update",
    subject: `${all.length} messages of ${message.project}${message.environment === undefined ? "" : ` (${message.environment})`}`,
    text: [...shown, ...hidden].join("\n"),
    alerts: all.flatMap(({ body }) => body.message.alerts).slice(0, 100)
  }
}
