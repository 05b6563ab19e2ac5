/** The configuration as the dashboard shows it: every setting with its origin, and what a save of the file changed. */
import { changeDetail, jsonChanges, type LocatedSetting, originsOf, type Project, redactedConfig } from "@tetra/core/engine"
import type { ConfigDifference } from "@tetra/daemon/reload"
import type { ConfigReload, Setting } from "@tetra/tui"
import { oneLine } from "../output/plain/text.ts"
import { problemsOf } from "../reload/problems.ts"

const valueText = (value: LocatedSetting["value"]): string => {
  if (typeof value === "string") return value
  const isFlat = Array.isArray(value) && value.length > 0 && value.every((item) => item === null || typeof item !== "object")
  return isFlat ? value.map(String).join(", ") : JSON.stringify(value)
}
const originText = ({ origin }: LocatedSetting): string => {
  if (origin._tag === "PluginDefault") return `default of ${origin.plugin}`
  if (origin._tag === "BuiltIn") return "built in"
  const parts = [
    origin.where,
    ...(origin.environment === undefined ? [] : [`environment ${origin.environment}`]),
    ...(origin.variables.length === 0 ? [] : [`from ${origin.variables.map((name) => `\${${name}}`).join(", ")}`])
  ]
  return parts.join(", ")
}
/** `before`: the project as it was before the file was saved last. What is no longer there comes at the end. */
export const settingsOf = (project: Project, before?: Project): ReadonlyArray<Setting> => {
  const old = new Map(before === undefined ? [] : originsOf(before).map((one) => [one.path, valueText(one.value)] as const))
  const now = originsOf(project).map((one): Setting => {
    const [value, was] = [valueText(one.value), old.get(one.path)]
    old.delete(one.path)
    const isChanged = before !== undefined && was !== value
    return { path: one.path, value, origin: originText(one), ...(isChanged ? { before: was ?? "" } : {}) }
  })
  const gone = [...old].map(([path, was]): Setting => ({ path, value: "removed", origin: "not written any more", before: was }))
  return [...now, ...gone]
}
/** What a valid save did. */
export const reloadOf = (before: Project, after: Project, { effects }: ConfigDifference, at: number): ConfigReload => ({
  at,
  from: before.configVersion,
  to: after.configVersion,
  changes: jsonChanges(redactedConfig(before), redactedConfig(after)).map((change) => ({
    path: change.path,
    detail: oneLine(changeDetail(change))
  })),
  effects: effects.map(oneLine),
  problems: []
})
/** What stands against a save: the old configuration stays in force. */
export const rejected = (before: Project, error: unknown, at: number): ConfigReload => ({
  at,
  from: before.configVersion,
  to: before.configVersion,
  changes: [],
  effects: [],
  problems: problemsOf(error)
})
