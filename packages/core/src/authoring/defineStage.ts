/** defineStage: schemas + one function + policy as data. */
import { Effect, type Context, type Duration, type Option, Schema } from "effect"
import type { DatasetError, Handles, InPorts, Op, OutPorts, Products, Writers } from "./data.ts"

// ---------------------------------------------------------------- what run may be
/** A generator, an effect, a promise or a plain answer: all four are a stage. */
export type Running<A> = A | Promise<A> | Effect.Effect<A, any, any> | Generator<Effect.Effect<any, any, any>, A, never>

type EffError<X> = [X] extends [never] ? never : X extends Effect.Effect<any, infer E, any> ? E : never
type EffNeeds<X> = [X] extends [never] ? never : X extends Effect.Effect<any, any, infer R> ? R : never
/** The same with its parts apart: what it answers, yields, fails with and needs. */
type Body<A, X extends Effect.Effect<any, any, any>, E, R> = A | Promise<A> | Effect.Effect<A, E, R> | Generator<X, A, never>
/** What an async stage threw, when it is not one of the stage's declared `errors`. */
export class Thrown extends Schema.TaggedError<Thrown>()("Thrown", { name: Schema.String, detail: Schema.String }) {
  override get message() {
    return `${this.name}: ${this.detail}`
  }
}
export class StageTimeout extends Schema.TaggedError<StageTimeout>()("StageTimeout", { after: Schema.String }) {
  override get message() {
    return `no answer after ${this.after}`
  }
}
/** Failures that every stage can have. */
export type EngineTag = "StageTimeout" | "WorkerLost" | "DatasetError" | "BadOutput"
export type TagOf<E> = E extends { readonly _tag: infer T extends string } ? T : never

// ---------------------------------------------------------------- what run gets
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }
export type Fields = { readonly [key: string]: unknown }
export interface ArtifactRef {
  readonly name: string
  readonly media: string
  readonly bytes: number
  readonly hash: string
}
/** Something older, or made in another way, that stands among the inputs in the place of a fresh answer. */
export interface StandIn {
  readonly asset: string
  readonly version: string
  /** The run that made it. */
  readonly run: string
  /** When it was published, as an ISO 8601 UTC instant. */
  readonly asof: string
  /** How old it was when it was taken. */
  readonly ageHours: number
  /** `fallback use_cached_data` */
  readonly reason: string
}
export interface StageTools {
  readonly unit: {
    readonly run: string
    readonly stage: string
    readonly partition: string | undefined
    readonly attempt: number
  }
  readonly signal: AbortSignal
  /** What stands in for something fresh among the inputs. Empty unless the stage says `showsDegraded`. */
  readonly degraded: ReadonlyArray<StandIn>
  /** Never waits, never fails: coalesced by the engine, so it may be called in a hot loop. */
  readonly progress: (done: number, total?: number, of?: string) => void
  readonly log: { readonly [L in "debug" | "info" | "warn" | "error"]: (message: string, fields?: Fields) => void }
  readonly count: (metric: string, by?: number) => void
  readonly gauge: (metric: string, value: number) => void
  readonly now: () => number
  readonly random: () => number // seeded by (run seed, stage, partition): the same on every attempt and with any number of workers
  readonly sleep: (duration: Duration.Input) => Op<void>
  readonly artifact: (name: string, content: string | Uint8Array | Json) => Op<ArtifactRef, DatasetError>
  /** An external side effect. The first success is recorded; later attempts get the recorded answer. */
  readonly once: <A extends Json | void, E = never, R = never>(
    key: string,
    work: (idempotencyKey: string) => Effect.Effect<A, E, R> | Promise<A>
  ) => Op<A, E, R>
}
export interface Checkpoint<Mark> {
  readonly resumed: Option.Option<Mark>
  /** Makes `mark` and everything written to `out` so far durable together. */
  save(mark: Mark): Op<void, DatasetError>
}
export type Services = { readonly [name: string]: Context.Key<any, any> }
type When<S extends Schema.Constraint, T> = [S["Type"]] extends [never] ? {} : T

