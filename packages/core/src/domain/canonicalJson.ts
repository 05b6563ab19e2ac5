import type { Json } from "./Names.ts"

/** JSON without space, the keys of every object in the order of their code units: equal data has equal text. What is undefined is left out, in a list it is null. */
export const canonicalJson = (value: Json | undefined): string => {
  if (value === undefined) return "null"
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null"
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`
  let text = ""
  for (const key of Object.keys(value).sort()) {
    const inner = value[key]
    if (inner !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(inner)}`
  }
  return `{${text}}`
}
const isList = (value: object): value is ReadonlyArray<Json> => Array.isArray(value)
