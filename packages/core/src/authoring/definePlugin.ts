/** definePlugin: what a package offers; checkPlugins: what does not fit, before anything runs. */
import type { Layer, Schema } from "effect"
import type { PluginCode } from "../domain/PluginCode.ts"
import type { Contribution, PointId } from "./extension.ts"
import type { AnyPipeline, Extension, NeedsOfNodes, Nodes } from "./definePipeline.ts"

/** The version of the plugin API: a plugin names the versions that it works with as `api`. */
export const API = { major: 1, minor: 0 }
export type Lazy<T> = () => Promise<T>
export type Part<T> = T | Lazy<T>
type Whole<T> = T extends Lazy<infer U> ? U : T
type NeedsOfParts<P> =
  Whole<P[keyof P]> extends infer L
    ? L extends { readonly "~nodes": infer N extends Nodes }
      ? Exclude<NeedsOfNodes<N>, PointId<string>>
      : never
    : never
type ServicesFor<Needs, Config extends Schema.Constraint> = [Needs] extends [never]
  ? { readonly services?: (config: Config["Type"]) => Layer.Layer<never, any> }
  : { readonly services: (config: Config["Type"]) => Layer.Layer<Needs, any> }

/** What a package offers, as `definePlugin` gives it: the default export of its entry. */
export interface Plugin {
  readonly _tag: "Plugin"
  readonly name: string
  readonly version: string
  readonly api: string
  /** Set for a local module when a project loads it. */
  readonly code?: PluginCode
  readonly config: Schema.Constraint | undefined
  readonly services: ((config: any) => Layer.Layer<any, any>) | undefined
  readonly pipelines: Readonly<Record<string, Part<AnyPipeline>>>
  readonly extensions: ReadonlyArray<Part<Extension>>
  readonly contributes: ReadonlyArray<Part<Contribution | ReadonlyArray<Contribution>>>
  readonly points: ReadonlyArray<{
    readonly point: string
    readonly shape: Schema.Constraint | undefined
    readonly onConflict: string
  }>
}
/** A plugin: the default export of a package or of a local module. Pipelines, contributions and extensions may be functions that import them, which are called when they are first needed. */
export const definePlugin = <
  const P extends Readonly<Record<string, Part<AnyPipeline>>> = {},
  Config extends Schema.Constraint = Schema.Never
>(
  definition: {
    readonly name: string
    readonly version: string
    /** The plugin-API versions that it works with: "1", "^1.2". */
    readonly api: string
    /** Schema of the plugin's own configuration: `plugins: [{ name, config }]`. */
    readonly config?: Config
    readonly pipelines?: P
    /** Changes to pipelines of other plugins. */
    readonly extensions?: ReadonlyArray<Part<Extension>>
    /** Additions to extension points. */
    readonly contributes?: ReadonlyArray<Part<Contribution | ReadonlyArray<Contribution>>>
    /** Extension points of its own. */
    readonly points?: Plugin["points"]
  } & ServicesFor<NeedsOfParts<NoInfer<P>>, NoInfer<Config>>
): Plugin => ({
  _tag: "Plugin",
  name: definition.name,
  version: definition.version,
  api: definition.api,
  config: definition.config,
  services: definition.services as any,
  pipelines: definition.pipelines ?? {},
  extensions: definition.extensions ?? [],
  contributes: definition.contributes ?? [],
  points: definition.points ?? []
})
