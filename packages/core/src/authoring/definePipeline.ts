/** definePipeline wires stages; extendPipeline changes the pipeline of another plugin. */
import { Effect, Schema } from "effect"
import type { Asset, DataType, Group, InPort, OptionalPort, PartialPort, Products, Table, TypeOf, Value } from "./data.ts"
import { refuseUndefined } from "./givenNames.ts"
import type { AnyStage, Policy, Problem, Stage, StageTools } from "./defineStage.ts"
import { hintFor } from "../domain/nearest.ts"

/** One output of one wired stage, or a required asset. */
export interface Ref<out T extends DataType = DataType, out Split extends boolean = boolean> {
  readonly "~ref": T
  readonly split: Split
  readonly from: { readonly node: AnyNode | undefined; readonly port: string; readonly asset: string | undefined }
}
export interface AnyNode {
  readonly "~node": {
    stage: AnyStage
    config: unknown
    inputs: Readonly<Record<string, Ref>>
    enabled: boolean
    policy: Policy | undefined
    wraps: ReadonlyArray<Wrap>
    name: string
  }
}
/** A stage in a pipeline, as `use` gives it: each of its outputs can be wired by hand into inputs of others. */
export type Node<S extends AnyStage = AnyStage> = AnyNode & { readonly "~stage": S } & {
  readonly [K in keyof S["outputs"] & string]: Ref<TypeOf<S["outputs"][K]>, S["split"]>
}
export type Nodes = { readonly [name: string]: AnyNode & { readonly "~stage": AnyStage } }

/** What may be wired into a port. A value from a partitioned stage needs `partial(...)`: there are many of it. */
type Source<P> = P extends Table
  ? Ref<P>
  : P extends Value<any, any>
    ? Ref<P, false>
    : P extends Asset<any, infer T>
      ? Source<T>
      : P extends OptionalPort<infer Q>
        ? Source<Q>
        : P extends PartialPort<infer Q>
          ? Ref<TypeOf<Q>>
          : never
type AssetLike<P> = P extends Asset | Group
  ? true
  : P extends OptionalPort<infer Q>
    ? AssetLike<Q>
    : P extends PartialPort<infer Q>
      ? AssetLike<Q>
      : false
type MustWire<In> = { readonly [K in keyof In as AssetLike<In[K]> extends true ? never : K]: Source<In[K]> }
type MayWire<In> = { readonly [K in keyof In as AssetLike<In[K]> extends true ? K : never]?: Source<In[K]> }
type ConfigIn<S extends AnyStage> = S["config"]["~type.make.in"]
export type Wiring<S extends AnyStage> = ({} extends ConfigIn<S>
  ? { readonly config?: ConfigIn<S> }
  : { readonly config: ConfigIn<S> }) &
  ([keyof MustWire<S["inputs"]>] extends [never]
    ? { readonly inputs?: MayWire<S["inputs"]> }
    : { readonly inputs: MustWire<S["inputs"]> & MayWire<S["inputs"]> }) & {
    readonly policy?: Policy
    readonly enabled?: boolean
  }
export type Use = <S extends AnyStage>(
  stage: S,
  ...wiring: {} extends Wiring<S> ? [wiring?: Wiring<S>] : [wiring: Wiring<S>]
) => Node<S>

// ---------------------------------------------------------------- assets of a pipeline, from its stages
type OutAsset<P> = P extends Asset<infer N, any> ? N : never
type InAsset<P> =
  P extends Asset<infer N, any>
    ? N
    : P extends Group<any, infer M>
      ? OutAsset<M[keyof M]>
      : P extends OptionalPort<infer Q> | PartialPort<infer Q>
        ? InAsset<Q>
        : never
type StageOf<N> = N extends { readonly "~stage": infer S extends AnyStage } ? S : never
type PortsOf<T> = T[keyof T]
/** Names of the assets that the stages of a pipeline provide: `Provides<typeof metrics["~nodes"]>`. */
export type Provides<N extends Nodes> = { [K in keyof N]: OutAsset<PortsOf<StageOf<N[K]>["outputs"]>> }[keyof N]
/** Names of the assets that they read and that the pipeline does not provide itself. */
export type Requires<N extends Nodes> = Exclude<
  { [K in keyof N]: InAsset<PortsOf<StageOf<N[K]>["inputs"]>> }[keyof N],
  Provides<N>
>
export type NeedsOfNodes<N extends Nodes> = { [K in keyof N]: StageOf<N[K]>["~needs"] }[keyof N]

/** A graph of stages with parameters, as `definePipeline` gives it. */
export interface Pipeline<
  out Name extends string = string,
  out Params extends Schema.Constraint = Schema.Constraint,
  out N extends Nodes = Nodes
