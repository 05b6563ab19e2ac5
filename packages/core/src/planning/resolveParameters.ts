import { Result, Schema } from "effect"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json } from "../domain/Names.ts"
import { meantHint, nearest } from "../domain/nearest.ts"
import { secretsIn, toJson } from "./contentHash.ts"
import {
  decodeAll,
  type Parameter,
  parameterNamed,
  parametersOf,
  plainSchema,
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
  /** Flags that went to several pipelines, because all of them have a parameter of that name. */
  readonly shared?: ReadonlySet<string>
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
  const schema = plainSchema(pipeline.parameters)
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
  let least: Result.Result<unknown, ReadonlyArray<SchemaProblem>> | undefined
  for (const reading of given.source.form === "text" && typeof given.value === "string" ? readings(given.value) : [given.value]) {
    const read = decodeAll(codecOf(parameter), { [key]: reading })
    if (Result.isSuccess(read)) return read
    if (least === undefined || (Result.isFailure(least) && isNearer(read.failure, least.failure))) least = read
  }
  return least!
}
/** What is wrong inside of a value says more than that it is none: `-3` is a number that is too small, and no text that should be one. */
const isNearer = (one: ReadonlyArray<SchemaProblem>, other: ReadonlyArray<SchemaProblem>): boolean => {
  const depth = (problems: ReadonlyArray<SchemaProblem>) => Math.max(...problems.map(({ path }) => path.length))
  const isOther = (problems: ReadonlyArray<SchemaProblem>) =>
    problems.some(({ message }) => /^expected (?:string|number|boolean|a list|a block of keys)$/u.test(message))
  if (depth(one) !== depth(other)) return depth(one) > depth(other)
  if (isOther(one) !== isOther(other)) return isOther(other)
  return one.length < other.length
}

const diagnosticOf = (
  pipeline: AnyPipeline,
  parameter: Parameter,
  given: Given | undefined,
  { meant, message, path }: SchemaProblem
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
  const hint = meantHint(meant) ?? (parameter.help === "" ? `see the options of ${pipeline.name}` : parameter.help)
  if (source.path === undefined)
    return {
      level: "error",
      where: source.where,
      message: `${flagText(parameter.flag, given.value)}${inner.length === 0 ? "" : ` (at ${inner.join(".")})`}: ${message}`,
      hint: meant === undefined && source.shared?.has(name) === true ? `${hint}; ${sharedHint(pipeline, parameter)}` : hint
    }
  return { level: "error", where: source.where, path: [source.path, name, ...inner].join("."), message, hint }
}
const sharedHint = ({ name }: AnyPipeline, { flag }: Parameter): string =>
  `other pipelines have it, too: --${name.replace(/_pipeline$/u, "")}.${flag} is of ${name} alone`
/** As it was typed: `--days 3`, `--no-refresh`, `--refresh`. */
export const flagText = (flag: string, value: unknown): string => {
  if (value === false) return `--no-${flag}`
  return value === true ? `--${flag} without a value` : `--${flag} ${typeof value === "string" ? value : JSON.stringify(value)}`
}

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
