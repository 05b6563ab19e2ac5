import type { Status } from "../domain/Names.ts"
import { ProgressCallbacks, type ProgressUpdate } from "./ProgressUpdate.ts"

/** Where a project is, beside its configuration file. */
export interface OrchestratorOptions {
  /** An overlay of the configuration; else `TETRA_ENV`. */
  readonly environment?: string
  /** The data folder; else `TETRA_HOME`, else `.tetra` in the project. */
  readonly home?: string
}
/** What a run is asked for, beside its mode. */
export interface OrchestratorRun {
  /** Only these pipelines; with or without `_pipeline`. */
  readonly pipelines?: ReadonlyArray<string>
  /** Parameters, as the flags of `tetra run` set them. */
  readonly params?: Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>
  /** Ignores dependencies, freshness and cache. */
  readonly force?: boolean
  readonly signal?: AbortSignal
}
/** How a run of a project ended. */
export interface OrchestratorResult {
  /** Its id: `tetra show RUN`. */
  readonly run: string
  readonly status: Status
  readonly reason?: string
  /** By `pipeline.stage`. */
  readonly stages: Readonly<Record<string, { readonly status: Status; readonly reason?: string }>>
}
/** What was recorded of a pipeline. Times are ISO 8601, durations seconds. */
export interface PipelineStatus {
  readonly status: Status | "never_run"
  readonly running: boolean
  readonly last_run?: string
  readonly last_run_at?: string
  readonly last_duration?: number
  readonly last_success_at?: string
}

/**
 * A project for programs that use promises: what `tetra run` does, with the same configuration, store and rules.
 *
 * ```ts
 * const orchestrator = new PipelineOrchestrator("config/orchestration.yaml")
 * orchestrator.addProgressCallback(({ progress }) => console.log(progress.current_stage, progress.overall_progress))
 * const { status } = await orchestrator.run("weekly")
 * ```
 */
export class PipelineOrchestrator {
  readonly #configPath: string | undefined
  readonly #options: OrchestratorOptions
  readonly #callbacks = new ProgressCallbacks()
  readonly #live = new Set<AbortController>()
  /** Without a path the configuration is looked for as `tetra` does it, upwards from the working folder. Reads nothing yet. */
  constructor(configPath?: string, options: OrchestratorOptions = {}) {
    this.#configPath = configPath
    this.#options = options
  }
  /** Answers a function that removes the callback. What a callback throws is its own. */
  addProgressCallback(callback: (update: ProgressUpdate) => void): () => void {
    return this.#callbacks.add(callback)
  }
  /**
   * Runs the pipelines of a mode; without one, all of the project. Rejects with every problem of the configuration and of what was asked, and when
   * another run has one of the pipelines; a failed stage is a `status`, and so is a refusal because of what the run depends on (`skipped`).
   */
  async run(mode?: string, options: OrchestratorRun = {}): Promise<OrchestratorResult> {
    const { runProject } = await import("../orchestrate.ts")
    const controller = new AbortController()
    const signals = options.signal === undefined ? [controller.signal] : [controller.signal, options.signal]
    this.#live.add(controller)
    try {
      return await runProject(this.#place, {
        ...options,
        ...(mode === undefined ? {} : { mode }),
        signal: AbortSignal.any(signals),
        onLive: this.#callbacks.follow((stage) => stage)
      })
    } finally {
      this.#live.delete(controller)
    }
  }
  /** Stops the runs that this object has begun; their `run` resolves as `cancelled`. What was finished is kept. */
  cancel(): void {
    for (const controller of this.#live) controller.abort()
  }
  /** What was recorded of every pipeline of the project. */
  async status(): Promise<Readonly<Record<string, PipelineStatus>>> {
    const { projectStatus } = await import("../orchestrate.ts")
    return await projectStatus(this.#place)
  }
  get #place(): OrchestratorOptions & { readonly configPath: string | undefined } {
    return { ...this.#options, configPath: this.#configPath }
  }
}
