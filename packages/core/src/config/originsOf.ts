import type { Json } from "../domain/Names.ts"
import { secretsIn, toJson } from "../planning/contentHash.ts"
import { defaultsOf, parameterNamed, parametersOf } from "../planning/parameters.ts"
import type { Project, WrittenPlace } from "../planning/Project.ts"
import { redactedConfig } from "../planning/redactedConfig.ts"
import { hideNamed } from "../planning/secretNames.ts"

/** Why a setting has its value. */
export type SettingOrigin =
  /** It is written; in the overlay of an environment where there is one. */
  | ({ readonly _tag: "Written"; readonly environment: string | undefined } & Omit<WrittenPlace, "overlaid">)
  /** It is not written: the pipeline of a plugin gives it. */
  | { readonly _tag: "PluginDefault"; readonly plugin: string }
  /** It is not written: Tetra gives it, or the program that made the project. */
  | { readonly _tag: "BuiltIn" }

/** One setting that applies. Secrets stand as "<redacted>". */
export interface LocatedSetting {
  /** `pipelines.data_pipeline.config.symbols`; a list of scalars is one setting. */
  readonly path: string
  readonly value: Json
  readonly origin: SettingOrigin
}

/** Every leaf with its path, in the order of the keys. */
const leavesOf = (value: Json, path: string): ReadonlyArray<readonly [string, Json]> => {
  if (value === null || typeof value !== "object") return [[path, value]]
  const inner: ReadonlyArray<readonly [string, Json]> = Object.entries(value)
  const isFlat = Array.isArray(value) && inner.every(([, item]) => item === null || typeof item !== "object")
  if (isFlat || inner.length === 0) return [[path, value]]
  return inner.flatMap(([name, item]) => leavesOf(item, path === "" ? name : `${path}.${name}`))
}
/** Parameters that nobody wrote, with what the plugin gives for them. */
const pluginDefaults = ({ catalogue, config }: Project): ReadonlyArray<LocatedSetting> =>
  [...catalogue.pipelines].flatMap(([name, { pipeline, plugin }]) => {
    const parameters = parametersOf(pipeline)
    const written = new Set(
      Object.keys(config.pipelines?.[name]?.config ?? {}).map((key) => parameterNamed(parameters, key)?.key ?? key)
    )
    const defaults = defaultsOf(pipeline)
    const hidden = hideNamed(toJson(defaults, secretsIn(defaults)))
    return leavesOf(hidden, "").flatMap(([path, value]) =>
      path === "" || written.has(path.split(".")[0]!)
        ? []
        : [{ path: `pipelines.${name}.config.${path}`, value, origin: { _tag: "PluginDefault", plugin } as const }]
    )
  })

/** Every setting that applies, with where it comes from: what the configuration says first, then the defaults of the pipelines. */
export const originsOf = (project: Project): ReadonlyArray<LocatedSetting> => {
  const originOf = (path: string): SettingOrigin => {
    const place = project.placeOf?.(path)
    if (place === undefined) return { _tag: "BuiltIn" }
    const { overlaid, variables, where } = place
    return { _tag: "Written", where, variables, environment: overlaid ? project.environment : undefined }
  }
  return [
    ...leavesOf(redactedConfig(project), "").map(([path, value]) => ({ path, value, origin: originOf(path) })),
    ...pluginDefaults(project)
  ]
}
