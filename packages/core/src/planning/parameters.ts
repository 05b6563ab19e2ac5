import { Result, Schema, SchemaIssue } from "effect"
import type { AnyPipeline, OptionInfo } from "../authoring/definePipeline.ts"
import type { Json } from "../domain/Names.ts"
import { nearest } from "../domain/nearest.ts"
import { plainName } from "./plannedParameters.ts"

/** A schema that needs no services: what parameters and configurations are. */
export type PlainSchema = Schema.Codec<unknown, unknown>

export interface Parameter {
  /** As the schema names it. */
  readonly key: string
  /** Without dashes: `min-bars`. */
  readonly flag: string
  readonly help: string
  readonly schema: PlainSchema
}

export const parametersOf = (pipeline: AnyPipeline): ReadonlyArray<Parameter> => {
  const { fields } = pipeline.parameters as unknown as { readonly fields?: Readonly<Record<string, PlainSchema>> }
  return Object.entries(fields ?? {}).map(([key, schema]) => {
    const { "~option": info } = schema as { readonly "~option"?: OptionInfo }
    return { key, flag: info?.flag ?? plainName(key).replaceAll("_", "-"), help: info?.help ?? "", schema }
  })
}
export const parameterNamed = (parameters: ReadonlyArray<Parameter>, name: string): Parameter | undefined =>
  parameters.find((p) => p.key === name) ?? parameters.find((p) => plainName(p.key) === plainName(name) || p.flag === name)

export interface SchemaProblem {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
  /** For a key that the schema does not know: the keys that it does know. */
  readonly known: ReadonlyArray<string> | undefined
  /** The nearest of those keys, or of the words that the schema takes instead of the one that is there. */
  readonly meant: string | undefined
}
const unknownKey = "\u0000"
const plainly: Readonly<Record<string, string>> = {
  "Missing key": "is missing",
  "Expected a value with a length of at least 1": "must not be empty",
  "Expected array": "expected a list",
  "Expected object": "expected a block of keys"
}
const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (leaf) =>
    leaf._tag === "UnexpectedKey" ? `${unknownKey}${keysOf(leaf.ast).join(unknownKey)}` : SchemaIssue.defaultLeafHook(leaf)
})
const keysOf = (ast: unknown): ReadonlyArray<string> =>
  ((ast as { readonly propertySignatures?: ReadonlyArray<{ readonly name: PropertyKey }> }).propertySignatures ?? []).map((p) =>
    String(p.name)
  )

/** Every problem of `input` at once; unknown keys are problems. */
export const decodeAll = <T>(
  schema: Schema.Codec<T, unknown>,
  input: unknown
): Result.Result<T, ReadonlyArray<SchemaProblem>> => {
  const decoded = Schema.decodeUnknownResult(schema)(input, { errors: "all", onExcessProperty: "error" })
  return Result.mapError(decoded, (failure) =>
    format(failure.issue).issues.map(({ message, path }): SchemaProblem => {
      const at = (path ?? []).map((p) => (typeof p === "number" ? p : String(typeof p === "object" ? p.key : p)))
      if (message.startsWith(unknownKey)) {
        const known = message.split(unknownKey).filter((key) => key !== "")
        return { path: at, message: "is not known here", known, meant: nearest(String(at.at(-1)), known) }
      }
      const said = plainly[message] ?? message.replace(/^Expected /, "expected ")
      return { path: at, message: said, known: undefined, meant: meantWord(said, valueAt(input, at)) }
    })
  )
}
/** `expected "low" | "high"` and a text that is like one of them. */
const meantWord = (message: string, value: unknown): string | undefined =>
  typeof value === "string" && /^expected "|\| "/u.test(message)
    ? nearest(
        value,
        [...message.matchAll(/"([^"]*)"/gu)].map(([, word]) => word!)
      )
    : undefined
/** What stands at the path of a problem; undefined when nothing does. */
export const valueAt = (input: unknown, path: SchemaProblem["path"]): unknown =>
  path.reduce<unknown>(
    (outer, key) =>
      typeof outer === "object" && outer !== null ? (outer as Readonly<Record<string | number, unknown>>)[key] : undefined,
    input
  )

/** What authors give is known only as a constraint; what stands in `defineStage` and `definePipeline` sees to it that it needs no services. */
export const plainSchema = (schema: Schema.Constraint): PlainSchema => schema as unknown as PlainSchema

/** The parameters of a pipeline from what a program gives. */
export const decodeParameters = (pipeline: AnyPipeline, params: unknown): Result.Result<unknown, ReadonlyArray<SchemaProblem>> =>
  decodeAll(plainSchema(pipeline.parameters), params)

/** The same from what a plan has recorded: JSON, where a secret stands as a text that is not it. */
export const decodeRecorded = (pipeline: AnyPipeline, params: Json): Result.Result<unknown, ReadonlyArray<SchemaProblem>> =>
  decodeAll(plainSchema(Schema.toCodecJson(plainSchema(pipeline.parameters))), params)

/** The default of every parameter that has one; the others are left out. */
export const defaultsOf = (pipeline: AnyPipeline): Record<string, unknown> => {
  const defaults: Record<string, unknown> = {}
  for (const { key, schema } of parametersOf(pipeline)) {
    const one = Schema.decodeUnknownResult(Schema.Struct({ [key]: schema }))({})
    if (Result.isSuccess(one)) Object.assign(defaults, one.success)
  }
  return defaults
}

/**
 * What a text from the command line or the environment may mean, likeliest first: the text itself, a JSON value, a
 * comma-separated list. The first that the parameter's schema accepts is taken.
 */
export const readings = (text: string): ReadonlyArray<Json> => {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
  const single = jsonOf(text)
  return [text, ...(single === undefined ? [] : [single]), parts, parts.map((part) => jsonOf(part) ?? part)]
}
const jsonOf = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return { yes: true, on: true, no: false, off: false }[text.toLowerCase()]
  }
}
