/** A class around a pipeline, for programs that use promises. It runs on the engine, in memory. */
import type { Schema } from "effect"
import type { Status } from "../domain/Names.ts"
import type { Handle } from "./data.ts"
import type { AnyPipeline, Extension, Nodes, Pipeline } from "./definePipeline.ts"
import { ProgressCallbacks, type ProgressUpdate } from "./ProgressUpdate.ts"

type AssetsOf<N> = {
  [K in keyof N]: N[K] extends { readonly "~stage": { readonly outputs: infer O } }
    ? { [P in keyof O as O[P] extends { kind: "asset"; name: infer A extends string } ? A : never]: Handle<O[P]> }
    : {}
}[keyof N]
type Merge<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void
  ? { readonly [K in keyof I]?: I[K] }
  : never

/** How an execution of a pipeline class ended. */
export interface PipelineResult<N extends Nodes> {
  readonly status: "completed" | "partial" | "failed" | "cancelled" | "skipped"
  /** By asset name: a dataset, or the value. */
  readonly outputs: Merge<AssetsOf<N>>
  readonly stages: Readonly<Record<keyof N & string, { readonly status: Status; readonly reason?: string }>>
}
/** What `pipelineClass` gives: a class to extend. `config` holds the parameters of the pipeline. */
export interface PipelineClass<P extends AnyPipeline> {
  new (config?: P["parameters"]["~type.make.in"]): {
    /** Answers a function that removes the callback. What a callback throws is its own. */
    addProgressCallback(callback: (update: ProgressUpdate) => void): () => void
    extend(extension: Extension): void
    /** Rejects only for a pipeline that cannot be built; a failed stage is a `status`. */
    execute(options?: { readonly signal?: AbortSignal }): Promise<PipelineResult<P["~nodes"]>>
  }
}
/** `class AnalyticsPipeline extends pipelineClass(analytics) {}`: a pipeline for programs that use promises. */
export const pipelineClass = <const N extends string, Params extends Schema.Constraint, G extends Nodes>(
  pipeline: Pipeline<N, Params, G>
): PipelineClass<Pipeline<N, Params, G>> => {
  class Made {
    readonly #config: unknown
    readonly #callbacks = new ProgressCallbacks()
    readonly #extensions: Array<Extension> = []
    constructor(config: unknown = {}) {
      this.#config = config
    }
    addProgressCallback(callback: (update: ProgressUpdate) => void): () => void {
      return this.#callbacks.add(callback)
    }
    extend(extension: Extension): void {
      this.#extensions.push(extension)
    }
    async execute(options: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
      // Loaded when first used: whoever only defines stages does not pay for the engine.
      const { runHere } = await import("../execution/runHere.ts")
      const onLive = this.#callbacks.follow((stage) => stage.slice(pipeline.name.length + 1))
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
