import { type Context, Layer, Result, Schema } from "effect"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Contributions } from "../authoring/extension.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json } from "../domain/Names.ts"
import type { PlannedStage } from "../domain/RunPlan.ts"
import { nearest } from "../domain/nearest.ts"
import type { Catalogue } from "./Catalogue.ts"
import { reasonOf } from "./checkPlugins.ts"
import { codeVersion } from "./codeVersion.ts"
import { secretsIn, toJson } from "./contentHash.ts"
import { decodeAll, type PlainSchema } from "./parameters.ts"
import type { SelectedPipeline } from "./planStages.ts"
import type { Project } from "./Project.ts"

export interface PluginServices {
  readonly layer: Layer.Layer<never, unknown>
  /** The plugins that give services: name, version, configuration without secrets. */
  readonly made: ReadonlyArray<Json>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
type ServedProject = Pick<Project, "config" | "configFile" | "catalogue">
type AnyServices = Layer.Layer<never, unknown>

/** Services of the plugins whose stages or wraps are in the plan, over the extension points of all plugins. */
export const pluginServices = (
  project: Project,
  stages: ReadonlyArray<PlannedStage>,
  selected: ReadonlyArray<SelectedPipeline>
): PluginServices => {
  const taking = new Set([
    ...stages.map((stage) => stage.plugin),
    ...selected.flatMap(({ nodes }) => nodes.flatMap((built) => built.wrappedBy))
  ])
  return servicesOf(project, taking)
}
/** Services of the named plugins, over the extension points of all plugins. */
export const servicesOf = (project: ServedProject, taking: ReadonlySet<string>): PluginServices => {
  const diagnostics: Array<Diagnostic> = []
  const layers: Array<AnyServices> = []
  const made: Array<Json> = []
  for (const plugin of project.catalogue.plugins) {
    if (!taking.has(plugin.name) || plugin.services === undefined) continue
    const configured = pluginConfig(project, plugin)
    diagnostics.push(...configured.diagnostics)
    if (configured.diagnostics.length > 0) continue
    try {
      layers.push(plugin.services(configured.config) as AnyServices)
      made.push([plugin.name, codeVersion(plugin), toJson(configured.config, secretsIn(configured.config))])
    } catch (error) {
      diagnostics.push({
        level: "error",
        where: plugin.name,
        message: `its services cannot be made: ${reasonOf(error)}`,
        hint: "change its configuration, or mend the plugin"
      })
    }
  }
  const points = pointLayer(project.catalogue)
  const merged = layers.reduce<AnyServices>((all, layer) => Layer.merge(all, layer), Layer.empty)
  return { layer: Layer.provideMerge(merged, points), made, diagnostics }
}

/** Every declared extension point with its contributions, in order. */
const pointLayer = (catalogue: Catalogue): AnyServices =>
  catalogue.plugins
    .flatMap((plugin) => plugin.points)
    .reduce<AnyServices>((all, point) => {
      const list = catalogue.contributions.get(point.point) ?? []
      const byKey = new Map(list.map((one) => [one.key, one.value]))
      const contributions: Contributions<unknown> = { keys: list.map((one) => one.key), get: (key) => byKey.get(key), all: list }
      // A declared point is the service's key itself (authoring/extension.ts); `Plugin.points` shows only its plain fields.
      return Layer.merge(all, Layer.succeed(point as unknown as Context.Key<never, Contributions<unknown>>, contributions))
    }, Layer.empty)

/** The plugin's configuration from `plugins: [{ name, config }]`, decoded. */
export const pluginConfig = (
  project: Pick<Project, "config" | "configFile"> & { readonly catalogue: Pick<Catalogue, "names"> },
  plugin: Plugin
): { readonly config: unknown; readonly diagnostics: ReadonlyArray<Diagnostic> } => {
  const entries = project.config.plugins ?? []
  const index = entries.findIndex(
    (entry) => typeof entry !== "string" && (project.catalogue.names.get(entry.name) ?? entry.name) === plugin.name
  )
  const entry = entries[index]
  const written = typeof entry === "object" ? (entry.config ?? {}) : {}
  if (plugin.config === undefined) return { config: {}, diagnostics: [] }
  const decoded = decodeAll(Schema.toCodecJson(plugin.config as unknown as PlainSchema) as unknown as PlainSchema, written)
  if (Result.isSuccess(decoded)) return { config: decoded.success, diagnostics: [] }
  const where = project.configFile ?? "configuration"
  return {
    config: undefined,
    diagnostics: decoded.failure.map(({ known, message, path }) => {
      const close = known === undefined ? undefined : nearest(String(path.at(-1)), known)
      return {
        level: "error",
        where,
        path: [index === -1 ? "plugins" : `plugins.${index}.config`, ...path].join("."),
        message: `configuration of ${plugin.name}: ${[path.join("."), message].filter((t) => t !== "").join(" ")}`,
        hint: close === undefined ? `write plugins: [{ name: "${plugin.name}", config: { ... } }]` : `did you mean "${close}"?`
      }
    })
  }
}
