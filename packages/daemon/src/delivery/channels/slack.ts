import type { AlertMessage, Notifier } from "@tetra/core"
import { Redacted } from "effect"
import type { Settings } from "./settings.ts"
import { post } from "../post.ts"

/** What Slack takes for markup stands for itself; mentions are none. */
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const mostText = 2_900
const cut = (text: string): string => (text.length > mostText ? `${text.slice(0, mostText)}...` : text)

const render = ({ mayRepeat, subject, text }: AlertMessage) => {
  const title = `${escape(subject)}${mayRepeat ? " (may be a repeat)" : ""}`
  return {
    text: title,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `*${cut(title)}*` } },
      { type: "section", text: { type: "mrkdwn", text: cut(escape(text)) } }
    ]
  }
}
/** Incoming webhooks. Their channel is theirs: what the configuration calls `channel` is not sent. */
export const slack: Notifier<Settings<"slack">> = {
  name: "slack",
  limit: { perSecond: 1, burst: 5 },
  render,
  send: async (message, { settings, signal }) => {
    const { allow_private: allowPrivate = false, webhook_url: url } = settings
    const body = JSON.stringify(render(message))
    const headers = { "content-type": "application/json" }
    return await post({ url: url === undefined ? "" : Redacted.value(url), body, headers, allowPrivate, signal })
  }
}
