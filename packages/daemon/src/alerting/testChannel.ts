/** Sends one message that is of no alert, through the very way that alerts take. */
import { type Channel, withoutSecrets } from "../delivery/Channel.ts"
import { messageOf } from "./message.ts"
import { messageFor } from "./records.ts"
import type { Alerting } from "./Rule.ts"

export interface Tested {
  /** What goes out, without secrets. */
  readonly rendered: unknown
  readonly outcome: "sent" | "rendered" | "failed" | "off"
  /** What the other side answered, or why nothing was sent. */
  readonly detail: string
  readonly latencyMs: number
}
/** Longest that the other side is waited for, in milliseconds: less than a request to the daemon may take. */
const withinMs = 20_000
/** `now` is epoch milliseconds; with `isDry` nothing leaves this process. */
export const testChannel = async (
  { alerting, channel }: { readonly alerting: Alerting; readonly channel: Channel },
  { isDry, now }: { readonly isDry: boolean; readonly now: number }
): Promise<Tested> => {
  const key = `test-${now}`
  const body = {
    rule: "Channel test",
    severity: "low",
    subject: {},
    labels: {},
    about: "other",
    group: "",
    text: "nothing is wrong: this message tries the channel",
    state: "firing",
    since: now,
    flaps: 0,
    channels: [channel.name],
    repeatMs: 0,
    tellAt: now
  } as const
  const message = messageFor(messageOf(alerting, [{ key, body }], { kind: "test", thread: key, n: 1, now }), false)
  const { notifier, off, settings } = channel
  const rendered = notifier.render?.(message, settings) ?? { subject: message.subject, text: message.text }
  if (off !== undefined) return { rendered, outcome: "off", detail: off, latencyMs: 0 }
  if (isDry) return { rendered, outcome: "rendered", detail: "nothing was sent", latencyMs: 0 }
  const began = performance.now()
  const took = (): number => Math.round(performance.now() - began)
  try {
    const sent = (await notifier.send(message, { settings, signal: AbortSignal.timeout(withinMs) })) ?? {}
    const detail = [sent.receipt ?? "taken", ...(sent.warning === undefined ? [] : [sent.warning])].join("; ")
    return { rendered, outcome: "sent", detail: withoutSecrets(channel, detail), latencyMs: took() }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { rendered, outcome: "failed", detail: withoutSecrets(channel, text), latencyMs: took() }
  }
}