> {
  readonly _tag: "Pipeline"
  readonly name: Name
  readonly summary: string
  readonly parameters: Params
  readonly modes: Readonly<Record<string, unknown>>
  readonly "~nodes": N
  /** `used` hears of each node while it is wired. */
  readonly build: (params: unknown, used?: (node: AnyNode) => void) => Nodes
  readonly extensions: ReadonlyArray<Extension>
}
/** A pipeline whose types are not looked at. */
export type AnyPipeline = Pipeline<string, Schema.Constraint, any>
const NoParams = Schema.Struct({})
type NoParams = typeof NoParams

const refs = (stage: AnyStage, self: { node?: AnyNode }) =>
  Object.fromEntries(
    Object.entries(stage.outputs as Record<string, InPort>).map(([port, p]) => [
      port,
      {
        split: stage.split,
        from: {
          get node() {
            return self.node
          },
          port,
          asset: p.kind === "asset" ? p.name : undefined
        }
      }
    ])
  )
export const use: Use = (stage, ...[wiring]) => {
  const self: { node?: AnyNode } = {}
  const w = (wiring ?? {}) as { config?: unknown; inputs?: any; policy?: Policy; enabled?: boolean }
  const node = {
    "~node": {
      stage,
      config: w.config ?? {},
      inputs: w.inputs ?? {},
      enabled: w.enabled ?? true,
      policy: w.policy,
      wraps: [],
      name: stage.id
    },
    ...refs(stage, self)
  } as any
  self.node = node
  return node
}
/** A stage is asked for an output that it does not have. */
export class NoSuchOutput extends Error {
  override readonly name = "NoSuchOutput"
}
/** `use` whose nodes refuse a misspelt output where it is asked for: left to itself it would be an input that nobody wired. */
const strictly = (used?: (node: AnyNode) => void): { readonly use: Use; readonly bare: (node: AnyNode) => AnyNode } => {
  const bared = new WeakMap<object, AnyNode>()
  const strict: Use = (stage, ...wiring) => {
    const node = use(stage, ...wiring)
    used?.(node)
    const watched = new Proxy(node, {
      get: (target, key) => {
        const isAsked = typeof key === "string" && !(key in target) && !key.startsWith("~") && !isAskedOfAll.has(key)
        if (isAsked)
          throw new NoSuchOutput(`${stage.id} has no output "${key}": ${hintFor(key, Object.keys(stage.outputs), "it has none")}`)
        return Reflect.get(target, key) as unknown
      }
    })
    bared.set(watched, node)
    return watched
  }
  return { use: strict, bare: (node) => bared.get(node) ?? node }
}
/** By the language, of any value. */
const isAskedOfAll: ReadonlySet<string> = new Set(["then", "toJSON"])
/** A pipeline. The keys of what `stages` answers are the names of its stages; their assets wire themselves, other inputs are wired by hand. Each parameter becomes a flag. */
export const definePipeline = <
  const Name extends string,
  const N extends Nodes,
  Params extends Schema.Constraint = NoParams
>(definition: {
  readonly name: Name
  readonly summary?: string
  readonly parameters?: Params
  /** Named sets of parameters; `--mode daily` picks one, flags override it. */
  readonly modes?: Readonly<Record<string, NoInfer<Params>["~type.make.in"]>>
  /** Pure: called with defaults when the plugin loads and with the real parameters when a run is planned. */
  readonly stages: (wire: { readonly use: Use; readonly params: NoInfer<Params>["Type"] }) => N
}): Pipeline<Name, Params, N> => {
  if ("parameters" in definition) refuseUndefined(`the pipeline "${definition.name}"`, { parameters: definition.parameters })
  return {
    _tag: "Pipeline",
    name: definition.name,
    summary: definition.summary ?? "",
    parameters: definition.parameters ?? NoParams,
    modes: definition.modes ?? {},
    extensions: [],
    build: (params: NoInfer<Params>["Type"], used?: (node: AnyNode) => void) => {
      const { bare, use } = strictly(used)
      const answered = Object.entries(definition.stages({ use, params }))
      const nodes = Object.fromEntries(answered.map(([name, node]) => [name, bare(node)]))
      for (const [name, node] of Object.entries(nodes)) node["~node"].name = name
      return nodes
    }
  } as any
}