export type StageContext<
  Config extends Schema.Constraint,
  In,
  Out,
  Mark extends Schema.Constraint,
  Key extends Schema.Constraint,
  Uses extends Services
> = StageTools & {
  readonly config: Config["Type"]
  readonly inputs: Handles<In>
  readonly out: Writers<Out>
  readonly uses: { readonly [K in keyof Uses]: Uses[K]["Service"] }
} & When<Key, { readonly key: Key["Type"] }> &
  When<Mark, { readonly checkpoint: Checkpoint<Mark["Type"]> }>

// ---------------------------------------------------------------- policy: data, never code
export interface Retry<Tag extends string = string> {
  readonly maxAttempts?: number
  readonly initialDelay?: Duration.Input
  readonly factor?: number
  readonly maxDelay?: Duration.Input
  readonly jitter?: boolean
  readonly only?: ReadonlyArray<Tag>
  readonly unless?: ReadonlyArray<Tag>
}
export interface Resources {
  readonly cpu?: number
  readonly memory?: `${number}${"MB" | "GB"}`
  readonly gpu?: number
  readonly slots?: Readonly<Record<string, number>>
}
export type BuiltInFallback = "use_cached_data" | "use_previous"
export type OnFailure<Name extends string = string> =
  | "fail"
  | "degrade"
  | { readonly fallback: Name | BuiltInFallback; readonly maxAge?: Duration.Input }
export interface Policy<Tag extends string = string, FallbackName extends string = string> {
  readonly retry?: Retry<Tag>
  readonly timeout?: Duration.Input
  readonly grace?: Duration.Input
  readonly cache?: "inputs" | "never" | { readonly maxAge: Duration.Input }
  readonly resources?: Resources
  readonly priority?: number
  /**
   * Where an attempt runs. `"fiber"` (default): in the engine's thread, for work that yields. `"thread"`: stopped even when it never
   * yields; `resources.memory` limits its JavaScript heap. `"process"`: all of its memory is limited, and a crash of native code costs
   * only the attempt. The stage must be defined at the top of a module, of a plugin that the configuration names or of `module`.
   */
  readonly isolation?: "fiber" | "thread" | "process"
  readonly onFailure?: OnFailure<FallbackName>
}

// ---------------------------------------------------------------- the definition
export interface PartitionRule<Config extends Schema.Constraint, In, Key extends Schema.Constraint, E = any, R = any> {
  readonly key: Key
  /** Asked once, when the inputs are there; the answer is recorded, so a resumed run sees the same keys. */
  readonly keys: (from: {
    readonly config: Config["Type"]
    readonly inputs: Handles<In>
    readonly signal: AbortSignal
  }) => Iterable<Key["Type"]> | Promise<Iterable<Key["Type"]>> | Effect.Effect<Iterable<Key["Type"]>, E, R>
  readonly minCoverage?: number
  readonly concurrency?: number
}
export type Fallback<In, Out> = (from: {
  readonly failure: { readonly tag: string; readonly message: string }
  readonly inputs: Handles<In>
  readonly previous: { readonly [K in keyof Out]: Handles<Out>[K] } | undefined
}) => Running<Products<Out> | Handles<Out>>

export interface Stage<
  out Id extends string = string,
  out Config extends Schema.Constraint = Schema.Constraint,
  out In extends InPorts = InPorts,
  out Out extends OutPorts = OutPorts,
  out E = unknown,
  out R = unknown,
  out Split extends boolean = boolean
