/** The configuration of a stage in its place: what was wired or written, decoded and checked. */
import { Option, Result, Schema } from "effect"
import type { AnyStage, ConfigProblem } from "../authoring/defineStage.ts"
import type { Json } from "../domain/Names.ts"
import { type Catalogue, contributionsTo } from "./Catalogue.ts"
import { reasonOf } from "./checkPlugins.ts"
import { secretsIn, toJson } from "./contentHash.ts"
import { decodeAll, plainSchema, type PlainSchema, type SchemaProblem } from "./parameters.ts"
import { hideNamed } from "./secretNames.ts"

export interface StageConfig {
  /** As the stage gets it. */
  readonly config: unknown
  /** As the plan records it: without secrets. */
  readonly encoded: Json
  /** What does not fit its schema; else what its `check` says. */
  readonly misfits: ReadonlyArray<SchemaProblem>
  readonly refused: ReadonlyArray<ConfigProblem>
}

/**
 * `written`: what the configuration file says for a step that an extension inserted. Else `wired` holds, as `use` got it. Without a catalogue, stages
 * that use extension points are not asked for their `check`.
 */
export const stageConfig = (
  stage: AnyStage,
  wired: unknown,
  written: unknown,
  catalogue: Pick<Catalogue, "contributions"> | undefined
): StageConfig => {
  const schema = plainSchema(stage.config) as PlainSchema & { readonly makeOption: (input: unknown) => Option.Option<unknown> }
  const unfit = (misfits: ReadonlyArray<SchemaProblem>) => ({ config: wired, encoded: null, misfits, refused: [] })
  const decoded = written === undefined ? undefined : decodeAll(Schema.toCodecJson(schema), written)
  if (decoded !== undefined && Result.isFailure(decoded)) return unfit(decoded.failure)
  const made = schema.makeOption(decoded === undefined ? wired : decoded.success)
  if (Option.isNone(made)) {
    const problems = decodeAll(Schema.toType(schema), withDefaults(stage.config, wired))
    return unfit(Result.isFailure(problems) ? problems.failure : [])
  }
  const config = made.value
  const encoded = Schema.encodeUnknownResult(schema)(config)
  return {
    config,
    encoded: hideNamed(toJson(Result.isSuccess(encoded) ? encoded.success : config, secretsIn(config))),
    misfits: [],
    refused: refusedBy(stage, config, catalogue)
  }
}

/** What is left out and has a default is not missing. */
const withDefaults = (schema: Schema.Constraint, wired: unknown): unknown => {
  const { fields = {} } = schema as { readonly fields?: Readonly<Record<string, Schema.Constraint>> }
  const given = (wired ?? {}) as Readonly<Record<string, unknown>>
  const defaults = Object.entries(fields).flatMap(([key, field]) => {
    if (key in given) return []
    const one = Schema.Struct({ [key]: field }).makeOption({})
    return Option.isNone(one) ? [] : Object.entries(one.value)
  })
  return { ...Object.fromEntries(defaults), ...given }
}

const refusedBy = (
  stage: AnyStage,
  config: unknown,
  catalogue: Pick<Catalogue, "contributions"> | undefined
): ReadonlyArray<ConfigProblem> => {
  const { check, uses } = stage["~definition"]
  if (check === undefined) return []
  const points = Object.entries(uses).flatMap(([name, key]) => {
    const { point } = key as { readonly point?: string }
    return point === undefined ? [] : [{ name, point }]
  })
  if (catalogue === undefined && points.length > 0) return []
  const contributed = catalogue === undefined ? [] : points.map(({ name, point }) => [name, contributionsTo(catalogue, point)])
  try {
    const said: ReadonlyArray<unknown> = [...check({ config, uses: Object.fromEntries(contributed) })]
    return said.map((one) => (isProblem(one) ? one : brokenCheck(stage, "it answers something without { path: [...], message }")))
  } catch (error) {
    return [brokenCheck(stage, reasonOf(error))]
  }
}
/** A plugin without a compiler may answer anything. */
const isProblem = (one: unknown): one is ConfigProblem => {
  if (typeof one !== "object" || one === null) return false
  const { hint, message, path } = one as Partial<Record<keyof ConfigProblem, unknown>>
  return Array.isArray(path) && typeof message === "string" && (hint === undefined || typeof hint === "string")
}
const brokenCheck = ({ id }: AnyStage, why: string): ConfigProblem => ({
  path: [],
  message: `the check of "${id}" failed: ${why}`,
  hint: "mend the plugin"
})