// ---------------------------------------------------------------- parameters -> flags
/** What is shown of a parameter. */
export interface OptionInfo {
  readonly help: string
  readonly flag?: string
  readonly unit?: string
  readonly defaultText?: string
}
/** A parameter of a pipeline with its help and default: `minBars` becomes the flag `--min-bars`. */
export function option<S extends Schema.Constraint & { readonly "~type.constructor.default": "no-default" }>(
  schema: S,
  info: OptionInfo & { readonly default: S["Type"] }
): Schema.withConstructorDefault<Schema.withDecodingDefaultTypeKey<S>>
export function option<S extends Schema.Constraint>(schema: S, info: OptionInfo): Schema.optionalKey<S>
export function option(schema: any, info: any): any {
  const made =
    "default" in info
      ? schema.pipe(
          Schema.withDecodingDefaultTypeKey(Effect.succeed(info.default)),
          Schema.withConstructorDefault(Effect.succeed(info.default))
        )
      : Schema.optionalKey(schema)
  return Object.assign(made, { "~option": { ...info, schema } })
}
const shortType = (ast: any): string => {
  if (ast._tag === "Union") {
    const all = ast.types.map(shortType)
    return all.join("|")
  }
  if (ast._tag === "Literal") return String(ast.literal)
  return ({ String: "text", Number: "number", Boolean: "" } as Record<string, string>)[ast._tag] ?? "json"
}
export interface FlagSpec {
  readonly flag: string
  readonly key: string
  readonly type: string
  readonly help: string
  readonly default: unknown
}
export const flagsOf = (pipeline: AnyPipeline): ReadonlyArray<FlagSpec> =>
  Object.entries((pipeline.parameters as any).fields as Record<string, Schema.Constraint>).map(([key, field]) => {
    const info = (field as any)["~option"] ?? {}
    return {
      key,
      flag: `--${info.flag ?? key.replace(/[A-Z]/g, (c: string) => `-${c.toLowerCase()}`).replaceAll("_", "-")}`,
      type: shortType((info.schema ?? field).ast),
      help: info.help ?? "",
      default: info.default
    }
  })

// ---------------------------------------------------------------- extending
export type Wrap = (next: () => Effect.Effect<any, any, any>, tools: any) => Effect.Effect<any, any, any>
type Outs<N, K extends keyof N> = StageOf<N[K]>["outputs"]
type Ins<N, K extends keyof N> = StageOf<N[K]>["inputs"]
type Known<P> = P extends OptionalPort<infer Q> | PartialPort<infer Q> ? Known<Q> : TypeOf<P>
/** A step between two stages: by name, its inputs are what flows there, and its outputs take the place of what flows there. */
type StepOn<Flow, S> = S extends AnyStage
  ? [
      {
        [I in keyof S["inputs"]]: I extends keyof Flow
          ? Known<Flow[I]> extends Known<S["inputs"][I]>
            ? never
            : I
          : AssetLike<S["inputs"][I]> extends true
            ? never
            : I
      }[keyof S["inputs"]]
    ] extends [never]
    ? [
        {
          [O in keyof S["outputs"]]: O extends keyof Flow ? (TypeOf<S["outputs"][O]> extends Known<Flow[O]> ? never : O) : never
        }[keyof S["outputs"]]
      ] extends [never]
      ? S
      : Problem<`an output of "${S["id"]}" replaces one of another type`>
    : Problem<`"${S["id"]}" reads an input that does not flow here: ${Exclude<keyof S["inputs"] & string, keyof Flow>}`>
  : never
type SameShape<N, K extends keyof N, S> = S extends AnyStage
  ? S extends Stage<any, any, any, infer O, any, any>
    ? O extends Outs<N, K>
      ? StepOn<Ins<N, K>, Stage<S["id"], S["config"], S["inputs"], {}, any, any>> extends Problem<infer M>
        ? Problem<M>
        : S
      : Problem<`"${S["id"]}" does not give every output of "${K & string}"`>
    : never
  : never
/** What a plugin adds to the pipeline of another one; made by `extendPipeline`. */
export interface Extension {
  readonly _tag: "Extension"
  readonly pipeline: string
  readonly changes: {
    readonly before?: Readonly<Record<string, AnyStage>>
    readonly after?: Readonly<Record<string, AnyStage>>
    readonly replace?: Readonly<Record<string, AnyStage>>
    readonly wrap?: Readonly<Record<string, Wrap>>
  }
}
/** `extendPipeline<typeof analytics>("analytics", ...)` needs the type only, so the other plugin is not loaded. */
export const extendPipeline =
  <P extends AnyPipeline>(pipeline: P["name"] | P) =>
  <
    B extends {
      readonly [K in keyof B]: K extends keyof P["~nodes"]
        ? StepOn<Ins<P["~nodes"], K>, B[K]>
        : Problem<`"${P["name"]}" has no stage "${K & string}"`>
    },
    A extends {
      readonly [K in keyof A]: K extends keyof P["~nodes"]
        ? StepOn<Outs<P["~nodes"], K>, A[K]>
        : Problem<`"${P["name"]}" has no stage "${K & string}"`>
    },
    R extends {
      readonly [K in keyof R]: K extends keyof P["~nodes"]
        ? SameShape<P["~nodes"], K, R[K]>
        : Problem<`"${P["name"]}" has no stage "${K & string}"`>
    }
  >(changes: {
    readonly before?: B
    readonly after?: A
    readonly replace?: R
    readonly wrap?: {
      readonly [K in keyof P["~nodes"]]?: (
        next: () => Effect.Effect<Products<Outs<P["~nodes"], K>>, unknown>,
        tools: StageTools & { readonly config: StageOf<P["~nodes"][K]>["config"]["Type"] }
      ) => Effect.Effect<Products<Outs<P["~nodes"], K>>, unknown>
    }
  }): Extension => ({
    _tag: "Extension",
    pipeline: typeof pipeline === "string" ? pipeline : pipeline.name,
    changes: changes as any
  })
