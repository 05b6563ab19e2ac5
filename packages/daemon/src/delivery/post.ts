/** Posts a message to a URL that a configuration names: never to a private address, never along a redirect, never for long. */
import { type Delivered, NotDelivered } from "@tetra/core"
import { allowedUrl, lookupAllowed } from "./addresses.ts"

export interface Post {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly allowPrivate: boolean
  readonly signal: AbortSignal
}
const withinMs = { connect: 5_000, answer: 10_000 }
const mostAnswerBytes = 65_536
/** The other side wants to be left alone; longer than this is not believed. */
const mostWaitMs = 3_600_000

const retryAfter = (value: string | undefined, now: number): number | undefined => {
  if (value === undefined) return undefined
  const ms = /^\d+$/u.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), mostWaitMs) : undefined
}
const isPassing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500
/** Codes of failures that do not pass: certificates, and what our own look-up refused. */
const isFinal = (error: unknown): boolean => {
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ALTNAME/u.test(code)
}
const causeOf = (error: unknown): unknown => (error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error)
const failed = (error: unknown): NotDelivered => {
  const cause = causeOf(error)
  if (cause instanceof NotDelivered) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  return new NotDelivered(message === "" ? "no answer" : message, { retryable: !isFinal(cause) })
}

/** Answers what the other side answered, at most 64 KiB of it. Throws `NotDelivered` with all of that: it may hold secrets (`withoutSecrets`). */
export const post = async ({
  allowPrivate,
  body,
  headers,
  signal,
  url
}: Post): Promise<Delivered & { readonly answer: string }> => {
  const target = allowedUrl(url, allowPrivate)
  const { Agent, request } = await import("undici")
  const dispatcher = new Agent({
    connect: { timeout: withinMs.connect, ...(allowPrivate ? {} : { lookup: lookupAllowed() }) },
    headersTimeout: withinMs.answer,
    bodyTimeout: withinMs.answer,
    maxResponseSize: mostAnswerBytes
  })
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(withinMs.connect + withinMs.answer)])
    const {
      body: stream,
      headers: told,
      statusCode
    } = await request(target, { method: "POST", body, headers, dispatcher, signal: within })
    const answer = await stream.text()
    if (statusCode >= 200 && statusCode < 300) return { answer, receipt: `HTTP ${statusCode}` }
    const after = told["retry-after"]
    throw new NotDelivered(`it answered ${statusCode}${answer === "" ? "" : `: ${answer}`}`, {
      retryable: isPassing(statusCode),
      retryAfterMs: retryAfter(Array.isArray(after) ? after[0] : after, Date.now())
    })
  } catch (error) {
    throw failed(error)
  } finally {
    await dispatcher.destroy().catch(() => undefined)
  }
}
