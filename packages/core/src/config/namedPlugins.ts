/** The plugins that a configuration names, with the place of each. */
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import type { LocatedDocument } from "./LocatedDocument.ts"
import { idlePlugins } from "./pipelineVersions.ts"
import { type NamedPlugin, type ResolvedPlugins, shippedPlugins } from "./PluginHost.ts"

/** Named in `plugins`, by a pipeline's `plugin`, or shipped with a pipeline that the configuration names. */
export const pluginsOf = (config: ResolvedConfig, document: LocatedDocument): ReadonlyArray<NamedPlugin> => {
  const named = new Map<string, string>()
  const idle = idlePlugins(config)
  const add = (name: string, path: string) => void (named.has(name) || idle.has(name) || named.set(name, document.at(path)))
  for (const [i, entry] of (config.plugins ?? []).entries()) add(typeof entry === "string" ? entry : entry.name, `plugins.${i}`)
  for (const [pipeline, { plugin }] of Object.entries(config.pipelines ?? {})) {
    if (plugin !== undefined) add(plugin, `pipelines.${pipeline}.plugin`)
  }
  for (const [pipeline, path] of namedAnywhere(config)) {
    const shipped = shippedPlugins[pipeline]
    if (shipped !== undefined && config.pipelines?.[pipeline]?.plugin === undefined) add(shipped, path)
  }
  return [...named].map(([name, where]) => ({ name, where }))
}
const namedAnywhere = (config: ResolvedConfig): ReadonlyArray<readonly [string, string]> => [
  ...Object.keys(config.pipelines ?? {}).map((name) => [name, `pipelines.${name}`] as const),
  ...Object.keys(config.pipeline_dependencies ?? {}).map((name) => [name, `pipeline_dependencies.${name}`] as const)
]
export const unresolvedIn = (config: ResolvedConfig, { names }: ResolvedPlugins): ReadonlySet<string> =>
  new Set(
    namedAnywhere(config).flatMap(([pipeline]) => {
      const plugin = config.pipelines?.[pipeline]?.plugin ?? shippedPlugins[pipeline]
      return plugin !== undefined && !names.has(plugin) ? [pipeline] : []
    })
  )
