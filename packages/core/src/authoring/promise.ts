/** The Promise face: a class around a pipeline, and a scheduler for plain functions. Both run on the engine, in memory. */
import { Schema } from "effect"
import type { LiveEvent } from "../domain/RunEvent.ts"
import type { Status } from "../domain/Names.ts"
import { defineValue, type Handle } from "./data.ts"
import { type AnyPipeline, definePipeline, type Extension, type Nodes, type Pipeline } from "./definePipeline.ts"
import { type AnyStage, defineStage, type Resources, type Retry } from "./defineStage.ts"

type AssetsOf<N> = {
  [K in keyof N]: N[K] extends { readonly "~stage": { readonly outputs: infer O } }
    ? { [P in keyof O as O[P] extends { kind: "asset"; name: infer A extends string } ? A : never]: Handle<O[P]> }
    : {}
}[keyof N]
type Merge<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void
  ? { readonly [K in keyof I]?: I[K] }
  : never

export interface PipelineResult<N extends Nodes> {
  readonly status: "completed" | "partial" | "failed" | "cancelled" | "skipped"
  /** By asset name: a dataset, or the value. */
  readonly outputs: Merge<AssetsOf<N>>
  readonly stages: Readonly<Record<keyof N & string, { readonly status: Status; readonly reason?: string }>>
}
/** `overall_progress` in percent (0 to 100), `elapsed_time` in seconds. */
export interface ProgressUpdate {
  readonly run: string
  readonly status: "running" | PipelineResult<Nodes>["status"]
  readonly progress: {
    readonly current_stage: string
    readonly overall_progress: number
    readonly elapsed_time: number
    readonly done?: number
    readonly total?: number
    readonly of?: string
    readonly message?: string
  }
}
export interface PipelineClass<P extends AnyPipeline> {
  new (config?: P["parameters"]["~type.make.in"]): {
    /** Answers a function that removes the callback. What a callback throws is its own. */
    addProgressCallback(callback: (update: ProgressUpdate) => void): () => void
    extend(extension: Extension): void
    /** Rejects only for a pipeline that cannot be built; a failed stage is a `status`. */
    execute(options?: { readonly signal?: AbortSignal }): Promise<PipelineResult<P["~nodes"]>>
  }
}
/** Turns the events of a run into what a callback is told. */
class ProgressFold {
  readonly #pipeline: string
  readonly #started = performance.now()
  #stages = 1
  #ended = 0
  #current = ""
  constructor(pipeline: string) {
    this.#pipeline = pipeline
  }
  update(event: LiveEvent): ProgressUpdate | undefined {
    if (event._tag === "PlanFixed") this.#stages = Math.max(1, event.plan.stages.length)
    if (event._tag === "StageEnded") this.#ended++
    if ("stage" in event && event.stage !== undefined) this.#current = event.stage.slice(this.#pipeline.length + 1)
    const isTold =
      event._tag === "StageStarted" ||
      event._tag === "StageEnded" ||
      event._tag === "Progress" ||
      event._tag === "RunEnded" ||
      event._tag === "Log"
    if (!isTold) return undefined
    const { done, total, of } = event._tag === "Progress" ? event : { done: undefined, total: undefined, of: undefined }
    const inStage = done !== undefined && total !== undefined && total > 0 ? Math.min(1, done / total) : 0
    return {
      run: event.run,
      status: event._tag === "RunEnded" ? event.status : "running",
      progress: {
        current_stage: this.#current,
        overall_progress: 100 * Math.min(1, (this.#ended + inStage) / this.#stages),
        elapsed_time: (performance.now() - this.#started) / 1000,
        ...(done === undefined ? {} : { done }),
        ...(total === undefined ? {} : { total }),
        ...(of === undefined ? {} : { of }),
        ...(event._tag === "Log" ? { message: event.message } : {})
      }
    }
  }
}
/** `class AnalyticsPipeline extends pipelineClass(analytics) {}`: a pipeline for programs that use promises. */
export const pipelineClass = <const N extends string, Params extends Schema.Constraint, G extends Nodes>(
  pipeline: Pipeline<N, Params, G>
): PipelineClass<Pipeline<N, Params, G>> => {
  class Made {
    readonly #config: unknown
    readonly #callbacks = new Set<(update: ProgressUpdate) => void>()
    readonly #extensions: Array<Extension> = []
    constructor(config: unknown = {}) {
      this.#config = config
    }
    addProgressCallback(callback: (update: ProgressUpdate) => void): () => void {
      this.#callbacks.add(callback)
      return () => void this.#callbacks.delete(callback)
    }
    extend(extension: Extension): void {
      this.#extensions.push(extension)
    }
    async execute(options: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
      // Loaded when first used: whoever only defines stages does not pay for the engine.
      const { runHere } = await import("../execution/runHere.ts")
      const fold = new ProgressFold(pipeline.name)
      const onLive = (event: LiveEvent) => {
        const update = fold.update(event)
        if (update !== undefined) for (const callback of this.#callbacks) call(callback, update)
      }
      const { state, outputs } = await runHere(pipeline, {
        params: this.#config,
        extensions: this.#extensions,
        onLive,
        ...options
      })
      const stages = [...state.stages.values()].map(({ planned, status, reason }) => [
        planned.stage,
        { status, ...(reason === undefined ? {} : { reason }) }
      ])
      return { status: state.status, outputs, stages: Object.fromEntries(stages) as unknown }
    }
  }
  return Made as unknown as PipelineClass<Pipeline<N, Params, G>>
}
const call = (callback: (update: ProgressUpdate) => void, update: ProgressUpdate): void => {
  try {
    callback(update)
  } catch {
    // A callback never fails a run.
  }
}

// ---------------------------------------------------------------- TaskScheduler
export interface TaskOptions<Done, Deps extends string, A> {
  readonly dependencies?: ReadonlyArray<Deps>
  readonly run: (
    inputs: { readonly [K in Deps]: K extends keyof Done ? Done[K] : unknown },
    tools: {
      readonly signal: AbortSignal
      readonly progress: (done: number, total?: number) => void
    }
  ) => A | Promise<A>
  /** Larger first, among those that could start. Default 0. */
  readonly priority?: number
  readonly resources?: Resources
  readonly retry?: Retry
}
export interface DagResult<Done> {
  readonly status: "completed" | "partial" | "failed" | "cancelled"
  readonly results: { readonly [K in keyof Done]?: Done[K] }
  readonly tasks: Readonly<Record<string, { readonly status: Status; readonly attempts: number; readonly reason?: string }>>
}
interface ErasedTask {
  readonly dependencies?: ReadonlyArray<string>
  readonly run: (inputs: Readonly<Record<string, unknown>>, tools: object) => unknown
  readonly priority?: number
  readonly resources?: Resources
  readonly retry?: Retry
}
const Finished = defineValue("tetra/Finished@1", Schema.Boolean)

/** Plain functions with dependencies, priorities, resources and retries. Answers are kept as they are, not as JSON. */
export class TaskScheduler<Done extends Readonly<Record<string, unknown>> = {}> {
  readonly #tasks = new Map<string, ErasedTask>()
  readonly #cpu: number
  /** `cpu`: how many cores the tasks may hold together; each holds one unless it asks for more. */
  constructor(options: { readonly cpu?: number } = {}) {
    this.#cpu = options.cpu ?? 4
  }
  /** Chained calls know what came before; separate statements work too, with `unknown` answers. */
  addTask<const Name extends string, A, const Deps extends string = never>(
    name: Name,
    task: TaskOptions<Done, Deps, A>
  ): TaskScheduler<Done & { readonly [K in Name]: A }> {
    if (this.#tasks.has(name)) throw new Error(`the task "${name}" is there already: give this one another name`)
    this.#tasks.set(name, task as unknown as ErasedTask)
    return this as unknown as TaskScheduler<Done & { readonly [K in Name]: A }>
  }
  /** Rejects for a dependency that was not added and for a cycle; a failed task is a status. */
  async executeDag(options: { readonly signal?: AbortSignal } = {}): Promise<DagResult<Done>> {
    const order = this.#inOrder()
    const { runHere } = await import("../execution/runHere.ts")
    const results = new Map<string, unknown>()
    const { state } = await runHere(this.#pipelineOf(order, results), {
      ...options,
      capacity: { cpu: this.#cpu, memoryMB: Infinity }
    })
    const stages = [...state.stages.values()]
    const tasks = stages.map(({ planned, status, reason, units }) => [
      planned.stage,
      { status, attempts: units.get(null)?.attempt ?? 0, ...(reason === undefined ? {} : { reason }) }
    ])
    const some = stages.some((s) => s.status === "completed")
    const status =
      state.status === "cancelled"
        ? "cancelled"
        : stages.every((s) => s.status === "completed")
          ? "completed"
          : some
            ? "partial"
            : "failed"
    return {
      status,
      results: Object.fromEntries(results) as DagResult<Done>["results"],
      tasks: Object.fromEntries(tasks) as DagResult<Done>["tasks"]
    }
  }
  /** Every task after what it depends on. */
  #inOrder(): ReadonlyArray<string> {
    const order = new Set<string>()
    const visit = (name: string, path: ReadonlyArray<string>): void => {
      if (path.includes(name))
        throw new Error(`these tasks wait for each other: ${[...path.slice(path.indexOf(name)), name].join(" -> ")}`)
      for (const dependency of this.#tasks.get(name)!.dependencies ?? []) {
        if (!this.#tasks.has(dependency)) throw new Error(`"${name}" depends on "${dependency}", which was not added`)
        if (!order.has(dependency)) visit(dependency, [...path, name])
      }
      order.add(name)
    }
    for (const name of this.#tasks.keys()) if (!order.has(name)) visit(name, [])
    return [...order]
  }
  #pipelineOf(order: ReadonlyArray<string>, results: Map<string, unknown>): AnyPipeline {
    return definePipeline({
      name: "tasks",
      stages: ({ use }) => {
        const nodes: Record<string, ReturnType<typeof use>> = {}
        for (const name of order) {
          const { dependencies = [], priority = 0, resources = {}, retry } = this.#tasks.get(name)!
          const inputs = Object.fromEntries(
            dependencies.map((d) => [d, (nodes[d] as unknown as Readonly<Record<string, unknown>>)["done"]])
          )
          const policy = {
            cache: "never",
            priority,
            resources: { cpu: 1, ...resources },
            retry: { initialDelay: "1 millis", ...retry }
          }
          nodes[name] = use(this.#stageOf(name, dependencies, results), { inputs, policy } as never)
        }
        return nodes
      }
    })
  }
  /** What travels between the stages is that a task is done; the answers stay beside, in memory. */
  #stageOf(name: string, dependencies: ReadonlyArray<string>, results: Map<string, unknown>): AnyStage {
    const task = this.#tasks.get(name)!
    return defineStage({
      id: `task/${name}`,
      inputs: Object.fromEntries(dependencies.map((d) => [d, Finished])),
      outputs: { done: Finished },
      async run({ signal, progress }) {
        results.set(name, await task.run(Object.fromEntries(dependencies.map((d) => [d, results.get(d)])), { signal, progress }))
        return { done: true }
      }
    })
  }
}
