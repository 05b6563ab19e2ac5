import { Redacted } from "effect"
import type { Json } from "../domain/Names.ts"
import { canonicalJson } from "../domain/canonicalJson.ts"
import { sha256 } from "./fingerprint.ts"

export const redactedMark = "<redacted>"

/** The first `digits` hex digits of the SHA-256 of the canonical JSON of plain data. */
export const contentHash = (value: unknown, digits: number): string => sha256(canonicalJson(value as Json)).slice(0, digits)

/** Plain JSON of an encoded value. Secrets, and texts equal to one of `secrets`, stand as "<redacted>". */
export const toJson = (value: unknown, secrets: ReadonlySet<string>): Json => {
  if (Redacted.isRedacted(value)) return redactedMark
  if (typeof value === "string") return secrets.has(value) ? redactedMark : value
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (typeof value === "boolean" || value === null) return value
  if (typeof value === "bigint") return String(value)
  if (Array.isArray(value)) return value.map((item) => toJson(item ?? null, secrets))
  if (typeof value !== "object") return null // undefined, symbols and functions have no JSON
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Map || value instanceof Set) return [...value].map((item) => toJson(item, secrets))
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && typeof inner !== "function")
  return Object.fromEntries(entries.map(([key, inner]) => [key, toJson(inner, secrets)]))
}

/** The contents of every `Redacted` in a decoded value: what may not appear in its encoded form. */
export const secretsIn = (
  value: unknown,
  found: Set<string> = new Set(),
  seen: WeakSet<object> = new WeakSet()
): ReadonlySet<string> => {
  if (Redacted.isRedacted(value)) {
    const secret = Redacted.value(value)
    if (typeof secret === "string" && secret !== "") found.add(secret)
  } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && !seen.has(value)) {
    seen.add(value)
    for (const inner of Object.values(value)) secretsIn(inner, found, seen)
  }
  return found
}
