/** `<indicator>_<parameters>[_<output>]`: from a name to what it means, and back. */
import { type ConfigProblem, nearest } from "@tetra/core"
import { Schema } from "effect"
import type { IndicatorDef } from "../types.ts"
import { byName, presets } from "./registry.ts"

/** A name that means no indicator, or parameters out of range. */
export class UnknownIndicator extends Schema.TaggedError<UnknownIndicator>()("UnknownIndicator", {
  name: Schema.String,
  detail: Schema.String,
  /** The whole name that was probably meant. */
  meant: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return `"${this.name}": ${this.detail}${this.meant === undefined ? "" : `; did you mean "${this.meant}"?`}`
  }
}
/** The same for whoever checks a configuration. */
export const problemAt = (path: ConfigProblem["path"], { detail, meant, name }: UnknownIndicator): ConfigProblem => ({
  path,
  message: `"${name}": ${detail}`,
  ...(meant === undefined ? {} : { hint: `did you mean "${meant}"?` })
})
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
export const resolveIndicator = (
  name: string,
  lookup: Lookup = builtInOnly,
  known: Iterable<string> = byName.keys()
): Request | UnknownIndicator => readName(name, lookup) ?? unknownName(name, lookup, known)

const wordsOf = (name: string): ReadonlyArray<string> => name.trim().toLowerCase().split("_")
/** Undefined when no indicator has a name that this one begins with. */
const readName = (name: string, lookup: Lookup): Request | UnknownIndicator | undefined => {
  const words = wordsOf(name)
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
  return undefined
}
/** The longest beginning that is nearly the name of an indicator says what was meant, if what follows fits that one. */
const unknownName = (name: string, lookup: Lookup, known: Iterable<string>): UnknownIndicator => {
  const words = wordsOf(name)
  const all = [...known, ...Object.keys(presets)]
  const meant = words
    .map((_, i) => words.length - i)
    .flatMap((length) => {
      const family = nearest(words.slice(0, length).join("_"), all)
      return family === undefined ? [] : [[family, ...words.slice(length)].join("_")]
    })
    .find((one) => {
      const read = readName(one, lookup)
      return one in presets || (read !== undefined && !(read instanceof UnknownIndicator))
    })
  return new UnknownIndicator({ name, detail: "no indicator has this name", ...(meant === undefined ? {} : { meant }) })
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
    const request = resolveIndicator(name, lookup, [...byName.keys(), ...contributed])
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
