/** defineStage: schemas + one function + policy as data. */
import { Effect, type Context, type Duration, type Option, Schema } from "effect"
import type { DatasetError, Handles, InPorts, Op, OutPorts, Products, Writers } from "./data.ts"
import { entriesOf, refuseUndefined } from "./givenNames.ts"
import { type DeclaredLookAhead, declaredLookAhead, type ErasedLookAhead, type LooksAhead } from "./LooksAhead.ts"

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
/** What JSON can hold. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }
export type Fields = { readonly [key: string]: unknown }
/** A file for people that a stage wrote: `hash` is of its content, `bytes` its size. */
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
/** What `run` gets in every stage, beside its own inputs and configuration. */
export interface StageTools {
  /** Which piece of work this is; `attempt` counts from 1. */
  readonly unit: {
    readonly run: string
    readonly stage: string
    readonly partition: string | undefined
    readonly attempt: number
  }
  /** Fires when the attempt is to stop: for `fetch` and its like. */
  readonly signal: AbortSignal
  /** What stands in for something fresh among the inputs. Empty unless the stage says `showsDegraded`. */
  readonly degraded: ReadonlyArray<StandIn>
  /** Never waits, never fails: coalesced by the engine, so it may be called in a hot loop. */
  readonly progress: (done: number, total?: number, of?: string) => void
  /** Lines of the run's log. Fields are shown beside the message; secrets in them are taken out. */
  readonly log: { readonly [L in "debug" | "info" | "warn" | "error"]: (message: string, fields?: Fields) => void }
  /** Adds to a counter of the unit (`by` 1 unless given); shown with the stage. */
  readonly count: (metric: string, by?: number) => void
  /** Sets a figure of the unit. */
  readonly gauge: (metric: string, value: number) => void
  /** The engine's clock, epoch milliseconds: use it instead of `Date.now`, which tests cannot set. */
  readonly now: () => number
  readonly random: () => number // seeded by (run seed, stage, partition): the same on every attempt and with any number of workers
  /** Waits by the engine's clock; ends at once when the attempt is to stop. */
  readonly sleep: (duration: Duration.Input) => Op<void>
  /** Writes a file for people, such as a report. It becomes real when the attempt commits. */
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

/** What `run` gets: the tools of every stage, and its own configuration, inputs, writers, services, key and checkpoint, as far as they are declared. */
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
/** How often and how fast a failed attempt is tried again. `only` and `unless` name failures by their tag. */
export interface Retry<Tag extends string = string> {
  /** Tries in all. Default 3 in a project, else 1. */
  readonly maxAttempts?: number
  /** Before the second try. Default 60 seconds in a project, else 1 second. */
  readonly initialDelay?: Duration.Input
  /** Each further delay is so many times longer. Default 2. */
  readonly factor?: number
  /** Longest delay. Default an hour. */
  readonly maxDelay?: Duration.Input
  /** Moves each delay by up to 20 %. Default true. */
  readonly jitter?: boolean
  readonly only?: ReadonlyArray<Tag>
  readonly unless?: ReadonlyArray<Tag>
}
/** What one unit holds while an attempt of it runs. */
export interface Resources {
  /** Cores; fractions are allowed. Default 1. */
  readonly cpu?: number
  readonly memory?: `${number}${"MB" | "GB"}`
  readonly gpu?: number
  /** Places by name, such as connections to a database: the configuration says how many there are. */
  readonly slots?: Readonly<Record<string, number>>
}
export type BuiltInFallback = "use_cached_data" | "use_previous"
export type OnFailure<Name extends string = string> =
  | "fail"
  | "degrade"
  | { readonly fallback: Name | BuiltInFallback; readonly maxAge?: Duration.Input }
/** How a stage is run: data beside its function. `use(stage, { policy })`, the configuration and flags override it, in this order. */
export interface Policy<Tag extends string = string, FallbackName extends string = string> {
  readonly retry?: Retry<Tag>
  /** Longest time of one attempt. Default: none. */
  readonly timeout?: Duration.Input
  /** How long `run` may take to come to its end when it is to stop. Default 500 milliseconds. */
  readonly grace?: Duration.Input
  /** `"inputs"` (default): the same inputs, configuration and version are found again. `"never"`: always computed. */
  readonly cache?: "inputs" | "never" | { readonly maxAge: Duration.Input }
  readonly resources?: Resources
  /** Among units that wait for resources the larger starts first. Default 0. */
  readonly priority?: number
  /**
   * Where an attempt runs. `"fiber"` (default): in the engine's thread, for work that yields. `"thread"`: stopped even when it never
   * yields; `resources.memory` limits its JavaScript heap. `"process"`: all of its memory is limited, and a crash of native code costs
   * only the attempt. The stage must be defined at the top of a module, of a plugin that the configuration names or of `module`.
   */
  readonly isolation?: "fiber" | "thread" | "process"
  /** When every attempt failed: `"fail"` (default) skips what depends on it, `"degrade"` lets readers of an optional input go on, a fallback stands in. */
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
  /** Least share of the partitions that counts as done, 0 to 1. Default 1. */
  readonly minCoverage?: number
  /** Most partitions at a time. */
  readonly concurrency?: number
}
/** One thing that is wrong with the configuration of a stage, beyond what its schema says. */
export interface ConfigProblem {
  /** Keys and places in lists, from the configuration down: `["metrics", 2]`. */
  readonly path: ReadonlyArray<string | number>
  /** `"sma_x": no indicator has this name` */
  readonly message: string
  /** How to mend it: `did you mean "sma_20"?` */
  readonly hint?: string
}
/** Of what a stage uses, the extension points: what plugins contributed is known before anything runs. */
export type PointsOf<Uses extends Services> = {
  readonly [K in keyof Uses as Uses[K] extends { readonly point: string } ? K : never]: Uses[K]["Service"]
}
export type Fallback<In, Out> = (from: {
  readonly failure: { readonly tag: string; readonly message: string }
  readonly inputs: Handles<In>
  readonly previous: { readonly [K in keyof Out]: Handles<Out>[K] } | undefined
}) => Running<Products<Out> | Handles<Out>>

/** One typed program, as `defineStage` gives it: a value that pipelines use. */
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
/** A stage whose types are not looked at. */
export type AnyStage = Stage<string, Schema.Constraint, any, any, any, any>
export interface ErasedDefinition {
  readonly run: (context: any) => Running<any>
  readonly check: ((from: any) => Iterable<ConfigProblem>) | undefined
  readonly partitions: PartitionRule<any, any, any> | undefined
  readonly checkpoint: Schema.Constraint | undefined
  readonly errors: ReadonlyArray<Schema.Constraint>
  readonly uses: Services
  readonly fallbacks: Readonly<Record<string, Fallback<any, any>>>
  readonly showsDegraded: boolean
  readonly looksAhead: ReadonlyArray<DeclaredLookAhead>
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

/**
 * A stage: schemas for its configuration, inputs and outputs, policy as data, and one function `run`, which may be a generator, an effect, an async or a plain
 * function. What it answers must fit `outputs`. Raise `version` when the same inputs would give another answer: what the cache holds is then not found.
 */
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
  /**
   * What is wrong with a configuration beyond its schema, such as names that nobody offers. Pure: asked by `tetra config validate` and
   * whenever a run is planned, so that nothing runs that this stage would refuse. `uses` has the extension points of `uses`, no services.
   */
  readonly check?: (from: {
    readonly config: NoInfer<Config>["Type"]
    readonly uses: PointsOf<NoInfer<Uses>>
  }) => Iterable<ConfigProblem>
  /** The answer tells what stands in among the inputs (`degraded`), a report for instance: it is made anew when that changes. */
  readonly showsDegraded?: boolean
  /**
   * What of the outputs uses rows of the inputs that are later than its own, and why that is right: `{ table: { "label_*": "labels tell what came after" } }`,
   * or `{ table: "adjusted for splits that came later" }` for all of an output. Shown by `tetra plugins info`; no finding of `tetra plugins certify` then.
   */
  readonly looksAhead?: LooksAhead<NoInfer<Out>>
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
  refuseUndefined(`the stage "${d.id}"`, {
    ...("config" in d ? { config: d.config } : {}),
    ...("checkpoint" in d ? { checkpoint: d.checkpoint } : {}),
    ...(d.partitions === undefined ? {} : { "partitions.key": d.partitions.key }),
    ...entriesOf("inputs", d.inputs),
    ...entriesOf("outputs", d.outputs),
    ...entriesOf("uses", d.uses),
    ...entriesOf("errors", d.errors)
  })
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
      check: d.check,
      partitions: d.partitions,
      checkpoint: d.checkpoint,
      errors: d.errors ?? [],
      uses: d.uses ?? {},
      fallbacks: d.fallbacks ?? {},
      showsDegraded: d.showsDegraded ?? false,
      looksAhead: declaredLookAhead((d.looksAhead ?? {}) as ErasedLookAhead),
      module: d.module
    }
  } as any // the one cast of this file: the phantom fields exist only as types
}
