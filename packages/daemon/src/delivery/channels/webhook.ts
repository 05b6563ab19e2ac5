import type { AlertMessage, Notifier } from "@tetra/core"
import { Redacted } from "effect"
import type { Settings } from "./settings.ts"
import { post } from "../post.ts"
import { signatureOf } from "../signature.ts"

const render = (message: AlertMessage) => ({ schema: "tetra.alert/1", ...message, at: new Date(message.at).toISOString() })

/** JSON to any address, signed with the first secret: receivers take two while they change it. */
export const webhook: Notifier<Settings<"webhook">> = {
  name: "webhook",
  limit: { perSecond: 10, burst: 10 },
  takesAcks: true,
  keepsThreads: true,
  render,
  send: async (message, { settings, signal }) => {
    const { allow_private: allowPrivate = false, headers = {}, secrets: [secret] = [], url } = settings
    const body = JSON.stringify(render(message))
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Redacted.value(value)]))
    const signed = secret === undefined ? {} : { "x-tetra-signature": signatureOf(Redacted.value(secret), body, Date.now()) }
    const all = { ...own, ...signed, "content-type": "application/json", "x-tetra-delivery": `${message.thread}.${message.n}` }
    return await post({ url: url === undefined ? "" : Redacted.value(url), body, headers: all, allowPrivate, signal })
  }
}
