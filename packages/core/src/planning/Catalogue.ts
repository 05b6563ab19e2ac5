import type { Asset, Group, InPort } from "../authoring/data.ts"
import type { AnyPipeline, Extension } from "../authoring/definePipeline.ts"
import type { Plugin } from "../authoring/definePlugin.ts"
import type { Contribution, Contributions } from "../authoring/extension.ts"
import type { Diagnostic } from "../domain/Diagnostic.ts"

/** A plugin with every lazy part imported. */
export interface WholePlugin {
  readonly plugin: Plugin
  readonly pipelines: ReadonlyArray<AnyPipeline>
  readonly extensions: ReadonlyArray<OwnedExtension["extension"]>
  readonly contributions: ReadonlyArray<Contribution>
}
/** An extension of a pipeline with the plugin that it came from. */
export interface OwnedExtension {
  readonly plugin: string
  readonly extension: Extension
}
export interface CataloguePipeline {
  readonly pipeline: AnyPipeline
  readonly plugin: string
  readonly pluginVersion: string
  /** In plugin order. */
  readonly extensions: ReadonlyArray<OwnedExtension>
  /** What it makes and reads, as its stages say with default parameters, extensions included. */
  readonly shape: PipelineShape
}
export interface StageShape {
  readonly name: string
  readonly stageId: string
  readonly summary: string
  /** The plugin that the stage came from: another one than the pipeline's for an inserted or replaced stage. */
  readonly plugin: string
  /** Plugins that wrap it, innermost first. */
  readonly wrappedBy: ReadonlyArray<string>
  readonly partitioned: boolean
  /** Inserted by an extension: its configuration comes from the configuration file, not from the pipeline. */
  readonly isStep: boolean
  /** Names of stages of the same pipeline that it reads from. */
  readonly reads: ReadonlyArray<string>
  readonly provides: ReadonlyArray<Asset>
  readonly requires: ReadonlyArray<Required>
  /** Names of the fallbacks that it brings itself. */
  readonly fallbacks: ReadonlyArray<string>
}
export interface Required {
  readonly asset: Asset
  /** Only `optional(...)` ports read it. */
  readonly soft: boolean
  readonly group: string | undefined
}
export interface PipelineShape {
  readonly stages: ReadonlyArray<StageShape>
  /** Asset name to the stage that makes it. */
  readonly provides: ReadonlyMap<string, string>
  /** Assets read from other pipelines. */
  readonly requires: ReadonlyMap<string, { readonly soft: boolean }>
}
export interface CatalogueContribution {
  readonly key: string
  readonly value: unknown
  readonly plugin: string
  readonly order: number
}
/** Everything that the plugins offer, whole: no lazy part is left. */
export interface Catalogue {
  readonly pipelines: ReadonlyMap<string, CataloguePipeline>
  /** By extension point. */
  readonly contributions: ReadonlyMap<string, ReadonlyArray<CatalogueContribution>>
  readonly plugins: ReadonlyArray<Plugin>
  /** Groups of assets by name, with the names of their members. */
  readonly groups: ReadonlyMap<string, ReadonlyArray<string>>
  /** What the configuration calls a plugin, where that is not its own name: a local module's path. */
  readonly names: ReadonlyMap<string, string>
}
export interface LoadedPlugins {
  readonly catalogue: Catalogue
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** Fallbacks that the engine brings; `use_previous_scenarios` is the older name of `use_previous`. */
export const builtInFallbacks = ["use_cached_data", "use_previous", "use_previous_scenarios"] as const

/** Assets that a port reads; a group counts as all of its members. */
export const assetsOf = (port: InPort, soft = false, group?: Group): ReadonlyArray<Required> => {
  switch (port.kind) {
    case "optional":
      return assetsOf(port.port, true, group)
    case "partial":
      return assetsOf(port.port, soft, group)
    case "group":
      return Object.values(port.members).flatMap((member) => assetsOf(member, soft, port))
    case "asset":
      return [{ asset: port, soft, group: group?.name }]
    default:
      return []
  }
}

/** The pipeline that provides an asset. */
export const providerOf = (catalogue: Pick<Catalogue, "pipelines">, asset: string): string | undefined => {
  for (const [name, { shape }] of catalogue.pipelines) if (shape.provides.has(asset)) return name
  return undefined
}

/** What plugins contributed to an extension point, in order: what stages get under `uses`. */
export const contributionsTo = ({ contributions }: Pick<Catalogue, "contributions">, point: string): Contributions<unknown> => {
  const all = contributions.get(point) ?? []
  const byKey = new Map(all.map(({ key, value }) => [key, value]))
  return { keys: all.map(({ key }) => key), get: (key) => byKey.get(key), all }
}
