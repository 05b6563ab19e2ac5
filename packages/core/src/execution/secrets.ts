import { Redacted } from "effect"
import type { Json } from "../domain/Names.ts"
import { secretsIn } from "../planning/contentHash.ts"

const shown = "<redacted>"
/** Shorter secrets would blank out ordinary words. */
const shortest = 4
const mostText = 8_192
const mostDepth = 6
const mostItems = 100

/** The texts of all secrets in a decoded configuration, however deep, the longest first: one may hold another. */
export const secretsOf = (config: unknown): ReadonlyArray<string> => worthHiding(secretsIn(config))
/** From so many characters on a secret is hidden in other spellings, too: those of a shorter one could be part of anything. */
const shortestSpelled = 6
/** The text in base64, wherever in a longer text it begins: only the digits that say nothing about its neighbours. */
const inBase64 = (text: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(text)
  return [0, 2, 3].flatMap((first, before) => {
    const last = Math.floor(((before + bytes.length) * 8) / 6)
    const digits = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .slice(first, last)
    return [digits, digits.replaceAll("+", "-").replaceAll("/", "_")]
  })
}
/** As it is, as part of an address, and as headers carry it. */
const spellingsOf = (text: string): ReadonlyArray<string> =>
  text.length < shortestSpelled ? [text] : [text, encodeURIComponent(text.toWellFormed()), ...inBase64(text)]
/** Each once, in every spelling, and none so short that it would blank out ordinary words, the longest first. */
export const worthHiding = (texts: Iterable<string>): ReadonlyArray<string> => {
  const long = [...texts].filter((text) => text.length >= shortest)
  return [...new Set(long.flatMap(spellingsOf))].toSorted((a, b) => b.length - a.length)
}
export const scrub = (text: string, secrets: ReadonlyArray<string>): string => {
  if (typeof text !== "string") return typeof text // a plugin written in JavaScript may pass anything
  const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, shown), text) // before the cut, which could show a piece of one
  return clean.length > mostText ? `${clean.slice(0, mostText)}... (${text.length} characters)` : clean
}
/** Anything as JSON that fits a log line: secrets hidden, cycles and long things cut. */
export const asJson = (value: unknown, secrets: ReadonlyArray<string>, depth = 0): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === "string") return scrub(value, secrets)
  if (typeof value === "boolean") return value
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (typeof value === "bigint") return value.toString()
  if (typeof value !== "object") return typeof value
  if (Redacted.isRedacted(value)) return shown
  if (value instanceof Error) return scrub(`${value.name}: ${value.message}`, secrets)
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
  if (depth > mostDepth) return "..."
  const next = (item: unknown) => asJson(item, secrets, depth + 1)
  if (Array.isArray(value)) return value.slice(0, mostItems).map(next)
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostItems)
      .map(([key, item]) => [key, next(item)])
  )
}
