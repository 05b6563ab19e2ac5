import type { Json } from "../domain/Names.ts"
import { redactedMark } from "./contentHash.ts"
import { plainName } from "./plannedParameters.ts"

const secretName = /(^|_)(password|passwd|secrets?|token|api_?key|credentials?|private_key|webhook_url)$/
/** Shorter ones may be ordinary words that only stand under such a name. */
const shortest = 8

/** Whether a field of this name most likely holds a secret, whatever its schema says. */
export const isNamedSecret = (name: string): boolean => secretName.test(plainName(name))

/** The same data; every text under a name like that of a secret stands as "<redacted>". */
export const hideNamed = (value: Json, name = ""): Json => {
  if (typeof value === "string") return isNamedSecret(name) && value !== "" ? redactedMark : value
  if (Array.isArray(value)) return value.map((item: Json) => hideNamed(item, name))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideNamed(inner, key)]))
}
/** The texts that `hideNamed` takes out, to be hidden wherever else they turn up. */
export const namedSecrets = (value: Json, name = ""): ReadonlyArray<string> => {
  if (typeof value === "string") return isNamedSecret(name) && value.length >= shortest && value !== redactedMark ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item: Json) => namedSecrets(item, name))
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => namedSecrets(inner, key))
}