> {
  readonly _tag: "Stage"
  readonly id: Id
  readonly version: number
  readonly summary: string
  readonly config: Config
  readonly inputs: In
  readonly outputs: Out
  readonly policy: Policy
  readonly split: Split
  readonly "~error": E
  readonly "~needs": R
  /** The rest of the definition, types erased: for the engine only. */
  readonly "~definition": ErasedDefinition
}
export type AnyStage = Stage<string, Schema.Constraint, any, any, any, any>
export interface ErasedDefinition {
  readonly run: (context: any) => Running<any>
  readonly partitions: PartitionRule<any, any, any> | undefined
  readonly checkpoint: Schema.Constraint | undefined
  readonly errors: ReadonlyArray<Schema.Constraint>
  readonly uses: Services
  readonly fallbacks: Readonly<Record<string, Fallback<any, any>>>
  readonly showsDegraded: boolean
  readonly module: string | undefined
}
/** A message for people, where a type cannot be satisfied. */
export interface Problem<Message extends string> {
  readonly "~problem": Message
}
type CheckTags<Tag extends string, Known extends string> = [Tag] extends [Known]
  ? unknown
  : Problem<`policy.retry names "${Exclude<Tag, Known>}", which is no failure of this stage`>
const NoConfig = Schema.Struct({})
type NoConfig = typeof NoConfig

export const defineStage = <
  const Id extends string,
  const A extends Products<Out>, // const: `{ status: "ok" }` keeps its literal
  Config extends Schema.Constraint = NoConfig,
  In extends InPorts = {},
  Out extends OutPorts = {},
  Key extends Schema.Constraint = Schema.Never,
  Mark extends Schema.Constraint = Schema.Never,
  Uses extends Services = {},
  Errors extends ReadonlyArray<Schema.Constraint> = readonly [],
  Names extends string = never,
  const Tag extends string = never,
  X extends Effect.Effect<any, any, any> = never,
  E = never,
  R = never
>(definition: {
  readonly id: Id
  readonly version?: number
  readonly summary?: string
  readonly config?: Config
  readonly inputs?: In
  readonly outputs?: Out
  readonly uses?: Uses
  readonly checkpoint?: Mark
  /** The failures that an async `run` throws: they keep their type, and `policy.retry` may name their tags. */
  readonly errors?: Errors
  readonly partitions?: PartitionRule<NoInfer<Config>, NoInfer<In>, Key>
  readonly fallbacks?: Readonly<Record<Names, Fallback<NoInfer<In>, NoInfer<Out>>>>
  readonly policy?: Policy<Tag, NoInfer<Names>>
  /** The answer tells what stands in among the inputs (`degraded`), a report for instance: it is made anew when that changes. */
  readonly showsDegraded?: boolean
  /** `import.meta.url`. Only for a stage that no plugin lists and that runs in a thread or a process. */
  readonly module?: string
  readonly run: (
    context: StageContext<NoInfer<Config>, NoInfer<In>, NoInfer<Out>, NoInfer<Mark>, NoInfer<Key>, NoInfer<Uses>>
  ) => Body<A & CheckTags<NoInfer<Tag>, TagOf<E | EffError<X> | NoInfer<Errors>[number]["Type"]> | EngineTag>, X, E, R>
}): Stage<
  Id,
  NoInfer<Config>,
  NoInfer<In>,
  NoInfer<Out>,
  E | EffError<X>,
  R | EffNeeds<X> | Uses[keyof Uses]["Identifier"],
  [Key["Type"]] extends [never] ? false : true
> => {
  const d = definition
  return {
    _tag: "Stage",
    id: d.id,
    version: d.version ?? 1,
    summary: d.summary ?? "",
    config: d.config ?? NoConfig,
    inputs: d.inputs ?? {},
    outputs: d.outputs ?? {},
    policy: d.policy ?? {},
    split: d.partitions !== undefined,
    "~definition": {
      run: d.run,
      partitions: d.partitions,
      checkpoint: d.checkpoint,
      errors: d.errors ?? [],
      uses: d.uses ?? {},
      fallbacks: d.fallbacks ?? {},
      showsDegraded: d.showsDegraded ?? false,
      module: d.module
    }
  } as any // the one cast of this file: the phantom fields exist only as types
}
