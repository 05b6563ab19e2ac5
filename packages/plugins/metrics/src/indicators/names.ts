/** `<indicator>_<parameters>[_<output>]`: from a name to what it means, and back. */
import { Schema } from "effect"
import type { IndicatorDef } from "../types.ts"
import { byName, presets } from "./registry.ts"

/** A name that means no indicator, or parameters out of range. */
export class UnknownIndicator extends Schema.TaggedError<UnknownIndicator>()("UnknownIndicator", {
  name: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `"${this.name}": ${this.detail}`
  }
}
export interface Request {
  readonly def: IndicatorDef
  readonly parameters: ReadonlyArray<number>
  /** Its index in `def.outputs`; undefined when the name means all of them. */
  readonly output: number | undefined
}
export type Lookup = (name: string) => IndicatorDef | undefined
const builtInOnly: Lookup = (name) => byName.get(name)

/** Column name of one output: lower case, parameters in full. */
export const columnName = (def: IndicatorDef, parameters: ReadonlyArray<number>, output: string): string =>
  [def.name, ...parameters, ...(output === "" ? [] : [output])].join("_").toLowerCase()

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
const nearest = (name: string, known: Iterable<string>): string | undefined =>
  [...known]
    .map((k) => [distance(name, k), k] as const)
    .filter(([d]) => d <= 2)
    .toSorted((a, b) => a[0] - b[0])[0]?.[1]

const readParameters = (
  name: string,
  def: IndicatorDef,
  words: ReadonlyArray<string>
): ReadonlyArray<number> | UnknownIndicator => {
  const expected = def.parameters.map((p) => `${p.name} (${p.default})`).join(", ") || "none"
  if (words.length > def.parameters.length)
    return new UnknownIndicator({
      name,
      detail: `${def.name} takes ${def.parameters.length} parameters: ${expected}; its outputs: ${def.outputs.map((o) => o || "(plain)").join(", ")}`
    })
  const values: Array<number> = []
  for (const [i, p] of def.parameters.entries()) {
    const word = words[i]
    const value = word === undefined ? p.default : Number(word)
    if (!Number.isFinite(value) || value < p.min || value > p.max)
      return new UnknownIndicator({
        name,
        detail: `${p.name} of ${def.name} is a number from ${p.min} to ${p.max}, not "${word ?? value}"`
      })
    // A default that is whole and at least a bar long is a length: it must be whole.
    if (Number.isInteger(p.default) && p.min >= 1 && p.max > 1000 && !Number.isInteger(value))
      return new UnknownIndicator({ name, detail: `${p.name} of ${def.name} is a whole number of bars, not ${value}` })
    values.push(value)
  }
  return values
}
/** What a name means; left-out parameters take their defaults. A longer indicator name wins over a shorter one that it begins with. */
export const resolveIndicator = (name: string, lookup: Lookup = builtInOnly): Request | UnknownIndicator => {
  const words = name.trim().toLowerCase().split("_")
  for (let length = words.length; length > 0; length--) {
    const def = lookup(words.slice(0, length).join("_")) ?? (length === words.length ? lookup(name) : undefined)
    if (def === undefined) continue
    const rest = words.slice(length)
    // Outputs may hold an underscore (`span_a`): the longest that ends the name.
    const output = def.outputs.findIndex((o) => o !== "" && `_${rest.join("_")}`.endsWith(`_${o}`))
    const taken = output < 0 ? 0 : def.outputs[output]!.split("_").length
    const parameters = readParameters(name, def, rest.slice(0, rest.length - taken))
    if (parameters instanceof UnknownIndicator) return parameters
    return { def, parameters, output: output < 0 ? undefined : output }
  }
  const near = nearest(words[0]!, byName.keys())
  return new UnknownIndicator({
    name,
    detail: near === undefined ? "no indicator has this name" : `no indicator has this name; did you mean "${near}"?`
  })
}
/** Every indicator that a list of names and presets asks for, each once, or every problem at once. */
export const resolveAll = (
  names: ReadonlyArray<string>,
  lookup: Lookup = builtInOnly,
  contributed: ReadonlyArray<string> = []
): ReadonlyArray<Request> | ReadonlyArray<UnknownIndicator> => {
  const expanded = names.flatMap((name) => (name === "all" ? [...presets["all"]!, ...contributed] : (presets[name] ?? [name])))
  const found = new Map<string, Request>()
  const problems: Array<UnknownIndicator> = []
  for (const name of expanded) {
    const request = resolveIndicator(name, lookup)
    if (request instanceof UnknownIndicator) problems.push(request)
    else {
      const key = columnName(request.def, request.parameters, "")
      // Asked for whole and by one output: whole wins.
      const before = found.get(key)
      if (before === undefined) found.set(key, request)
      else if (before.output !== request.output) found.set(key, { ...request, output: undefined })
    }
  }
  return problems.length > 0 ? problems : [...found.values()]
}
