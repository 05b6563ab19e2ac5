import { createHash } from "node:crypto"
import { Redacted } from "effect"
import type { Json } from "../domain/Names.ts"

export const redactedMark = "<redacted>"

/** JSON with sorted keys: equal data gives equal text. Keys whose value is `undefined` are left out. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value))
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const record = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.keys(record)
      .toSorted()
      .map((key) => [key, sorted(record[key])])
  )
}

/** The first `digits` hex digits of the SHA-256 of the canonical JSON. */
export const contentHash = (value: unknown, digits: number): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, digits)

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
export const secretsIn = (value: unknown, found: Set<string> = new Set()): ReadonlySet<string> => {
  if (Redacted.isRedacted(value)) {
    const secret = Redacted.value(value)
    if (typeof secret === "string" && secret !== "") found.add(secret)
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) secretsIn(inner, found)
  }
  return found
}
