import { Redacted, Schema } from "effect"
import type { AnyStage } from "../authoring/defineStage.ts"
import type { Json } from "../domain/Names.ts"
import type { Catalogue } from "./Catalogue.ts"
import { codeVersion } from "./codeVersion.ts"
import { contentHash, redactedMark } from "./contentHash.ts"

const mostDepth = 6
/** What a contribution is, as data: functions by their source, so that an edited one counts as another. */
const asData = (value: unknown, depth = 0): Json => {
  if (typeof value === "function") return Schema.isSchema(value) ? "schema" : String(value)
  if (typeof value === "bigint" || typeof value === "symbol") return String(value)
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (value === null || value === undefined) return null
  if (typeof value !== "object") return value as Json
  if (Redacted.isRedacted(value)) return redactedMark
  if (Schema.isSchema(value)) return "schema"
  if (depth >= mostDepth) return "..."
  if (Array.isArray(value)) return value.map((item) => asData(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asData(inner, depth + 1)]))
}
/**
 * Says, as one short text, what the services that a stage uses are made of: of an extension point its contributions and the versions of their
 * plugins, of any other service the plugins that give services and their configurations (which of them gives it cannot be told). Undefined for
 * a stage that uses nothing. It is a part of the cache key: another set of strategies, or another setting of a client, is another answer.
 */
export const usesOf = (catalogue: Catalogue, services: ReadonlyArray<Json>): ((stage: AnyStage) => string | undefined) => {
  const versions = new Map(catalogue.plugins.map((plugin) => [plugin.name, codeVersion(plugin)]))
  const points = new Map<string, string>(
    catalogue.plugins.flatMap((plugin) => plugin.points).map(({ point }) => [`tetra/point/${point}`, point] as const)
  )
  const known = new Map<string, Json>()
  const pointData = (point: string): Json => {
    const made =
      known.get(point) ??
      (catalogue.contributions.get(point) ?? []).map(({ key, plugin, value }) => [
        key,
        plugin,
        versions.get(plugin) ?? "",
        asData(value)
      ])
    known.set(point, made)
    return made
  }
  return (stage) => {
    const used = Object.values(stage["~definition"].uses)
    if (used.length === 0) return undefined
    const parts = used.map(({ key }): Json => {
      const point = points.get(key)
      return [key, point === undefined ? services : pointData(point)]
    })
    return contentHash(parts, 16)
  }
}
