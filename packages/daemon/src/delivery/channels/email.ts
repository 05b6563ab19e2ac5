import { readFileSync } from "node:fs"
import { hostname } from "node:os"
import { type AlertMessage, type Delivered, NotDelivered, type Notifier } from "@tetra/core"
import { Redacted } from "effect"
import type { Settings } from "./settings.ts"

/** `host`, `host:port` or `[::1]:port`. */
const serverOf = (text: string): { readonly host: string; readonly port: number | undefined } => {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):?(\d+)?$/u.exec(text) ?? []
  return { host: bracketed ?? plain ?? text, port: port === undefined ? undefined : Number(port) }
}
const idOf = (thread: string, n: number): string =>
  `<${thread.replaceAll("#", ".")}.${n}@${hostname().replaceAll(/[^\w.-]/gu, "-")}>`

/** One thread per alert: later messages answer the first one. */
const render = ({ kind, mayRepeat, n, severity, subject, text, thread }: AlertMessage, settings: Settings<"email">) => ({
  from: settings.from ?? `tetra@${hostname()}`,
  to: [...(settings.recipients ?? [])],
  subject,
  text: mayRepeat ? `${text}\n\n(This message may be a repeat.)` : text,
  messageId: idOf(thread, n),
  ...(n > 1 ? { inReplyTo: idOf(thread, 1), references: [idOf(thread, 1)] } : {}),
  headers: { "Auto-Submitted": "auto-generated", "X-Tetra-Alert": thread, "X-Tetra-Kind": kind },
  ...(severity === "critical" ? { priority: "high" as const } : {})
})
interface SmtpError {
  readonly code?: string
  readonly responseCode?: number
  readonly message?: string
}
/** 4yz passes; 5yz, refused credentials, no TLS and bad certificates do not. */
const failureOf = (error: unknown): NotDelivered => {
  const { code = "", message = "no answer", responseCode = 0 } = error as SmtpError
  const isFinal =
    responseCode >= 500 ||
    ["EAUTH", "ETLS", "EENVELOPE", "EMESSAGE"].includes(code) ||
    /cert|self.signed|altname|unable_to_verify/iu.test(`${code} ${message}`)
  const isPassing = responseCode >= 400 && responseCode < 500
  return new NotDelivered(message, { retryable: isPassing || !isFinal })
}
const readCa = (file: string | undefined): { readonly ca?: string } => {
  if (file === undefined) return {}
  try {
    return { ca: readFileSync(file, "utf8") }
  } catch {
    throw new NotDelivered(`the certificates of the mail server cannot be read: ${file}`, { retryable: false })
  }
}
const withinMs = { greetingTimeout: 5_000, connectionTimeout: 5_000, socketTimeout: 15_000 }

export const email: Notifier<Settings<"email">> = {
  name: "email",
  limit: { perSecond: 0.5, burst: 30 },
  render,
  send: async (message, { settings }): Promise<Delivered> => {
    const { createTransport } = await import("nodemailer")
    const { host, port } = serverOf(settings.smtp_server ?? "")
    const secure = settings.tls === "implicit" || (settings.tls === undefined && port === 465)
    const transport = createTransport({
      host,
      port: port ?? (secure ? 465 : 587),
      secure,
      requireTLS: settings.allow_plaintext !== true,
      ...(settings.allow_plaintext === true && !secure ? { ignoreTLS: settings.tls === undefined } : {}),
      tls: { ...readCa(settings.ca), rejectUnauthorized: true },
      ...(settings.username === undefined
        ? {}
        : { auth: { user: settings.username, pass: settings.password === undefined ? "" : Redacted.value(settings.password) } }),
      disableFileAccess: true,
      disableUrlAccess: true,
      ...withinMs
    })
    try {
      const { messageId, rejected } = await transport.sendMail(render(message, settings))
      const warning = rejected.length === 0 ? {} : { warning: `not taken for ${rejected.map(String).join(", ")}` }
      return { receipt: messageId, ...warning }
    } catch (error) {
      throw failureOf(error)
    } finally {
      transport.close()
    }
  }
}
