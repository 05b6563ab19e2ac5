/** From a value in the configuration of a stage back to where it was written. */
import { isDeepStrictEqual } from "node:util"
import { parameterNamed, parametersOf } from "./parameters.ts"
import type { AnyPipeline } from "../authoring/definePipeline.ts"
import type { ParameterSource } from "./resolveParameters.ts"

type Keys = ReadonlyArray<string | number>
/** A value of a parameter. */
export interface Origin {
  /** The parameter, and the way to the value in it. */
  readonly path: Keys
  /** What gave the parameter; undefined for its default. */
  readonly source: ParameterSource | undefined
  /** The parameter as that source calls it. */
  readonly name: string
}

/**
 * The parameter that a value in the configuration of a stage came from: `stages` is a function, so it is found by its value. That of the same key is
 * taken, else the only one with an equal value; undefined when there is none or there are several.
 */
export const originOf = (
  {
    pipeline,
    params,
    sources
  }: {
    readonly pipeline: AnyPipeline
    readonly params: unknown
    readonly sources: ReadonlyArray<ParameterSource>
  },
  config: unknown,
  [key, ...inner]: Keys
): Origin | undefined => {
  if (key === undefined) return undefined
  const value = (config as Readonly<Record<string, unknown>> | null)?.[String(key)]
  const equal = value === undefined ? [] : placesOf(params, value)
  const found = equal.find((path) => path.at(-1) === key) ?? (equal.length === 1 ? equal[0] : undefined)
  if (found === undefined) return undefined
  const parameters = parametersOf(pipeline)
  const named = (source: ParameterSource) =>
    Object.keys(source.values).find((name) => parameterNamed(parameters, name)?.key === found[0])
  const source = sources.findLast((one) => named(one) !== undefined)
  return { path: [...found, ...inner], source, name: (source && named(source)) ?? found[0] }
}

const mostDepth = 3
/** Where in plain data a value stands, from the outside inwards. */
const placesOf = (data: unknown, value: unknown, depth = 0): ReadonlyArray<readonly [string, ...Array<string>]> =>
  typeof data !== "object" || data === null || Array.isArray(data) || depth >= mostDepth
    ? []
    : Object.entries(data).flatMap(([key, inner]): ReadonlyArray<readonly [string, ...Array<string>]> =>
        isDeepStrictEqual(inner, value) ? [[key]] : placesOf(inner, value, depth + 1).map((path) => [key, ...path] as const)
      )
