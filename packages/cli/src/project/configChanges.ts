/** What two configurations differ in, by the hashes that runs recorded. */
import { changeDetail, type ConfigVersion, configVersions, jsonChanges } from "@tetra/core/engine"
import { Effect } from "effect"
import { oneLine } from "../output/plain/text.ts"
import { perform } from "../runtime.ts"

export interface ConfigDifference {
  readonly path: string
  readonly detail: string
}

/** Empty for the same configuration; that there is a difference, where the texts of both are not kept. */
export const configChanges = async (home: string, before: string, after: string): Promise<ReadonlyArray<ConfigDifference>> => {
  if (before === after) return []
  const all = await perform(configVersions(home).pipe(Effect.orElseSucceed((): ReadonlyArray<ConfigVersion> => [])))
  const [one, other] = [before, after].map((hash) => all.find((version) => version.hash === hash))
  if (one === undefined || other === undefined)
    return [{ path: "version", detail: `${before} -> ${after}; the texts of both are not kept here` }]
  return [...jsonChanges(one.config, other.config), ...jsonChanges(one.plugins, other.plugins, "plugins")].map((change) => ({
    path: change.path,
    detail: oneLine(changeDetail(change))
  }))
}
