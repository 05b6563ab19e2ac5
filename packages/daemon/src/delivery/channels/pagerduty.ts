import { hostname } from "node:os"
import type { AlertMessage, Notifier } from "@tetra/core"
import { Redacted } from "effect"
import type { Settings } from "./settings.ts"
import { post } from "../post.ts"

const usualUrl = "https://events.pagerduty.com/v2/enqueue"
const severityOf = { low: "info", medium: "warning", high: "error", critical: "critical" } as const
const actionOf = { trigger: "trigger", update: "trigger", test: "trigger", ack: "acknowledge", resolve: "resolve" } as const

const render = (message: AlertMessage, settings: Settings<"pagerduty">) => {
  const { alerts, kind, severity, subject, text, thread } = message
  const [first] = alerts
  return {
    event_action: actionOf[kind],
    dedup_key: thread.slice(0, 255),
    payload: {
      summary: subject.slice(0, 1024),
      source: hostname(),
      severity: severityOf[severity],
      timestamp: new Date(first?.since ?? message.at).toISOString(),
      ...(settings.service_id === undefined ? {} : { component: settings.service_id }),
      ...(first?.pipeline === undefined ? {} : { group: first.pipeline }),
      class: first?.rule ?? "test",
      custom_details: { text, alerts: alerts.length }
    }
  }
}
/** Events API v2: one incident there per thread here. A test opens one and closes it at once. */
export const pagerduty: Notifier<Settings<"pagerduty">> = {
  name: "pagerduty",
  limit: { perSecond: 1, burst: 10 },
  takesAcks: true,
  keepsThreads: true,
  render,
  send: async (message, { settings, signal }) => {
    const { allow_private: allowPrivate = false, api_key: key, url = usualUrl } = settings
    const routing_key = key === undefined ? "" : Redacted.value(key)
    const enqueue = async (event: object) =>
      await post({
        url,
        body: JSON.stringify({ routing_key, ...event }),
        headers: { "content-type": "application/json" },
        allowPrivate,
        signal
      })
    const sent = await enqueue(render(message, settings))
    if (message.kind === "test") await enqueue({ event_action: "resolve", dedup_key: message.thread.slice(0, 255) })
    return sent
  }
}
