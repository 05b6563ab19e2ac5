import { Result, Schema, SchemaIssue } from "effect"
import type { AnyPipeline, OptionInfo } from "../authoring/definePipeline.ts"
import type { Json } from "../domain/Names.ts"
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
}
const unknownKey = "\u0000"
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
    format(failure.issue).issues.map(({ message, path }) => ({
      path: (path ?? []).map((p) => (typeof p === "number" ? p : String(typeof p === "object" ? p.key : p))),
      message: message.startsWith(unknownKey)
        ? "is not known here"
        : message === "Missing key"
          ? "is missing"
          : message.replace(/^Expected /, "expected "),
      known: message.startsWith(unknownKey)
        ? message
            .slice(1)
            .split(unknownKey)
            .filter((k) => k !== "")
        : undefined
    }))
  )
}

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
