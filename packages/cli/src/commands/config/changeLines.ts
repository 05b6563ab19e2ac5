/** What is different between two configurations, for people. */
import { changeDetail, configEffects, type ConfigVersion, type JsonChange, jsonChanges } from "@tetra/core/engine"
import { glyph, type Look, paint } from "../../output/plain/look.ts"
import { oneLine } from "../../output/plain/text.ts"

type Compared = Pick<ConfigVersion, "config" | "plugins">
export interface ConfigDifference {
  readonly changes: ReadonlyArray<JsonChange>
  /** Versions of plugins. */
  readonly plugins: ReadonlyArray<JsonChange>
  readonly effects: ReadonlyArray<string>
}
export const differenceOf = (before: Compared, after: Compared): ConfigDifference => {
  const changes = jsonChanges(before.config, after.config)
  return { changes, plugins: jsonChanges(before.plugins, after.plugins), effects: configEffects(changes) }
}
export const isNone = ({ changes, plugins }: ConfigDifference): boolean => changes.length + plugins.length === 0

const changeLine = (change: JsonChange, look: Look): string =>
  `  ${paint(look, "warn", glyph(look, "change"))} ${oneLine(change.path)}: ${oneLine(changeDetail(change))}`
export const differenceLines = ({ changes, effects, plugins }: ConfigDifference, look: Look): ReadonlyArray<string> => [
  ...changes.map((change) => changeLine(change, look)),
  ...plugins.map((change) => changeLine({ ...change, path: `version of ${change.path}` }, look)),
  ...(effects.length === 0 ? [] : ["", "so:", ...effects.map((effect) => `  ${glyph(look, "note")} ${oneLine(effect)}`)])
]
