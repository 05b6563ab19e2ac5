import { Result, Schema } from "effect"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json } from "../domain/Names.ts"
import { nearest } from "../domain/nearest.ts"
import { secretsIn, toJson } from "./contentHash.ts"
import {
  decodeAll,
  type Parameter,
  parameterNamed,
  parametersOf,
  type PlainSchema,
  readings,
  type SchemaProblem
} from "./parameters.ts"

/** One place that gives parameters. Later sources win, key by key. */
export interface ParameterSource {
  /** For diagnostics: a file, a plugin, or the flags. */
  readonly where: string
  /** Path in the document of these values; `undefined` for flags, which are named by themselves. */
  readonly path: string | undefined
  readonly values: Readonly<Record<string, unknown>>
  /** `decoded`: values as the pipeline's code has them. `json`: as written. `text`: from the command line, coerced by the schema. */
  readonly form: "decoded" | "json" | "text"
  /** Keys that the pipeline does not have are left out instead of refused. */
  readonly lenient: boolean
}
export interface ResolvedParameters {
  /** What the pipeline's `stages` function gets. */
  readonly params: unknown
  /** Encoded, defaults filled in; secrets stand as "<redacted>". */
  readonly encoded: Json
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
interface Given {
  readonly value: unknown
  readonly source: ParameterSource
  readonly name: string
}

export const resolveParameters = (pipeline: AnyPipeline, sources: ReadonlyArray<ParameterSource>): ResolvedParameters => {
  const diagnostics: Array<Diagnostic> = []
  const parameters = parametersOf(pipeline)
  const given = new Map<string, Given>()
  for (const source of sources) {
    for (const [name, value] of Object.entries(source.values)) {
      const parameter = parameterNamed(parameters, name)
      if (parameter !== undefined) given.set(parameter.key, { value, source, name })
      else if (!source.lenient) diagnostics.push(unknownParameter(pipeline, parameters, source, name))
    }
  }
  const params: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const one = valueOf(parameter, given.get(parameter.key))
    if (Result.isSuccess(one)) Object.assign(params, one.success)
    else diagnostics.push(...one.failure.map((problem) => diagnosticOf(pipeline, parameter, given.get(parameter.key), problem)))
  }
  if (diagnostics.length > 0) return { params, encoded: null, diagnostics }
  const schema = pipeline.parameters as unknown as PlainSchema
  const whole = decodeAll(Schema.toType(schema), params)
  if (Result.isFailure(whole)) {
    const where = sources.findLast((source) => !source.lenient)
    const problems = whole.failure.map(({ message, path }): Diagnostic => ({
      level: "error",
      where: where?.where ?? pipeline.name,
      message: `parameters of ${pipeline.name}: ${[path.join("."), message].filter((t) => t !== "").join(": ")}`,
      hint: optionsHint(pipeline, parameters)
    }))
    return { params, encoded: null, diagnostics: problems }
  }
  const encoded = Schema.encodeUnknownResult(schema)(whole.success)
  return {
    params: whole.success,
    encoded: toJson(Result.isSuccess(encoded) ? encoded.success : whole.success, secretsIn(whole.success)),
    diagnostics
  }
}

const codecs = new WeakMap<object, Map<string, PlainSchema>>()
/** The parameter alone, as a record of one key: defaults apply when it is absent. Secrets come from plain text. */
const codecOf = ({ key, schema }: Parameter): PlainSchema => {
  const ofSchema = codecs.get(schema) ?? new Map<string, PlainSchema>()
  codecs.set(schema, ofSchema)
  const codec = ofSchema.get(key) ?? Schema.toCodecJson(Schema.Struct({ [key]: schema }))
  ofSchema.set(key, codec)
  return codec
}

const valueOf = (parameter: Parameter, given: Given | undefined): Result.Result<unknown, ReadonlyArray<SchemaProblem>> => {
  const { key, schema } = parameter
  if (given === undefined) return decodeAll(codecOf(parameter), {})
  if (given.source.form === "decoded") return decodeAll(Schema.toType(Schema.Struct({ [key]: schema })), { [key]: given.value })
  const first = decodeAll(codecOf(parameter), { [key]: given.value })
  if (Result.isSuccess(first) || given.source.form !== "text" || typeof given.value !== "string") return first
  for (const reading of readings(given.value).slice(1)) {
    const next = decodeAll(codecOf(parameter), { [key]: reading })
    if (Result.isSuccess(next)) return next
  }
  return first
}

const diagnosticOf = (
  pipeline: AnyPipeline,
  parameter: Parameter,
  given: Given | undefined,
  { known, message, path }: SchemaProblem
): Diagnostic => {
  const inner = path.slice(1)
  if (given === undefined) {
    return {
      level: "error",
      where: pipeline.name,
      path: `pipelines.${pipeline.name}.config`,
      message: `the parameter "${parameter.key}" is needed and has no default`,
      hint: `set pipelines.${pipeline.name}.config.${parameter.key}, or pass --${parameter.flag}`
    }
  }
  const { source, name } = given
  const close = known === undefined ? undefined : nearest(String(inner.at(-1)), known)
  const help = parameter.help === "" ? `see the options of ${pipeline.name}` : parameter.help
  const hint = close === undefined ? help : `did you mean "${close}"?`
  if (source.path === undefined)
    return {
      level: "error",
      where: source.where,
      message: `--${parameter.flag} ${textOf(given.value)}${inner.length === 0 ? "" : ` (at ${inner.join(".")})`}: ${message}`,
      hint
    }
  return { level: "error", where: source.where, path: [source.path, name, ...inner].join("."), message, hint }
}
const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))

const unknownParameter = (
  pipeline: AnyPipeline,
  parameters: ReadonlyArray<Parameter>,
  source: ParameterSource,
  name: string
): Diagnostic => {
  const written = source.path !== undefined
  const close = nearest(
    name,
    parameters.map((p) => (written ? p.key : p.flag))
  )
  const options = optionsHint(pipeline, parameters)
  return {
    level: "error",
    where: source.where,
    ...(written ? { path: `${source.path}.${name}` } : {}),
    message: `${pipeline.name} has no parameter "${name}"`,
    hint: close === undefined ? options : `did you mean "${written ? close : `--${close}`}"? ${options}`
  }
}
/** Every option of the pipeline, for people who misspelt one. */
export const optionsHint = (pipeline: AnyPipeline, parameters: ReadonlyArray<Parameter> = parametersOf(pipeline)): string =>
  parameters.length === 0
    ? `${pipeline.name} has no options`
    : `options of ${pipeline.name}: ${parameters.map((p) => `--${p.flag}`).join(", ")}`
