/** Whether a request was signed by somebody who may. Pure. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import { durationMs, type Json } from "@tetra/core/engine"
import { Redacted } from "effect"
import type { Happening } from "./decideEvent.ts"
import type { TriggerOf } from "./TriggerSpec.ts"

/** Headers with names in small letters, the body as it came over the wire. */
export interface HookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}
export type Verified =
  /** Unknown and badly signed are the same to whoever asks. */
  | { readonly _tag: "Refused" }
  | {
      readonly _tag: "Invalid"
      readonly problems: ReadonlyArray<{ readonly path: string; readonly detail: string; readonly hint: string }>
    }
  | { readonly _tag: "Accepted"; readonly happening: Happening }

const hmac = (secret: string, ...parts: ReadonlyArray<string | Uint8Array>): Buffer => {
  const mac = createHmac("sha256", secret)
  for (const part of parts) mac.update(part)
  return mac.digest()
}
const isHex = (text: string | undefined): text is string => text !== undefined && /^[0-9a-f]{64}$/u.test(text)
/** `t=<unix seconds>,v1=<64 hex digits>`: several `v1` while the sender changes its key. */
const tetraSignature = (header: string | undefined) => {
  const parts = (header ?? "").split(",").map((part) => part.trim().split("="))
  const time = parts.find(([name]) => name === "t")?.[1]
  const macs = parts.flatMap(([name, value]) => (name === "v1" && isHex(value) ? [value] : []))
  return { time: time !== undefined && /^\d{1,12}$/u.test(time) ? time : undefined, macs: macs.slice(0, 4) }
}
/** The work for an unknown trigger, too: `spec` undefined. Every secret is tried, in the same time whatever fits. */
const isSigned = (spec: TriggerOf<"webhook"> | undefined, { body, headers }: HookRequest, now: number): boolean => {
  const { scheme = "tetra", secrets, tolerance = "300s" } = spec?.written ?? { secrets: [Redacted.make("")] }
  const ofTetra = tetraSignature(headers["x-tetra-signature"])
  const ofGithub = /^sha256=([0-9a-f]{64})$/u.exec(headers["x-hub-signature-256"] ?? "")?.[1]
  const given = scheme === "github" ? (ofGithub === undefined ? [] : [ofGithub]) : ofTetra.macs
  const parts = scheme === "github" ? [body] : [`${ofTetra.time ?? ""}.`, body]
  let fits = false
  for (const secret of secrets) {
    const expected = hmac(Redacted.value(secret), ...parts)
    for (const mac of given.length === 0 ? ["0".repeat(64)] : given)
      fits = (timingSafeEqual(expected, Buffer.from(mac, "hex")) && given.length > 0) || fits
  }
  const isInTime =
    scheme === "github" ||
    (ofTetra.time !== undefined && Math.abs(now - Number(ofTetra.time) * 1000) <= (durationMs(tolerance) ?? 0))
  return fits && isInTime && spec !== undefined && secrets.every((secret) => Redacted.value(secret) !== "")
}
/** The value at a JSON pointer (RFC 6901); undefined where there is none. */
export const atPointer = (document: Json, pointer: string): Json | undefined =>
  pointer
    .split("/")
    .slice(1)
    .reduce<Json | undefined>((value, token) => {
      const key = token.replaceAll("~1", "/").replaceAll("~0", "~")
      if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/u.test(key) ? (value as ReadonlyArray<Json>)[Number(key)] : undefined
      if (typeof value !== "object" || value === null) return undefined
      return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Json>>)[key] : undefined
    }, document)

const bodyOf = (body: Uint8Array): Json | undefined => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as Json
  } catch {
    return undefined
  }
}
/** A delivery that comes again under its own name, or with the same body when it has none, is the same event. `now` is epoch milliseconds. */
export const verifyWebhook = (spec: TriggerOf<"webhook"> | undefined, request: HookRequest, now: number): Verified => {
  if (!isSigned(spec, request, now) || spec === undefined) return { _tag: "Refused" }
  const { body, headers } = request
  const name = headers[spec.written.scheme === "github" ? "x-github-delivery" : "x-tetra-delivery"]
  const dedupe = name === undefined || name === "" ? createHash("sha256").update(body).digest("hex") : name.slice(0, 200)
  const map = Object.entries(spec.written.map ?? {})
  const document = map.length === 0 ? null : bodyOf(body)
  if (document === undefined)
    return { _tag: "Invalid", problems: [{ path: "", detail: "the body is no JSON", hint: "send a JSON object in UTF-8" }] }
  const found = map.map(([param, pointer]) => ({ param, pointer, value: atPointer(document, pointer) }))
  const problems = found
    .filter(({ value }) => value === undefined)
    .map(({ param, pointer }) => ({
      path: pointer,
      detail: "there is nothing here",
      hint: `the parameter "${param}" is read from it`
    }))
  if (problems.length > 0) return { _tag: "Invalid", problems }
  const params = Object.fromEntries(found.map(({ param, value }) => [param, value!]))
  return { _tag: "Accepted", happening: { dedupe, about: `webhook ${spec.id} ${dedupe.slice(0, 40)}`, params } }
}
