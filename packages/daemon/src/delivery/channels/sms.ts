import type { AlertMessage, Notifier } from "@tetra/core"
import { Redacted } from "effect"
import type { Settings } from "./settings.ts"
import { post } from "../post.ts"

/** One part of a short message, in the alphabet of GSM 03.38. */
const mostCharacters = 160
const gsm =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
/** Written with two septets each. */
const gsmDouble: Readonly<Record<string, string>> = {
  "[": "(",
  "]": ")",
  "{": "(",
  "}": ")",
  "~": "-",
  "^": "",
  "|": "/",
  "\\": "/",
  "€": "EUR"
}
const plain = (text: string): string =>
  Array.from(text.normalize("NFKC"), (sign) => (gsm.includes(sign) ? sign : (gsmDouble[sign] ?? "?"))).join("")

const render = ({ alerts, subject }: AlertMessage) => {
  const [first] = alerts
  return { Body: plain(`${subject}${first === undefined ? "" : `: ${first.text}`}`).slice(0, mostCharacters) }
}
/** Through Twilio's Programmable Messaging: one message per number. */
export const sms: Notifier<Settings<"sms">> = {
  name: "sms",
  limit: { perSecond: 1, burst: 1, perDay: 20 },
  render,
  send: async (message, { settings, signal }) => {
    const { account_sid, allow_private: allowPrivate = false, auth_token, from = "", to = [] } = settings
    const sid = account_sid === undefined ? "" : Redacted.value(account_sid)
    const token = auth_token === undefined ? "" : Redacted.value(auth_token)
    const url = settings.url ?? `https://api.twilio.com/2010-04-01/Accounts/${encodeURIComponent(sid)}/Messages.json`
    const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString("base64")}`
    const headers = { authorization, "content-type": "application/x-www-form-urlencoded" }
    const failures: Array<Error> = []
    for (const number of to) {
      const body = new URLSearchParams({ From: from, To: number, ...render(message) }).toString()
      await post({ url, body, headers, allowPrivate, signal }).catch((error: Error) => failures.push(error))
    }
    // Numbers that have it are not told again for the sake of one that does not take it.
    const taken = to.length - failures.length
    if (taken === 0 && failures.length > 0) throw failures[0]
    const receipt = `${taken} ${taken === 1 ? "number" : "numbers"}`
    const [first] = failures
    if (first === undefined) return { receipt }
    return {
      receipt,
      warning: `not taken for ${failures.length} of ${to.length}: ${first.message}`
    }
  }
}
