/** A scheduler for plain functions. It runs on the engine, in memory. */
import { Schema } from "effect"
import type { Status } from "../domain/Names.ts"
import { defineValue } from "./data.ts"
import { type AnyPipeline, definePipeline } from "./definePipeline.ts"
import { type AnyStage, defineStage, type Resources, type Retry } from "./defineStage.ts"

/** One task: its function, and what it waits for. `run` gets the answers of its dependencies. */
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
/** How the tasks ended: the answers of those that completed, by name. */
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
