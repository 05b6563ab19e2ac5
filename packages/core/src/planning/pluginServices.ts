import { Cause, Context, Effect, Layer, Result, Schema } from "effect"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Contributions } from "../authoring/extension.ts"
import { meantHint } from "../domain/nearest.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"
import type { Json } from "../domain/Names.ts"
import type { PlannedStage } from "../domain/RunPlan.ts"
import { type Catalogue, contributionsTo } from "./Catalogue.ts"
import { reasonOf } from "./checkPlugins.ts"
import { codeVersion } from "./codeVersion.ts"
import { secretsIn, toJson } from "./contentHash.ts"
import { decodeAll, plainSchema } from "./parameters.ts"
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
      layers.push(contained(plugin.name, plugin.services(configured.config) as AnyServices))
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

/** Longest that the services of a plugin may take to be built. */
const patience = "30 seconds"
const failedMark = "tetra/services-failed/"

/** Services that fail, or never come, are missing to those who use them, and to nobody else. Why stands in their place. */
const contained = (plugin: string, layer: AnyServices): AnyServices =>
  Layer.effectContext(
    Effect.gen(function* () {
      const built = Layer.buildWithScope(layer, yield* Effect.scope).pipe(
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () => Effect.die(new Error(`they were not there after ${patience}`))
        })
      )
      return yield* Effect.catchCause(built, (cause) => {
        const failed = Context.Service<never, string>(`${failedMark}${plugin}`)
        return Effect.succeed(
          Context.make(failed, `the services of ${plugin} could not be built: ${reasonOf(Cause.squash(cause))}`)
        )
      })
    })
  ) as AnyServices
/** Why services are missing in what was built. */
export const failedServices = (context: Context.Context<never>): ReadonlyArray<string> =>
  [...context.mapUnsafe].flatMap(([key, reason]) => (key.startsWith(failedMark) ? [String(reason)] : []))

/** Every declared extension point with its contributions, in order. */
const pointLayer = (catalogue: Catalogue): AnyServices =>
  catalogue.plugins
    .flatMap((plugin) => plugin.points)
    .reduce<AnyServices>((all, point) => {
      // A declared point is the service's key itself (authoring/extension.ts); `Plugin.points` shows only its plain fields.
      const key = point as unknown as Context.Key<never, Contributions<unknown>>
      return Layer.merge(all, Layer.succeed(key, contributionsTo(catalogue, point.point)))
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
  const decoded = decodeAll(plainSchema(Schema.toCodecJson(plainSchema(plugin.config))), written)
  if (Result.isSuccess(decoded)) return { config: decoded.success, diagnostics: [] }
  const where = project.configFile ?? "configuration"
  return {
    config: undefined,
    diagnostics: decoded.failure.map(({ meant, message, path }) => ({
      level: "error",
      where,
      path: [index === -1 ? "plugins" : `plugins.${index}.config`, ...path].join("."),
      message: `configuration of ${plugin.name}: ${[path.join("."), message].filter((t) => t !== "").join(" ")}`,
      hint: meantHint(meant) ?? `write plugins: [{ name: "${plugin.name}", config: { ... } }]`
    }))
  }
}
