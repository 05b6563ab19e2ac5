/** definePlugin: what a package offers; checkPlugins: what does not fit, before anything runs. */
import type { Layer, Schema } from "effect"
import type { PluginCode } from "../domain/PluginCode.ts"
import type { Contribution, PointId } from "./extension.ts"
import type { AnyPipeline, Extension, NeedsOfNodes, Nodes } from "./definePipeline.ts"

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
export const definePlugin = <
  const P extends Readonly<Record<string, Part<AnyPipeline>>> = {},
  Config extends Schema.Constraint = Schema.Never
>(
  definition: {
    readonly name: string
    readonly version: string
    /** The plugin-API versions that it works with: "1", "^1.2". */
    readonly api: string
    readonly config?: Config
    readonly pipelines?: P
    readonly extensions?: ReadonlyArray<Part<Extension>>
    readonly contributes?: ReadonlyArray<Part<Contribution | ReadonlyArray<Contribution>>>
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
