/** A configuration with one version of each pipeline in force, and what can be said against its versions. Pure. */
import type { ResolvedConfig } from "../domain/ConfigFile.ts"
import { hintFor } from "../domain/nearest.ts"
import type { Say } from "./checkConfig.ts"

/** The version of each pipeline that has several. */
export type Versions = Readonly<Record<string, string>>

const versioned = ({ pipelines }: Pick<ResolvedConfig, "pipelines">) =>
  Object.entries(pipelines ?? {}).flatMap(([name, block]) =>
    block.versions === undefined || Object.keys(block.versions).length === 0
      ? []
      : [{ name, block, versions: block.versions, names: Object.keys(block.versions) }]
  )

/** The versions that the file calls active: the first where it does not say. */
export const declaredVersions = (config: Pick<ResolvedConfig, "pipelines">): Versions =>
  Object.fromEntries(versioned(config).map(({ block, name, names }) => [name, block.active ?? names[0]!]))

/**
 * The configuration with the plugin and the parameters of the versions in force: those of `chosen`, else those that it calls active. A chosen version
 * that it does not have counts for nothing.
 */
export const inVersions = (config: ResolvedConfig, chosen: Versions = {}): ResolvedConfig => {
  const declared = declaredVersions(config)
  const changed = versioned(config).map(({ block, name, versions }) => {
    const wanted = chosen[name]
    const active = wanted !== undefined && versions[wanted] !== undefined ? wanted : declared[name]!
    const version = versions[active]
    const plugin = version?.plugin ?? block.plugin ?? Object.values(versions).find((one) => one.plugin !== undefined)?.plugin
    const merged = version?.config === undefined ? {} : { config: { ...block.config, ...version.config } }
    return [name, { ...block, ...(plugin === undefined ? {} : { plugin }), ...merged, active }] as const
  })
  return changed.length === 0 ? config : { ...config, pipelines: { ...config.pipelines, ...Object.fromEntries(changed) } }
}

/** Plugins that only versions out of force name: they would offer the same pipeline once more. */
export const idlePlugins = (config: ResolvedConfig): ReadonlySet<string> => {
  const used = new Set(Object.values(config.pipelines ?? {}).map(({ plugin }) => plugin))
  const named = versioned(config).flatMap(({ versions }) => Object.values(versions).map(({ plugin }) => plugin))
  return new Set(named.filter((plugin): plugin is string => plugin !== undefined && !used.has(plugin)))
}
/** Every version that is not in force. */
export const idleVersions = (config: ResolvedConfig): ReadonlyArray<{ readonly pipeline: string; readonly version: string }> =>
  versioned(config).flatMap(({ block, name, names }) =>
    names.filter((version) => version !== block.active).map((version) => ({ pipeline: name, version }))
  )

/** What the file says about versions; `config` as it is written. */
export const checkVersions = (config: ResolvedConfig, say: Say): void => {
  for (const [name, { active, shadow, versions }] of Object.entries(config.pipelines ?? {})) {
    const path = `pipelines.${name}`
    const names = Object.keys(versions ?? {})
    for (const [key, named] of [
      ["active", active],
      ["shadow", shadow]
    ] as const) {
      if (named === undefined || names.includes(named)) continue
      if (versions === undefined)
        say(
          `${path}.${key}`,
          `"${name}" has no versions`,
          "name them: versions: { blue: { plugin: ... }, green: { plugin: ... } }"
        )
      else say(`${path}.${key}`, `"${name}" has no version "${named}"`, hintFor(named, names, "name it in `versions`"))
    }
    if (versions !== undefined && names.length === 0)
      say(`${path}.versions`, "there is no version", "name at least one, or take the block out")
    if (shadow !== undefined && shadow === (active ?? names[0]) && names.includes(shadow))
      say(
        `${path}.shadow`,
        `"${shadow}" is the active version: it has no shadow of its own`,
        "name another version, or take the line out",
        "warning"
      )
  }
}
